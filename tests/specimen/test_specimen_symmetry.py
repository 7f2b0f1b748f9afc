"""Symmetry as a CIF states it: settings, origins, Hall symbols, magnetic operations, and what contradicts itself."""

from pathlib import Path

import gemmi
import numpy as np
import pytest

from beamopt.errors import InputError
from beamopt.specimen.operations import Operations
from specimen.written import cif, contents, operations, refusal, structure

NAME, NUMBER, HALL = "_space_group_name_H-M_alt", "_space_group_IT_number", "_space_group_name_Hall"
# Anatase (Howard et al. 1991): a, c and the oxygen from the titanium, 0.2081 of c; 3.89 g/cm³.
ANATASE = (3.7845, 3.7845, 9.5143, 90, 90, 90)
# GdFeO3 (Geller 1956) in P b n m, its sites; 7.4 g/cm³.
ORTHOFERRITE = (5.346, 5.616, 7.668, 90, 90, 90)
GADOLINIUM = "Gd1 Gd -0.018 0.060 0.25\nFe1 Fe 0 0.5 0\nO1 O 0.05 0.47 0.25\nO2 O -0.29 0.275 0.05\n"


@pytest.mark.parametrize(
    ("name", "titanium", "oxygen"),
    [
        ("I 41/a m d :2", "0 0.75 0.125", "0 0.75 0.3331"),
        ("I 41/a m d Z", "0 0.75 0.125", "0 0.75 0.3331"),
        ("I 41/a m d (origin choice 2)", "0 0.75 0.125", "0 0.75 0.3331"),
        ("I 41/a m d :1", "0 0 0", "0 0 0.2081"),
        ("I 41/a m d S", "0 0 0", "0 0 0.2081"),
    ],
)
def test_the_stated_origin_is_taken(tmp_path: Path, name: str, titanium: str, oxygen: str) -> None:
    found = contents(tmp_path, cif(ANATASE, f"Ti1 Ti {titanium}\nO1 O {oxygen}", f"{NAME} '{name}'"))
    assert found.composition == {"Ti": 4, "O": 8}
    assert found.density == pytest.approx(3.89, abs=0.01)
    assert found.contact == pytest.approx(1.93, abs=0.01)
    assert found.space_group.startswith("I 41/a m d:")


def test_an_origin_by_its_coordinate_system_code(tmp_path: Path) -> None:
    symmetry = f"{NAME} 'I 41/a m d'\n_space_group_IT_coordinate_system_code 2"
    found = contents(tmp_path, cif(ANATASE, "Ti1 Ti 0 0.75 0.125\nO1 O 0 0.75 0.3331", symmetry))
    assert found.composition == {"Ti": 4, "O": 8}


@pytest.mark.parametrize("symmetry", [f"{NAME} 'I 41/a m d'", f"{NUMBER} 141"])
def test_an_open_origin_without_operations_is_refused_with_what_to_add(tmp_path: Path, symmetry: str) -> None:
    said = refusal(tmp_path, cif(ANATASE, "Ti1 Ti 0 0.75 0.125\nO1 O 0 0.75 0.3331", symmetry))
    assert "two origins" in said
    assert "add ':1' or ':2' to the name, or the operations" in said


def test_an_open_origin_with_operations_is_read(tmp_path: Path) -> None:
    every = operations(*(op.triplet() for op in gemmi.find_spacegroup_by_name("I 41/a m d:2").operations()))
    text = cif(ANATASE, "Ti1 Ti 0 0.75 0.125\nO1 O 0 0.75 0.3331", f"{NAME} 'I 41/a m d'\n{NUMBER} 141\n{every}")
    found = contents(tmp_path, text)
    assert found.composition == {"Ti": 4, "O": 8}
    assert found.remarks == ()


