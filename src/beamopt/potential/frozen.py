"""Potential of one frozen configuration: every atom of the whole window displaced on its own.

Atoms at rest lie on abTEM's grid as abTEM lays them there, each shared bilinearly by four pixels; a displacement is an
exact phase ramp in Fourier space. So atoms at rest give the slices of the crystal, and the mean over all displacements
gives those slices smeared by the Debye-Waller factor, both without a remainder.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from beamopt.cache import Cache
from beamopt.potential.build import displacements, fetched_slices
from beamopt.potential.sliced import Potential
from beamopt.specimen import Specimen

__all__ = ["frozen_potential"]

_Real = NDArray[np.float64]


def frozen_potential(
    specimen: Specimen,
    standing: Potential,
    *,
    displacement: float | Mapping[str, float],
    parametrization: str,
    rng: np.random.Generator,
    cache: Cache | None = None,
) -> Potential:
    """Build the potential of the whole window with its atoms displaced, as Einstein's atoms are.

    Parameters
    ----------
    specimen
        One cell of the crystal.
    standing
        What `build_potential` made of it: grid, slices, window, thickness and tilt are taken over.
    displacement
        Root-mean-square thermal displacement along one axis [Å], for all elements or for each. Displacements along the
        beam change nothing that slices of this thickness tell apart, and are left out.
    parametrization
        Atomic scattering factors, ``lobato`` or ``kirkland``.
    rng
        Draws the displacements.
    cache
        Where the slices are looked for and kept; none where left out.

    Returns
    -------
    Potential
        One cell as large as the window, stacked once.

    Raises
    ------
    InputError
        If a table of displacements leaves out an element of the specimen or names another one.
    """
    moving = displacements(specimen, displacement)
    symbols = [str(symbol) for symbol in specimen.atoms.symbols]
    deviation = np.array([moving.get(symbol, 0.0) for symbol in symbols])
    shape = (standing.repeats, *standing.supercell, len(symbols), 2)
    moved = rng.standard_normal(shape) * deviation[:, None]
    grid = tuple(n * m for n, m in zip(standing.grid, standing.supercell, strict=True))
    factors = {
        symbol: _factor(specimen, symbol, standing, (grid[0], grid[1]), parametrization, cache)
        for symbol in dict.fromkeys(symbols)
    }

    def make() -> dict[str, NDArray[np.float32]]:
        return {"slices": _slices(specimen, standing, factors, moved)}

    arrays = make() if cache is None else cache.fetch(_about(standing, factors, moved), make)
    return replace(
        standing,
        slices=np.asarray(arrays["slices"], np.float32),
        slice_thickness=standing.slice_thickness * standing.repeats,
        cell=standing.window,
        repeats=1,
        supercell=(1, 1),
    )


def _slices(
    specimen: Specimen, standing: Potential, factors: Mapping[str, NDArray[np.complex128]], moved: _Real
) -> NDArray[np.float32]:
    """Slices of the whole thickness ``(repeats·n_slices, nx, ny)`` [V Å]."""
    symbols = np.array([str(symbol) for symbol in specimen.atoms.symbols])
    label = _labels(np.asarray(specimen.atoms.positions)[:, 2], standing.slice_thickness)
    count = len(standing.slice_thickness)
    slices = np.zeros((standing.repeats * count, *next(iter(factors.values())).shape), np.float32)
    for layer, number in np.ndindex(standing.repeats, count):
        series = np.zeros(slices.shape[1:], np.complex128)
        for symbol, factor in factors.items():
            some = np.flatnonzero((symbols == symbol) & (label == number))
            if len(some):
                x, y = (_waves(specimen, standing, axis, some, moved[layer]) for axis in (0, 1))
                series += factor * (x @ y.T)
        slices[layer * count + number] = np.fft.ifft2(series).real
    return slices


def _waves(
    specimen: Specimen, standing: Potential, axis: int, some: NDArray[np.intp], moved: _Real
) -> NDArray[np.complex128]:
    """Fourier series along one axis ``(n, atoms in all cells)`` of atoms shared by two pixels and then displaced."""
    pixels = standing.grid[axis]
    n, pixel = pixels * standing.supercell[axis], standing.sampling[axis]
    at = np.asarray(specimen.atoms.positions)[some, axis] / pixel
    first = np.floor(at)
    cell = np.arange(standing.supercell[axis]) * float(pixels)
    shape = (*standing.supercell, len(some))
    corner = (cell[:, None] if axis == 0 else cell[None, :])[:, :, None]
    place = np.broadcast_to(corner + first, shape) + moved[:, :, some, axis] / pixel
    share = np.broadcast_to(at - first, shape).ravel()
    turn = np.fft.fftfreq(n)
    between = 1 - share + share * np.exp(-2j * np.pi * turn)[:, None]
    return np.asarray(np.exp(-2j * np.pi * np.outer(turn, place.ravel())) * between)


def _labels(z: _Real, thicknesses: tuple[float, ...]) -> NDArray[np.intp]:
    """Slice of each atom of a cell, as abTEM assigns them: one on a boundary belongs to the slice behind it."""
    edges = np.cumsum(thicknesses)
    inside = np.where(z > edges[-1] - 1e-9, 0.0, z)
    return np.digitize(inside, edges - 1e-12)


def _factor(
    specimen: Specimen,
    symbol: str,
    standing: Potential,
    grid: tuple[int, int],
    parametrization: str,
    cache: Cache | None,
) -> NDArray[np.complex128]:
    """Fourier series of one atom at the origin of the window, in FFT order."""
    one = specimen.atoms[[list(specimen.atoms.symbols).index(symbol)]]
    one.positions[:] = 0.0
    thickness = sum(standing.slice_thickness)
    one.set_cell([*standing.window, thickness])
    alone = replace(specimen, name=symbol, atoms=one, repeats=1)
    return np.asarray(np.fft.fft2(fetched_slices(alone, grid, (thickness,), parametrization, {}, cache)[0]))


def _about(standing: Potential, factors: Mapping[str, NDArray[np.complex128]], moved: _Real) -> dict[str, object]:
    """Everything that decides the slices of a configuration."""
    parts = [standing.slices, moved, *factors.values()]
    return {
        "kind": "frozen potential",
        "format": 1,
        "sha256": [hashlib.sha256(np.ascontiguousarray(part).tobytes()).hexdigest() for part in parts],
        "elements": list(factors),
        "window_angstrom": standing.window,
        "slice_thickness_angstrom": standing.slice_thickness,
        "repeats": standing.repeats,
    }
