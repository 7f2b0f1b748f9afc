"""The potential of a specimen: one cell is computed, all others are copies."""

import hashlib
import math
from collections.abc import Mapping
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from beamopt.cache import Cache
from beamopt.errors import InputError
from beamopt.potential.sliced import Potential
from beamopt.specimen import Specimen

__all__ = ["build_potential", "displacements", "fetched_slices", "fft_friendly"]


def build_potential(
    specimen: Specimen,
    *,
    sampling: float,
    slice_thickness: float,
    parametrization: str,
    window: float,
    displacement: float | Mapping[str, float] = 0.0,
    cache: Cache | None = None,
) -> Potential:
    """Build the sliced potential of a specimen.

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
    displacement
        Root-mean-square thermal displacement along one axis [Å], for all elements or for each; 0 is at rest.
    cache
        Where the slices are looked for and kept; none where left out.

    Returns
    -------
    Potential

    Raises
    ------
    InputError
        If a table of displacements leaves out an element of the specimen or names another one.
    """
    moving = displacements(specimen, displacement)
    lx, ly, lz = specimen.cell
    n_slices = max(1, math.ceil(lz / slice_thickness - 1e-9))
    thicknesses = (lz / n_slices,) * n_slices
    gpts = fft_friendly(lx / sampling), fft_friendly(ly / sampling)

    return Potential(
        slices=fetched_slices(specimen, gpts, thicknesses, parametrization, moving, cache),
        slice_thickness=thicknesses,
        cell=(lx, ly),
        repeats=specimen.repeats,
        supercell=(_cells(window, lx), _cells(window, ly)),
    )


def fetched_slices(
    specimen: Specimen,
    gpts: tuple[int, int],
    thicknesses: tuple[float, ...],
    parametrization: str,
    moving: Mapping[str, float],
    cache: Cache | None,
) -> NDArray[np.float32]:
    """Slices ``(n_slices, nx, ny)`` of one cell [V Å], from the cache where they are stored."""

    def make() -> dict[str, NDArray[np.float32]]:
        # abTEM takes eight seconds to import, which a stored potential saves.
        from beamopt.potential.slices import sliced_cell  # noqa: PLC0415

        return {"slices": sliced_cell(specimen, gpts, thicknesses, parametrization, moving)}

    about = _about(specimen, gpts, len(thicknesses), parametrization)
    about |= {"displacement_angstrom": dict(moving)} if moving else {}
    arrays = make() if cache is None else cache.fetch(about, make)
    return np.asarray(arrays["slices"], np.float32)


def displacements(specimen: Specimen, displacement: float | Mapping[str, float]) -> dict[str, float]:
    """Displacement of every element; empty where nothing moves."""
    elements = sorted(specimen.composition)
    if not isinstance(displacement, Mapping):
        return dict.fromkeys(elements, displacement) if displacement > 0 else {}
    if strange := sorted(set(displacement) - set(elements)):
        raise InputError(f"thermal.displacement.{strange[0]}: {specimen.name} has no {strange[0]}; remove it")
    if missing := [element for element in elements if element not in displacement]:
        raise InputError(
            f"thermal.displacement: {specimen.name} has {missing[0]}, which is given none; add {missing[0]} in Å"
        )
    return {element: displacement[element] for element in elements} if any(displacement.values()) else {}


def _about(specimen: Specimen, gpts: tuple[int, int], n_slices: int, parametrization: str) -> dict[str, object]:
    """Everything that decides the slices."""
    atoms = specimen.atoms
    positions = np.ascontiguousarray(atoms.positions, dtype=np.float64)
    return {
        "kind": "potential",
        "format": 1,
        "specimen": specimen.name,
        "atoms_sha256": hashlib.sha256(positions.tobytes() + np.asarray(atoms.numbers, np.int64).tobytes()).hexdigest(),
        "cell_angstrom": specimen.cell,
        "grid": [n_slices, *gpts],
        "parametrization": parametrization,
        "versions": {name: version(name) for name in ("beamopt", "abtem", "numpy")},
    }


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
