"""Zone axis along the beam in the smallest orthogonal cell, by a search over all lattice vectors."""

from dataclasses import dataclass
from math import gcd

import numpy as np
from ase import Atoms
from ase.build import make_supercell
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.specimen.contents import same_contents
from beamopt.specimen.lattice import Lattice, find_lattice

__all__ = ["LARGEST_SHEAR", "LARGEST_SIDE", "orthogonal_cell"]

LARGEST_SHEAR = 0.5
"""A cell whose angles miss 90 degrees by no more is sheared into place [degrees], and a note says so."""

LARGEST_SIDE = 80.0
"""No side of the cell is longer [Å]."""

LARGEST_CELL = 10_000
"""No cell holds more atoms."""

_EXACT = 0.02  # degrees; what rounded lattice parameters leave
_FAMILIES = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1))


@dataclass(frozen=True)
class _Choice:
    """Three lattice vectors (integers on the primitive basis) and how far their angles miss 90 degrees."""

    rows: NDArray[np.int64]
    shear: float


def orthogonal_cell(atoms: Atoms, zone_axis: tuple[int, int, int], *, name: str) -> tuple[Atoms, tuple[str, ...]]:
    """Cut the smallest orthogonal cell whose z axis, the way of the beam, is a given direction.

    Parameters
    ----------
    atoms
        A periodic structure.
    zone_axis
        Direction [uvw] on the axes of `atoms`.
    name
        What to call the structure in errors.

    Returns
    -------
    atoms
        The cell, x its shorter lateral side; never a mirror image. Sheared by at most `LARGEST_SHEAR`, its volume kept.
    notes
        Directions along x, y and the beam, and the shear where there is one.

    Raises
    ------
    InputError
        If there is no such cell within `LARGEST_SIDE` and `LARGEST_CELL`; names the directions that work.

    Examples
    --------
    >>> from ase.build import bulk
    >>> cell, notes = orthogonal_cell(bulk("Si", "diamond", a=5.43, cubic=True), (1, 1, 0), name="Si")
    >>> len(cell), [round(float(side), 2) for side in cell.cell.lengths()]
    (4, [3.84, 5.43, 3.84])
    >>> notes[0]
    'x along [-1, 1, 0], y along [0, 0, 1], beam along [1, 1, 0]'
    """
    lattice = find_lattice(atoms)
    choice = _choose(lattice, zone_axis)
    if choice is None:
        raise InputError(f"{name}: zone_axis = {list(zone_axis)} {_no_cell(lattice)}")
    primitive = Atoms(
        numbers=atoms.numbers[lattice.representatives],
        positions=atoms.positions[lattice.representatives],
        cell=lattice.vectors,
        pbc=True,
    )
    cut: Atoms = make_supercell(primitive, choice.rows)
    turned = _straighten(cut)
    same_contents(atoms, turned, name=name, strain=float(np.radians(choice.shear)))
    return turned, _notes(lattice, choice)


def _choose(lattice: Lattice, zone_axis: tuple[int, int, int]) -> _Choice | None:
    """Smallest cell; an exact one is worth twice the area of a sheared one."""
    beam = _primitive_direction(lattice, zone_axis)
    pairs = _pairs(_across(lattice.vectors, beam), lattice.vectors)
    room = LARGEST_CELL // len(lattice.representatives)
    best: dict[bool, tuple[tuple[float, ...], _Choice]] = {}
    for x, y in pairs:
        rows = _right_handed(np.array([x, y, beam]), lattice.vectors)
        if abs(round(float(np.linalg.det(rows)))) > room:
            continue
        rank, shear = _rank(lattice, rows)
        exact = shear <= _EXACT
        if shear <= LARGEST_SHEAR and (exact not in best or rank < best[exact][0]):
            best[exact] = (rank, _Choice(rows, shear))
    if True in best and (False not in best or best[True][0][0] <= 2 * best[False][0][0]):
        return best[True][1]
    return best[False][1] if best else None


