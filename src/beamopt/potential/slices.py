"""One cell sliced by abTEM; importing this costs abTEM's own import, eight seconds."""

from collections.abc import Mapping
from dataclasses import replace

import abtem
import numpy as np
from numpy.typing import NDArray

from beamopt.specimen import Specimen

__all__ = ["sliced_cell"]


def sliced_cell(
    specimen: Specimen,
    gpts: tuple[int, int],
    slice_thickness: tuple[float, ...],
    parametrization: str,
    displacement: Mapping[str, float],
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
    displacement
        Root-mean-square thermal displacement along one axis [Å] per element; empty where nothing moves. The mean
        potential of an atom that vibrates is its potential smeared by that Gaussian, exp(-2π²u²q²) in Fourier space,
        the Debye-Waller factor of amplitudes with B = 8π²u².
    """
    if not displacement:
        return _built(specimen, gpts, slice_thickness, parametrization)
    q = [np.fft.fftfreq(n, side / n) for n, side in zip(gpts, specimen.cell[:2], strict=True)]
    q2 = q[0][:, None] ** 2 + q[1][None, :] ** 2
    series = np.zeros((len(slice_thickness), *gpts), np.complex128)
    for element, deviation in sorted(displacement.items()):
        some = replace(specimen, atoms=specimen.atoms[specimen.atoms.symbols == element])
        still = _built(some, gpts, slice_thickness, parametrization).astype(np.float64)
        series += np.fft.fft2(still) * np.exp(-2 * (np.pi * deviation) ** 2 * q2)
    return np.ascontiguousarray(np.fft.ifft2(series).real, dtype=np.float32)


def _built(
    specimen: Specimen, gpts: tuple[int, int], slice_thickness: tuple[float, ...], parametrization: str
) -> NDArray[np.float32]:
    """Slices of atoms at rest."""
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
