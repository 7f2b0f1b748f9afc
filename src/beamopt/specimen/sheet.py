"""Free-standing hexagonal sheets as one rectangular cell, twisted stacks included."""

import numpy as np
from ase import Atoms
from numpy.typing import NDArray

from beamopt.catalogue import Layer, Sheet

__all__ = ["sheet_cell"]


def sheet_cell(structure: Sheet) -> tuple[Atoms, tuple[str, ...]]:
    """Rectangular cell of a stack of sheets with vacuum above and below.

    Parameters
    ----------
    structure
        Lattice, sites and layers.

    Returns
    -------
    atoms
        x along the hexagonal [1, 0, 0] of an unturned layer, the beam along +z from the first layer to the last.
    notes
        Directions, vacuum, and the strain that makes the layers commensurate.

    Notes
    -----
    Turning the rectangle a × √3a by -90° makes its sides swap roles and keeps it a lattice of the common cell. For
    a layer with a threefold axis this is the same as turning it by +30°.

    Examples
    --------
    >>> from beamopt.catalogue import load_sample
    >>> atoms, _ = sheet_cell(load_sample("graphene").structure)
    >>> len(atoms), [round(float(side), 3) for side in atoms.cell.lengths()]
    (4, [2.461, 4.263, 10.0])
    """
    own = np.array([_own_sides(structure.a, layer) for layer in structure.layers])
    common = own.mean(axis=0)
    numbers, positions = zip(*(_layer(structure, layer, common) for layer in structure.layers), strict=True)
    stacked = np.concatenate(positions)
    lowest, highest = stacked[:, 2].min(), stacked[:, 2].max()
    stacked[:, 2] += structure.vacuum - lowest
    height = highest - lowest + 2 * structure.vacuum
    cell = np.diag([*common, height])
    atoms = Atoms(symbols=[s for symbols in numbers for s in symbols], positions=stacked, cell=cell, pbc=True)
    notes = [
        "x along [1, 0, 0], y along [1, 2, 0], beam along [0, 0, 1]",
        f"free-standing with {structure.vacuum:g} Å of vacuum above and below; thickness is not used",
    ]
    strain = float(np.abs(common / own - 1).max())
    if strain > 1e-6:
        mismatch = float(np.abs(own.max(axis=0) / own.min(axis=0) - 1).max())
        notes.append(
            f"periodic approximant of a twisted stack: sides differ by {mismatch:.2%}, layers strained by {strain:.2%}"
        )
    return atoms, tuple(notes)


def _own_sides(a: float, layer: Layer) -> tuple[float, float]:
    """Sides of the layer's block of cells without strain [Å]."""
    x, y = (a, np.sqrt(3) * a) if layer.rotation == 0 else (np.sqrt(3) * a, a)
    return float(layer.repeats[0] * x), float(layer.repeats[1] * y)


def _layer(structure: Sheet, layer: Layer, common: NDArray[np.float64]) -> tuple[list[str], NDArray[np.float64]]:
    """Symbols and positions of one layer, strained to the common sides."""
    symbols, unit = _rectangle(structure)
    if layer.rotation:
        unit = np.stack([unit[:, 1], -unit[:, 0] % 1.0, unit[:, 2]], axis=1)
    counts = np.array(layer.repeats)
    corners = np.array(list(np.ndindex(*layer.repeats)))
    lateral = (corners[:, None, :] + unit[None, :, :2]) / counts * common
    heights = np.broadcast_to(unit[:, 2] + layer.height, lateral.shape[:2])
    return symbols * len(corners), np.concatenate([lateral, heights[..., None]], axis=2).reshape(-1, 3)


def _rectangle(structure: Sheet) -> tuple[list[str], NDArray[np.float64]]:
    """Symbols, fractional x and y on the rectangle a × √3a, and heights [Å]: two hexagonal cells."""
    symbols: list[str] = []
    rows: list[tuple[float, float, float]] = []
    for element, u, v, z in structure.sites:
        for shift in (0.0, 0.5):
            symbols.append(element)
            rows.append(((u - v / 2 + shift) % 1.0, (v / 2 + shift) % 1.0, z))
    return symbols, np.array(rows)
