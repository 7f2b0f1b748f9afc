"""The translations that map a structure onto itself, centring included, as exact rational numbers."""

from dataclasses import dataclass

import numpy as np
from ase import Atoms
from ase.geometry import minkowski_reduce
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

__all__ = ["TOLERANCE", "Lattice", "find_lattice"]

TOLERANCE = 0.01
"""How far an atom may miss its translated partner [Å]; structure files round to about this."""

_WORK, _PATIENCE = 500_000, 20  # atoms looked at, and shifts tried, in vain: then it is a lattice with defects


@dataclass(frozen=True)
class Lattice:
    """Primitive lattice of a structure and one atom of each orbit.

    Parameters
    ----------
    basis
        Integers (3, 3); rows over `denominator` are primitive vectors in units of the given cell's vectors.
    denominator
        Common denominator.
    vectors
        The same rows as Cartesian vectors [Å].
    representatives
        Indices of one atom of each orbit.
    """

    basis: NDArray[np.int64]
    denominator: int
    vectors: NDArray[np.float64]
    representatives: NDArray[np.int64]


def find_lattice(atoms: Atoms) -> Lattice:
    """Find the smallest translations under which a periodic structure is unchanged.

    Parameters
    ----------
    atoms
        Structure with a full cell.

    Returns
    -------
    Lattice
        Minkowski-reduced primitive basis.

    Notes
    -----
    A centring maps an atom of the rarest element onto another one. Every such difference is tried; those that map all
    atoms form a group, whose basis follows from the Hermite normal form.

    Examples
    --------
    >>> from ase.build import bulk
    >>> lattice = find_lattice(bulk("Cu", "fcc", a=3.6, cubic=True))
    >>> len(lattice.representatives), float(abs(np.linalg.det(lattice.vectors)).round(3))
    (1, 11.664)
    """
    cell = np.asarray(atoms.cell, dtype=np.float64)
    scaled = np.linalg.solve(cell.T, np.asarray(atoms.positions).T).T % 1.0
    scaled[scaled >= 1.0] = 0.0
    numbers = np.asarray(atoms.numbers)
    kinds, counts = np.unique(numbers, return_counts=True)
    rarest = np.flatnonzero(numbers == kinds[np.argmin(counts)])
    denominator = len(rarest)
    basis = denominator * np.eye(3, dtype=np.int64)
    every = _Atoms(scaled, numbers, {kind: _tree(scaled[numbers == kind]) for kind in kinds}, cell)
    links: list[NDArray[np.int64]] = []
    patience = _PATIENCE + _WORK // len(atoms)
    for partner in rarest[1:]:
        fraction = (scaled[partner] - scaled[rarest[0]]) * denominator
        shift = np.rint(fraction).astype(np.int64)
        if _holds(basis, shift):
            continue
        if np.linalg.norm(((fraction - shift) / denominator) @ cell) > TOLERANCE:
            continue
        if every.betray(shift / denominator):
            continue
        images = every.images(shift / denominator)
        if images is None:
            patience -= 1
            if patience == 0:
                break  # what is found is a lattice of the structure, if perhaps not its finest
        else:
            links.append(images)
            basis = _hermite(np.vstack([basis, shift]))
    vectors, operation = minkowski_reduce(basis / denominator @ cell)
    reduced = np.rint(operation).astype(np.int64) @ basis
    return Lattice(reduced, denominator, np.asarray(vectors), _orbits(len(atoms), links))


def _tree(points: NDArray[np.float64]) -> cKDTree:
    return cKDTree(points, boxsize=1.0)


@dataclass(frozen=True)
class _Atoms:
    """Fractional coordinates, elements, a tree of each element, and the cell."""

    scaled: NDArray[np.float64]
    numbers: NDArray[np.int64]
    trees: dict[int, cKDTree]
    cell: NDArray[np.float64]

    def images(self, shift: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Index of the atom on which each atom falls when shifted, or None if one falls beside."""
        images = np.empty(len(self.scaled), dtype=np.int64)
        for kind in self.trees:
            members = np.flatnonzero(self.numbers == kind)
            nearest = self._partners(kind, members, shift)
            if nearest is None:
                return None
            images[members] = nearest
        return images if len(np.unique(images)) == len(images) else None

    def betray(self, shift: NDArray[np.float64]) -> bool:
        """Whether a few atoms, or some from everywhere, show that a shift is none; cheap, and mostly enough."""
        return any(
            self._partners(kind, some, shift) is None
            for stride in (1, 50)
            for kind in self.trees
            for some in [_few(np.flatnonzero(self.numbers == kind), stride)]
        )

    def _partners(self, kind: int, some: NDArray[np.int64], shift: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Atoms on which some of one element fall when shifted, or None if one falls beside."""
        moved = (self.scaled[some] + shift) % 1.0
        moved[moved >= 1.0] = 0.0
        nearest = np.flatnonzero(self.numbers == kind)[self.trees[kind].query(moved)[1]]
        miss = moved - self.scaled[nearest]
        beside = np.linalg.norm((miss - np.rint(miss)) @ self.cell, axis=1).max() > TOLERANCE
        return None if beside else nearest


def _few(members: NDArray[np.int64], stride: int) -> NDArray[np.int64]:
    """The first four, or so many from everywhere."""
    return members[:4] if stride == 1 else members[:: max(1, len(members) // stride)]


def _orbits(count: int, links: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """First atom of each set of atoms that the translations exchange."""
    start = np.tile(np.arange(count), len(links))
    end = np.concatenate(links) if links else np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    return np.unique(label, return_index=True)[1].astype(np.int64)


def _holds(basis: NDArray[np.int64], vector: NDArray[np.int64]) -> bool:
    """Whether an integer vector is a whole combination of the rows."""
    parts = np.linalg.solve(basis.T.astype(np.float64), vector.astype(np.float64))
    return bool(np.abs(parts - np.rint(parts)).max() < 1e-6)


def _hermite(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Three integer rows that span the same lattice as the given ones, upper triangular."""
    left = [[int(v) for v in row] for row in rows]
    done: list[list[int]] = []
    for column in range(3):
        pivot = [0, 0, 0]
        rest: list[list[int]] = []
        for row in left:
            reduced = row
            while reduced[column]:
                factor = pivot[column] // reduced[column]
                pivot, reduced = reduced, [p - factor * r for p, r in zip(pivot, reduced, strict=True)]
            rest.append(reduced)
        done.append(pivot)
        left = rest
    return np.array(done, dtype=np.int64)