@pytest.mark.parametrize("name", ["P b n m", "Pbnm", "p b n m"])
def test_a_name_in_another_setting_is_taken_at_its_word(tmp_path: Path, name: str) -> None:
    found = contents(tmp_path, cif(ORTHOFERRITE, GADOLINIUM, f"{NAME} '{name}'\n{NUMBER} 62"))
    assert found.composition == {"Gd": 4, "Fe": 4, "O": 12}
    assert found.space_group == "P b n m (62)"
    assert found.density == pytest.approx(7.53, abs=0.05)
    assert found.contact == pytest.approx(1.9, abs=0.15)  # Fe-O


def test_the_n_glide_and_the_c_glide_give_the_same_crystal_on_their_own_axes(tmp_path: Path) -> None:
    """P 1 21/c 1 on axes a, b, c is P 1 21/n 1 on a, b, a + c."""
    a, c, beta = 7.0, 9.0, 105.0
    long = float(np.sqrt(a * a + c * c + 2 * a * c * np.cos(np.radians(beta))))
    angle = float(np.degrees(np.arccos((a + c * np.cos(np.radians(beta))) / long)))
    one = structure(tmp_path, cif((a, 8, c, 90, beta, 90), "I1 I 0.1 0.2 0.3", f"{NAME} 'P 1 21/c 1'"))
    two = structure(tmp_path, cif((a, 8, long, 90, angle, 90), "I1 I -0.2 0.2 0.3", f"{NAME} 'P 1 21/n 1'"))
    assert two.space_group == "P 1 21/n 1 (14)"
    assert len(one.atoms) == len(two.atoms) == 4
    first, second = (np.sort(s.atoms.get_all_distances(mic=True), axis=None) for s in (one, two))
    assert first == pytest.approx(second, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "cell", "sites"),
    [
        ("R -3 m :H", (2.816, 2.816, 14.054, 90, 90, 120), 3),
        ("R -3 m", (2.816, 2.816, 14.054, 90, 90, 120), 3),
        ("R -3 m HR", (2.816, 2.816, 14.054, 90, 90, 120), 3),
        ("R -3 m", (4.9586, 4.9586, 4.9586, 32.99, 32.99, 32.99), 1),
        ("R -3 m R", (4.9586, 4.9586, 4.9586, 32.99, 32.99, 32.99), 1),
    ],
)
def test_rhombohedral_and_hexagonal_axes(tmp_path: Path, name: str, cell: tuple[float, ...], sites: int) -> None:
    """LiCoO2 on either axes has 5.05 g/cm³."""
    rows = "Li1 Li 0 0 0.5\nCo1 Co 0 0 0\nO1 O 0 0 0.2395"
    if sites == 1:
        rows = "Li1 Li 0.5 0.5 0.5\nCo1 Co 0 0 0\nO1 O 0.2395 0.2395 0.2395"
    found = contents(tmp_path, cif(cell, rows, f"{NAME} '{name}'"))
    assert found.composition == {"Li": sites, "Co": sites, "O": 2 * sites}
    assert found.density == pytest.approx(5.05, abs=0.02)


def test_axes_that_the_cell_denies_are_refused(tmp_path: Path) -> None:
    text = cif((2.816, 2.816, 14.054, 90, 90, 120), "Co1 Co 0 0 0", f"{NAME} 'R -3 m R'")
    assert "does not fit the cell" in refusal(tmp_path, text)


def test_a_hall_symbol_alone(tmp_path: Path) -> None:
    """Zircon (Robinson et al. 1971), 4.67 g/cm³, in the second origin of I 41/a m d."""
    rows = "Zr1 Zr 0 0.75 0.125\nSi1 Si 0 0.75 0.625\nO1 O 0 0.0661 0.1953"
    found = contents(tmp_path, cif((6.607, 6.607, 5.982, 90, 90, 90), rows, f"{HALL} '-I 4bd 2'"))
    assert found.composition == {"Zr": 4, "Si": 4, "O": 16}
    assert found.density == pytest.approx(4.67, abs=0.03)
    assert found.space_group == "I 41/a m d:2 (141)"


