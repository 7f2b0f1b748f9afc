"""Primitive lattices: centring is found and nothing else; the cut does not depend on the description."""

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk, make_supercell
from ase.spacegroup import crystal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from beamopt.errors import InputError
from beamopt.specimen import orthogonal_cell
from beamopt.specimen.contents import same_contents
from beamopt.specimen.lattice import find_lattice

ZINCBLENDE = crystal(["Zn", "S"], [(0, 0, 0), (0.25, 0.25, 0.25)], spacegroup=216, cellpar=[5.41] * 3 + [90] * 3)


@pytest.mark.parametrize(
    ("structure", "share"),
    [
        (bulk("Po", "sc", a=3.35), 1),
        (bulk("Fe", "bcc", a=2.87, cubic=True), 2),
        (bulk("Cu", "fcc", a=3.6, cubic=True), 4),
        (bulk("Si", "diamond", a=5.43, cubic=True), 4),
        (crystal(["Bi"], [(0, 0, 0.234)], spacegroup=166, cellpar=[4.55, 4.55, 11.86, 90, 90, 120]), 3),
        (crystal(["Ti", "O"], [(0, 0, 0), (0.3, 0.3, 0)], spacegroup=136, cellpar=[4.59, 4.59, 2.96, 90, 90, 90]), 1),
    ],
    ids=["P", "I", "F", "F diamond", "R", "P rutile"],
)
def test_centring_is_found(structure: Atoms, share: int) -> None:
    lattice = find_lattice(structure)
    assert len(lattice.representatives) * share == len(structure)
    assert abs(np.linalg.det(lattice.vectors)) * share == pytest.approx(structure.cell.volume)
    rows = lattice.basis / lattice.denominator @ np.asarray(structure.cell)
    assert np.allclose(rows, lattice.vectors)


def test_a_small_distortion_breaks_the_centring() -> None:
    atoms = bulk("Cu", "fcc", a=3.6, cubic=True)
    atoms.positions[0, 2] += 0.05
    assert len(find_lattice(atoms).representatives) == 4


def test_rounded_coordinates_do_not() -> None:
    atoms = bulk("Cu", "fcc", a=3.6, cubic=True)
    atoms.positions[:] += np.random.default_rng(0).uniform(-0.002, 0.002, (4, 3))
    assert len(find_lattice(atoms).representatives) == 1


def test_an_order_of_elements_is_no_centring() -> None:
    """L1_0: the face-centred lattice of sites carries two elements in layers."""
    atoms = bulk("Cu", "fcc", a=3.8, cubic=True)
    atoms.symbols[atoms.positions[:, 2] > 1] = "Au"
    assert len(find_lattice(atoms).representatives) == 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=9, max_size=9))
def test_any_supercell_gives_the_same_specimen_cell(entries: list[int]) -> None:
    matrix = np.array(entries).reshape(3, 3)
    cells = abs(round(float(np.linalg.det(matrix))))
    assume(1 <= cells <= 8)
    large: Atoms = make_supercell(ZINCBLENDE, matrix)
    lattice = find_lattice(large)
    assert len(lattice.representatives) == 2
    assert abs(np.linalg.det(lattice.vectors)) == pytest.approx(5.41**3 / 4)
    axis = np.rint(np.linalg.solve(matrix.T.astype(float), [1.0, 1.0, 0.0]) * cells).astype(int)
    cut, _ = orthogonal_cell(large, (int(axis[0]), int(axis[1]), int(axis[2])), name="ZnS")
    assert len(cut) == 4
    assert cut.cell.lengths() == pytest.approx([5.41 / np.sqrt(2), 5.41, 5.41 / np.sqrt(2)])


@settings(max_examples=40, deadline=None)
@given(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3)).filter(any))
def test_every_axis_of_a_cubic_crystal(axis: tuple[int, int, int]) -> None:
    cut, _ = orthogonal_cell(ZINCBLENDE, axis, name="ZnS")
    same_contents(ZINCBLENDE, cut, name="ZnS")
    u = np.array(axis) // np.gcd.reduce(axis)
    shortest = 5.41 * np.linalg.norm(u) / (2 if np.sum(u % 2) == 2 else 1)
    assert float(cut.cell[2, 2]) == pytest.approx(shortest)


def test_a_left_handed_description_of_the_cell_is_understood() -> None:
    swapped = ZINCBLENDE[[0, 1, 2, 3, 4, 5, 6, 7]]
    assert isinstance(swapped, Atoms)
    swapped.set_cell(np.asarray(ZINCBLENDE.cell)[[1, 0, 2]], scale_atoms=False)
    assert np.linalg.det(np.asarray(swapped.cell)) < 0
    cut, _ = orthogonal_cell(swapped, (1, 1, 1), name="ZnS")
    straight, _ = orthogonal_cell(ZINCBLENDE, (1, 1, 1), name="ZnS")
    assert np.linalg.det(np.asarray(cut.cell)) > 0
    assert cut.cell.lengths() == pytest.approx(straight.cell.lengths())
    same_contents(ZINCBLENDE, cut, name="ZnS")


def test_disorder_without_any_period_is_cut_as_it_is() -> None:
    rng = np.random.default_rng(2)
    grid = np.array(list(np.ndindex(6, 6, 6))) * 3.0
    glass = Atoms("Si216", positions=grid + rng.uniform(-0.5, 0.5, grid.shape), cell=[18.0] * 3, pbc=True)
    cut, notes = orthogonal_cell(glass, (0, 0, 1), name="glass")
    assert len(cut) == 216
    assert notes == ("x along [1, 0, 0], y along [0, 1, 0], beam along [0, 0, 1]",)


def test_a_triclinic_crystal_without_any_orthogonal_cell() -> None:
    triclinic = Atoms("Au", cell=[[11.0, 0, 0], [2.1, 13.3, 0], [1.7, 4.9, 15.1]], pbc=True)
    with pytest.raises(InputError, match=r"triclinic: zone_axis = \[3, 1, 2\] has no orthogonal cell"):
        orthogonal_cell(triclinic, (3, 1, 2), name="triclinic")


@pytest.mark.parametrize("change", ["lost", "swapped", "stretched", "moved"])
def test_changed_contents_are_noticed(change: str) -> None:
    cut, _ = orthogonal_cell(ZINCBLENDE, (1, 1, 0), name="ZnS")
    if change == "lost":
        cut.pop()
    elif change == "swapped":
        cut.numbers[0], cut.numbers[1] = 16, 16
    elif change == "stretched":
        cut.set_cell(np.asarray(cut.cell) * 1.01, scale_atoms=True)
    else:
        cut.positions[0] += 0.3
    with pytest.raises(ArithmeticError, match="changed"):
        same_contents(ZINCBLENDE, cut, name="ZnS")