def _primitive_direction(lattice: Lattice, zone_axis: tuple[int, int, int]) -> NDArray[np.int64]:
    """Shortest lattice vector along a direction of the given cell, as integers on the primitive basis."""
    adjugate = np.linalg.inv(lattice.basis) * np.linalg.det(lattice.basis)
    parts = np.rint(np.asarray(zone_axis) @ adjugate).astype(np.int64)
    sign = 1 if np.linalg.det(lattice.basis) > 0 else -1
    return np.asarray(sign * parts // _common(parts))


def _across(vectors: NDArray[np.float64], beam: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lattice vectors perpendicular to the beam up to the largest shear, one of each ± pair, shortest first."""
    along = beam @ vectors
    reach = np.floor(LARGEST_SIDE * np.linalg.norm(np.linalg.inv(vectors), axis=0)).astype(int)
    axes = np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij")
    rows = np.stack([axis.ravel() for axis in axes], axis=1)
    first = rows[np.arange(len(rows)), np.argmax(rows != 0, axis=1)]
    rows = rows[first > 0]
    candidates = rows @ vectors
    lengths = np.linalg.norm(candidates, axis=1)
    tilt = np.abs(candidates @ along) / (lengths * np.linalg.norm(along))
    kept = np.flatnonzero((lengths <= LARGEST_SIDE) & (tilt <= np.sin(np.radians(LARGEST_SHEAR))))
    return np.asarray(rows[kept[np.argsort(lengths[kept], kind="stable")][:1500]])


def _pairs(rows: NDArray[np.int64], basis: NDArray[np.float64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of rows at right angles up to the largest shear, in both orders if equally long, smallest areas first."""
    vectors = rows @ basis
    lengths = np.linalg.norm(vectors, axis=1)
    area = np.outer(lengths, lengths)
    square = np.abs(vectors @ vectors.T) <= np.sin(np.radians(LARGEST_SHEAR)) * area
    i, j = np.nonzero(square & (lengths[:, None] <= lengths[None, :] + 1e-3))
    order = np.argsort(area[i, j], kind="stable")[:400]
    return [(sign * rows[i[n]], sign * rows[j[n]]) for n in order for sign in (1, -1)]


def _rank(lattice: Lattice, rows: NDArray[np.int64]) -> tuple[tuple[float, ...], float]:
    """Smaller is better: area, longer side, shear, then simple and positive indices; and the shear [degrees]."""
    vectors = rows @ lattice.vectors
    shear = _shear(vectors)
    area = float(np.linalg.norm(np.cross(vectors[0], vectors[1])))
    longer = float(np.linalg.norm(vectors[1]))
    indices = np.concatenate([_indices(lattice, row) for row in rows[:2]])
    simplicity = (int(np.abs(indices).sum()), int((indices < 0).sum()), *(-indices).tolist())
    return (round(area, 3), round(longer, 3), round(shear, 3), *simplicity), shear


def _right_handed(rows: NDArray[np.int64], vectors: NDArray[np.float64]) -> NDArray[np.int64]:
    """Turn y round where the three vectors form a left-handed set, so that the cut is a rotation and no reflection."""
    if np.linalg.det(rows @ vectors) < 0:
        return np.asarray(rows * np.array([[1], [-1], [1]]))
    return rows


def _shear(vectors: NDArray[np.float64]) -> float:
    """Largest deviation from 90 degrees among three vectors [degrees]."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = (unit @ unit.T)[np.triu_indices(3, k=1)]
    return float(np.degrees(np.arcsin(np.abs(cosines).max())))


def _straighten(cut: Atoms) -> Atoms:
    """Same fractional positions in the diagonal cell of the same volume, every position inside."""
    vectors = np.asarray(cut.cell)
    x, _, z = np.linalg.norm(vectors, axis=1)
    y = abs(np.linalg.det(vectors)) / (x * z)
    scaled = np.linalg.solve(vectors.T, np.asarray(cut.positions).T).T % 1.0
    scaled[scaled > 1.0 - 1e-8] = 0.0
    return Atoms(numbers=cut.numbers, scaled_positions=scaled, cell=np.diag([x, y, z]), pbc=True)


def _indices(lattice: Lattice, row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Direction of a primitive integer vector on the axes of the given cell, without common factor."""
    given = row @ lattice.basis
    return np.asarray(given // _common(given))


def _common(row: NDArray[np.int64]) -> int:
    return gcd(*(int(v) for v in row)) or 1


def _notes(lattice: Lattice, choice: _Choice) -> tuple[str, ...]:
    x, y, z = (_indices(lattice, row).tolist() for row in choice.rows)
    notes = [f"x along {x}, y along {y}, beam along {z}"]
    if choice.shear > 1e-3:
        notes.append(f"sheared by up to {choice.shear:.2f}° to make the cell orthogonal, at constant volume")
    return tuple(notes)


def _no_cell(lattice: Lattice) -> str:
    """Why a direction was refused and which low-index ones would do."""
    working = [list(axis) for axis in _FAMILIES if _choose(lattice, axis) is not None]
    limit = f"has no orthogonal cell within {LARGEST_SIDE:g} Å, {LARGEST_SHEAR:g}° and {LARGEST_CELL} atoms"
    if not working:
        return f"{limit}, nor has any low-index direction; give a supercell that is nearly orthogonal"
    return f"{limit}; use one of {', '.join(map(str, working))}"