def test_magnetic_operations_and_centrings(tmp_path: Path) -> None:
    """MnO, 5.37 g/cm³, its cell centred by translations with and without a reversal of the moments."""
    magnetic = (
        "loop_\n_space_group_symop_magn_operation.id\n_space_group_symop_magn_operation.xyz\n"
        "1 x,y,z,+1\n2 x,-y,-z,-1\n3 -x,-y,-z,+1\n4 -x,y,z,-1\n"
        "loop_\n_space_group_symop_magn_centering.id\n_space_group_symop_magn_centering.xyz\n"
        "1 x,y,z,+1\n2 x+1/2,y+1/2,z,-1\n3 x,y+1/2,z+1/2,+1\n4 x+1/2,y,z+1/2,-1\n"
    )
    for name in ("own.cif", "own.mcif"):
        found = contents(
            tmp_path, cif((4.445, 4.445, 4.445, 90, 90, 90), "Mn1 Mn2+ 0 0 0\nO1 O2- 0.5 0 0", magnetic), name
        )
        assert found.composition == {"Mn": 4, "O": 4}
        assert found.density == pytest.approx(5.37, abs=0.02)


def test_operations_beside_an_unknown_name_are_taken_and_the_name_is_said(tmp_path: Path) -> None:
    every = operations("x,y,z", "-x,-y,-z")
    found = structure(tmp_path, cif((5, 6, 7, 80, 85, 95), "I1 I 0.1 0.2 0.3", f"{NAME} 'P minus one'\n{every}"))
    assert len(found.atoms) == 2
    assert found.space_group == "P -1 (2)"
    assert "'P minus one' is in no table" in found.remarks[0]


@pytest.mark.parametrize("name", ["P2(1)/n", "P 1 21/n 1"])
def test_operations_go_before_a_name_of_another_setting(tmp_path: Path, name: str) -> None:
    every = operations("x,y,z", "-x,y+1/2,-z+1/2", "-x,-y,-z", "x,-y+1/2,z+1/2")
    found = structure(tmp_path, cif((5, 6, 7, 90, 100, 90), "I1 I 0.1 0.2 0.3", f"{NAME} '{name}'\n{every}"))
    assert found.space_group == "P 1 21/c 1 (14)"
    assert "of another setting or origin" in found.remarks[0]


@pytest.mark.parametrize(
    ("symmetry", "said"),
    [
        (f"{NAME} 'P m -3 m'\n" + operations("x,y,z", "-x,-y,-z"), "'P m -3 m' contradicts the symmetry operations"),
        (f"{NAME} 'F m -3 m'\n" + operations("x,y,z"), "those of P 1 (1)"),
        (f"{NUMBER} 15\n" + operations("x,y,z", "-x,-y,-z"), "number 15 contradicts"),
        (f"{HALL} '-P 2ybc'\n" + operations("x,y,z", "-x,-y,-z"), "Hall symbol '-P 2ybc' contradicts"),
        (f"{HALL} '-P 2ybc'\n{NAME} 'P n m a'", "'P n m a' contradicts"),
        (f"{NAME} 'P n m a'\n{NUMBER} 14", "has number 62 and the file says 14"),
        (f"{NAME} 'P q r s'", "'P q r s' is in no table; list the symmetry operations"),
        (f"{NUMBER} 231", "number 231 is in no table"),
        (f"{HALL} 'Q 2'", "Hall symbol 'Q 2' is none"),
        ("", "says nothing of its symmetry"),
        ("_chemical_formula_sum 'I'\n_cell_formula_units_Z 2", "says nothing of its symmetry"),
        ("_cell_modulation_dimension 1", "modulated"),
    ],
)
def test_a_contradiction_or_nothing_at_all_is_refused(tmp_path: Path, symmetry: str, said: str) -> None:
    assert said in refusal(tmp_path, cif((6, 6, 6, 90, 90, 90), "I1 I 0.1 0.2 0.3", symmetry))


