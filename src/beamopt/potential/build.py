"""Slice a specimen with abTEM: one cell is computed, all others are copies."""

import math

import abtem
import numpy as np

from beamopt.potential.sliced import Potential
from beamopt.specimen import Specimen

__all__ = ["build_potential", "fft_friendly"]


def build_potential(
    specimen: Specimen, *, sampling: float, slice_thickness: float, parametrization: str, window: float
) -> Potential:
    """Build the sliced potential of a specimen.

    Each atom goes into the slice its centre lies in, as its potential projected to infinity (abTEM's ``infinite``
    projection); with that choice the slices of a stack of cells are the slices of one cell, repeated.

    Parameters
    ----------
    specimen
        The crystal; its cell is orthogonal with the beam along +z.
    sampling
        Largest pixel [Å]; refined until the cell's grid has only the factors 2, 3, 5 and 7.
    slice_thickness
        Largest slice [Å]; refined to a whole number of equal slices per cell.
    parametrization
        Atomic scattering factors, ``lobato`` or ``kirkland``.
    window
        Least side of the simulated window [Å]; met by whole cells.

    Returns
    -------
    Potential
    """
    lx, ly, lz = specimen.cell
    n_slices = max(1, math.ceil(lz / slice_thickness - 1e-9))
    thicknesses = (lz / n_slices,) * n_slices
    built = abtem.Potential(
        specimen.atoms,
        gpts=(fft_friendly(lx / sampling), fft_friendly(ly / sampling)),
        slice_thickness=thicknesses,
        parametrization=parametrization,
        projection="infinite",
    ).build(lazy=False)
    return Potential(
        slices=np.ascontiguousarray(built.array, dtype=np.float32),
        slice_thickness=thicknesses,
        cell=(lx, ly),
        repeats=specimen.repeats,
        supercell=(_cells(window, lx), _cells(window, ly)),
    )


def fft_friendly(at_least: float) -> int:
    """Smallest even number with no prime factor above 7 that is at least as large.

    Examples
    --------
    >>> fft_friendly(235)
    240
    """
    n = 2 * math.ceil((at_least - 1e-9) / 2)
    while not _is_smooth(n):
        n += 2
    return n


def _is_smooth(n: int) -> bool:
    for prime in (2, 3, 5, 7):
        while n % prime == 0:
            n //= prime
    return n == 1


def _cells(window: float, side: float) -> int:
    return max(1, math.ceil(window / side - 1e-9))
