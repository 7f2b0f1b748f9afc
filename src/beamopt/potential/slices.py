"""One cell sliced by abTEM; importing this costs abTEM's own import, eight seconds."""

import abtem
import numpy as np
from numpy.typing import NDArray

from beamopt.specimen import Specimen

__all__ = ["sliced_cell"]


def sliced_cell(
    specimen: Specimen, gpts: tuple[int, int], slice_thickness: tuple[float, ...], parametrization: str
) -> NDArray[np.float32]:
    """Projected potential ``(n_slices, nx, ny)`` [V Å] of one cell.

    Each atom goes into the slice its centre lies in, as its potential projected to infinity (abTEM's ``infinite``
    projection); with that choice the slices of a stack of cells are the slices of one cell, repeated.

    Parameters
    ----------
    specimen
        Its cell is orthogonal with the beam along +z.
    gpts
        Grid of one cell.
    slice_thickness
        Thickness of every slice [Å].
    parametrization
        Atomic scattering factors, ``lobato`` or ``kirkland``.
    """
    # FFTW's measured plans differ from process to process, and with them the last bits of every number that follows.
    with abtem.config.set({"fft": "numpy"}):
        built = abtem.Potential(
            specimen.atoms,
            gpts=gpts,
            slice_thickness=slice_thickness,
            parametrization=parametrization,
            projection="infinite",
        ).build(lazy=False)
    return np.ascontiguousarray(built.array, dtype=np.float32)