def test_no_symmetry_is_none_where_formula_and_z_agree(tmp_path: Path) -> None:
    symmetry = "_chemical_formula_sum 'Cs Cl'\n_cell_formula_units_Z 1"
    found = contents(tmp_path, cif((4.12, 4.12, 4.12, 90, 90, 90), "Cs1 Cs 0 0 0\nCl1 Cl 0.5 0.5 0.5", symmetry))
    assert found.composition == {"Cs": 1, "Cl": 1}
    assert "no symmetry is stated" in found.remarks[0]


def test_a_number_alone_is_the_standard_setting_and_that_is_said(tmp_path: Path) -> None:
    found = structure(tmp_path, cif((5, 6, 7, 90, 100, 90), "I1 I 0.1 0.2 0.3", f"{NUMBER} 14"))
    assert found.space_group == "P 1 21/c 1 (14)"
    assert "leaves the setting open" in found.remarks[0]


def test_a_cell_that_its_symmetry_would_change_is_refused(tmp_path: Path) -> None:
    cubic = cif((5, 5.2, 5, 90, 90, 90), "I1 I 0 0 0", f"{NAME} 'P m -3 m'")
    assert "does not fit the cell" in refusal(tmp_path, cubic)
    rows = operations("x,y,z", "y,x,-z")
    assert "changes the unit cell by" in refusal(tmp_path, cif((5, 5.2, 5, 90, 90, 90), "I1 I 0.1 0.2 0.3", rows))


@pytest.mark.parametrize(
    ("triplets", "said"),
    [
        (["x,y,z", "x,x,x"], "'x,x,x' maps a cell onto another volume"),
        (["x,y,z", "1000000x,y,z"], "'1000000x,y,z' is none"),
        (["x,y,z", "2x,y,z"], "'2x,y,z' maps a cell onto another volume"),
        (["x,y,z", "x+1/7,y,z"], "'x+1/7,y,z' is none"),
        (["x,y,z", "x,y"], "'x,y' is none"),
        (["x,y,z", "a,b,c"], "'a,b,c' is none"),
        (["x,y,z", "-y,x,z"], "no group"),
        (["x,y,z", "?"], "'?' is none"),
        ([f"x+{n}/24,y,z" for n in range(24)] * 9, "lists 216 symmetry operations, at most 192"),
    ],
)
def test_operations_that_are_none_are_refused(tmp_path: Path, triplets: list[str], said: str) -> None:
    assert said in refusal(tmp_path, cif((6, 6, 6, 90, 90, 90), "I1 I 0.1 0.2 0.3", operations(*triplets)))


def test_coefficients_of_two_are_read_exactly() -> None:
    """A twofold axis on oblique axes: -x, -2x + y, z."""
    group = Operations.parse(["x,y,z", "-x,-2x+y,z"])
    turned = group.rotations @ np.array([0.1, 0.3, 0.2])
    assert any(np.allclose(image, [-0.1, 0.1, 0.2]) for image in turned)


@pytest.mark.parametrize("number", range(1, 231))
def test_every_space_group_of_the_tables_is_a_group_and_knows_itself(number: int) -> None:
    for group in (one for one in gemmi.spacegroup_table() if one.number == number):
        listed = [op.triplet() for op in group.operations()]
        found = Operations.parse(listed)
        assert len(found.rotations) == len(listed)
        assert gemmi.find_spacegroup_by_ops(found.group).hall == group.hall


def test_a_group_is_found_from_another_origin() -> None:
    one, two = (Operations.of(gemmi.find_spacegroup_by_name(f"F d -3 m:{origin}").operations()) for origin in (1, 2))
    assert not one.equals(two)
    assert one.equals_from_another_origin(two)
    other = Operations.of(gemmi.find_spacegroup_by_name("F d -3 c:1").operations())
    assert not one.equals_from_another_origin(other)


def test_a_list_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="lists 40000 symmetry operations"):
        Operations.parse(["x,y,z"] * 40_000)
