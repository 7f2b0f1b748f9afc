"""What a structure holds: composition, density and shortest contact, compared before and after a cut."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import gcd

import numpy as np
from ase import Atoms
from ase.geometry import minkowski_reduce
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from beamopt.specimen.agreement import GRAMS_PER_CUBIC_CENTIMETRE, mass_of
from beamopt.specimen.structure import Structure

__all__ = ["Contact", "Contents", "contents_of", "same_contents", "shortest_contact"]

_FARTHEST = 4.0  # Å; contacts beyond it say nothing about overlaps


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a unit cell holds as it was read; the density of a sheet is that of its cell, vacuum included.

    Parameters
    ----------
    composition
        Atoms by element.
    density
        Mass density [g/cm³].
    space_group
        Name and setting, in words.
    contact
        Shortest distance between two atoms [Å].
    remarks
        What a reader must know.
    """

    composition: Mapping[str, int]
    density: float
    space_group: str
    contact: float
    remarks: tuple[str, ...] = ()

    @property
    def formula_units(self) -> int:
        """How often the cell holds its formula in least whole numbers."""
        return reduce(gcd, self.composition.values())

    @property
    def formula(self) -> str:
        """The formula in least whole numbers, carbon and hydrogen first, else by the alphabet."""
        first = ["C", "H"] if "C" in self.composition else []
        order = sorted(self.composition, key=lambda symbol: (symbol not in first, symbol))
        counts = [(symbol, self.composition[symbol] // self.formula_units) for symbol in order]
        return " ".join(f"{symbol}{count if count > 1 else ''}" for symbol, count in counts)


def contents_of(structure: Structure) -> Contents:
    """Composition, density and shortest contact of a structure.

    Examples
    --------
    >>> from ase.build import bulk
    >>> silicon = bulk("Si", "diamond", a=5.431, cubic=True)
    >>> contents = contents_of(Structure(atoms=silicon, space_group="F d -3 m:1 (227)"))
    >>> contents.formula_units, contents.formula, round(contents.density, 2), round(contents.contact, 2)
    (8, 'Si', 2.33, 2.35)
    """
    atoms = structure.atoms
    composition = dict(Counter(str(symbol) for symbol in atoms.symbols))
    return Contents(
        composition=composition,
        density=mass_of(composition) * GRAMS_PER_CUBIC_CENTIMETRE / float(atoms.cell.volume),
        space_group=structure.space_group,
        contact=shortest_contact(atoms).distance,
        remarks=structure.remarks,
    )


@dataclass(frozen=True)
class Contact:
    """Two atoms that are nearest, by their indices, and their distance [Å]."""

    distance: float
    first: int = 0
    second: int = 0


def shortest_contact(atoms: Atoms) -> Contact:
    """Shortest distance between two atoms of a periodic structure, at most 4 Å.

    Examples
    --------
    >>> from ase.build import bulk
    >>> round(shortest_contact(bulk("Cu", "fcc", a=3.6)).distance, 3)
    2.546
    """
    if len(atoms) == 0:
        return Contact(_FARTHEST)
    cell, _ = minkowski_reduce(np.asarray(atoms.cell))
    scaled = np.linalg.solve(cell.T, np.asarray(atoms.positions).T).T % 1.0
    around, owners = _around(scaled, cell)
    distances, places = cKDTree(around).query(scaled @ cell, k=2, distance_upper_bound=_FARTHEST)
    # The nearest is the atom itself, or another one at the same place.
    closest = int(np.argmin(distances[:, 1]))
    if not np.isfinite(distances[closest, 1]):
        return Contact(_FARTHEST)
    partners = [int(owners[place]) for place in places[closest]]
    return Contact(float(distances[closest, 1]), closest, next((one for one in partners if one != closest), closest))


def _around(scaled: NDArray[np.float64], cell: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Positions [Å] of the atoms and of their images within reach of the cell, and which atom each is of."""
    reach = _FARTHEST * np.linalg.norm(np.linalg.inv(cell), axis=0)
    steps = [np.arange(-int(np.ceil(r)), int(np.ceil(r)) + 1) for r in np.minimum(reach, 8)]
    shifts = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 3)
    images, owners = [], []
    for shift in shifts:
        image = scaled + shift
        near = np.flatnonzero(np.all((image >= -reach) & (image <= 1 + reach), axis=1))
        images.append(image[near])
        owners.append(near)
    return np.concatenate(images) @ cell, np.concatenate(owners)


def same_contents(before: Atoms, after: Atoms, *, name: str, strain: float = 0.0) -> None:
    """Check that a cut changed neither composition nor number density nor contacts.

    Parameters
    ----------
    before, after
        The structure and the cell cut from it.
    name
        What to call it.
    strain
        Shear that was applied on purpose; contacts may change by as much.

    Raises
    ------
    ArithmeticError
        If it did; no input should ever reach this.
    """
    if _ratio(before) != _ratio(after):
        raise ArithmeticError(f"{name}: composition changed from {_ratio(before)} to {_ratio(after)}")
    density = len(after) / after.cell.volume / (len(before) / before.cell.volume)
    if abs(density - 1) > 1e-6:
        raise ArithmeticError(f"{name}: atoms per volume changed by the factor {density:.6f}")
    contact, was = shortest_contact(after).distance, shortest_contact(before).distance
    if abs(contact - was) > 0.03 + 2 * strain * was:
        raise ArithmeticError(f"{name}: shortest contact changed from {was:.3f} to {contact:.3f} Å")


def _ratio(atoms: Atoms) -> dict[str, Fraction]:
    """Share of every element, exact."""
    counts = Counter(str(symbol) for symbol in atoms.symbols)
    return {symbol: Fraction(count, len(atoms)) for symbol, count in sorted(counts.items())}
