"""Elements, dummies, occupancies, special positions and the grammar of a CIF's sites."""

from pathlib import Path

import numpy as np
import pytest

from beamopt.specimen.elements import element, element_of_label
from specimen.written import cif, contents, operations, refusal, structure

CUBE = (4.0, 4.0, 4.0, 90, 90, 90)
NAME = "_space_group_name_H-M_alt"


@pytest.mark.parametrize(
    ("symbol", "meant"),
    [
        ("PB", "Pb"), ("pb", "Pb"), ("NI1", "Ni"), ("CU", "Cu"), ("Cu+2", "Cu"), ("Fe3+", "Fe"), ("Cl-", "Cl"),
        ("O2-", "O"), ("D", "H"), ("SI4+", "Si"), ("W", "W"), ("T", None), ("Wat", None), ("M", None), ("OH", None),
        ("", None), ("12", None), ("Xx", None), ("C\u0430", None),
    ],
)  # fmt: skip
def test_a_symbol_is_read_whole(symbol: str, meant: str | None) -> None:
    assert element(symbol) == meant


@pytest.mark.parametrize(
    ("label", "formula", "meant"),
    [
        ("Cu1", None, "Cu"), ("CU1", None, None), ("CU1", {"Cu", "O"}, "Cu"), ("CU1", {"C", "O"}, "C"),
        ("CA2", {"C", "Ca"}, None), ("Ca2", {"C", "Ca"}, "Ca"), ("Owat", None, "O"), ("ZR1", None, "Zr"),
        ("O1A", None, "O"), ("1", None, None), ("N1", {"Ni", "O"}, None),
    ],
)  # fmt: skip
def test_a_label_is_the_last_resort_and_never_against_the_formula(
    label: str, formula: set[str] | None, meant: str | None
) -> None:
    assert element_of_label(label, formula) == meant


def test_uppercase_symbols_with_charges(tmp_path: Path) -> None:
    """Galena, 7.6 g/cm³; the first letters would be phosphorus."""
    rows = "PB1 PB2+ 0 0 0\nS1 S2- 0.5 0.5 0.5"
    found = contents(tmp_path, cif((5.936, 5.936, 5.936, 90, 90, 90), rows, f"{NAME} 'F m -3 m'"))
    assert found.composition == {"Pb": 4, "S": 4}
    assert found.density == pytest.approx(7.6, abs=0.02)
    assert (found.formula, found.formula_units) == ("Pb S", 4)


def test_elements_from_labels_are_said_to_be(tmp_path: Path) -> None:
    rows = "Na1 0 0 0\nCl1 0.5 0.5 0.5"
    found = contents(tmp_path, cif(CUBE, rows, columns="label fract_x fract_y fract_z"))
    assert found.composition == {"Na": 1, "Cl": 1}
    assert "read from the labels" in found.remarks[0]
    text = cif(CUBE, "CU1 0 0 0\nO1 0.5 0.5 0.5", columns="label fract_x fract_y fract_z")
    assert "site CU1 is of unknown element" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    "dummy", ["X1 X 0.2 0.2 0.2 .", "V9 Vac 0.2 0.2 0.2 .", "C9 C 0.2 0.2 0.2 dum", "Q1 Q ? ? ? ."]
)
def test_dummies_are_dropped_and_said(tmp_path: Path, dummy: str) -> None:
    rows = f"Cs1 Cs 0 0 0 .\nCl1 Cl 0.5 0.5 0.5 .\n{dummy}"
    found = contents(tmp_path, cif(CUBE, rows, columns="label type_symbol fract_x fract_y fract_z calc_flag"))
    assert found.composition == {"Cs": 1, "Cl": 1}
    assert f"they are no atoms: {dummy.split()[0]}" in found.remarks[0]


def test_deuterium_is_hydrogen(tmp_path: Path) -> None:
    found = contents(tmp_path, cif(CUBE, "O1 O 0 0 0\nD1 D 0.25 0 0\nD2 D 0 0.25 0"))
    assert found.composition == {"O": 1, "H": 2}
    assert "deuterium" in found.remarks[0]


def test_two_rows_on_a_line_and_a_row_on_two_are_the_same_loop(tmp_path: Path) -> None:
    rows = "Ca1 Ca 0 0 0 Ti1\nTi 0.5 0.5 0.5 O1 O\n0.5 0.5 0 O2 O 0.5 0 0.5 O3 O 0 0.5 0.5 # the last"
    assert contents(tmp_path, cif(CUBE, rows)).composition == {"Ca": 1, "Ti": 1, "O": 3}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("Ca 1 Ca 0 0 0\nO1 O 0.5 0.5 0.5", "Wrong number of values in loop"),
        (
            "O 1 O 0 0 0\nO 2 O .5 .5 .5\nO 3 O .2 .2 .2\nO 4 O .3 .3 .3\nO 5 O .4 .4 .4",
            "'O', which is no finite number",
        ),
        ("Ca1 Ca 0 0 ?\nO1 O 0.5 0.5 0.5", "site Ca1 has a coordinate that is unknown"),
        ("Ca1 Ca 0 0 1/2", "'1/2', which is no finite number"),
        ("Ca1 Ca 0 0 1e999", "no finite number"),
        ("Ca1 Foo 0 0 0", "type symbol 'Foo' does not name one"),
        ("X1 X 0 0 0", "lists no atomic site"),
    ],
)
def test_rows_that_do_not_fit_are_refused(tmp_path: Path, rows: str, said: str) -> None:
    assert said in refusal(tmp_path, cif(CUBE, rows))


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((-4.0, 4, 4, 90, 90, 90), "_cell_length_a = -4 is impossible"),
        ((0, 4, 4, 90, 90, 90), "_cell_length_a = 0 is impossible"),
        ((4, 4, 4, 90, 180, 90), "_cell_angle_beta = 180 is impossible"),
        ((4, 4, 4, 30, 30, 100), "close no cell"),
        ((4, 4, "?", 90, 90, 90), "_cell_length_c is missing"),
        ((4, 4, "four", 90, 90, 90), "'four' is no number"),
    ],
)
def test_impossible_cells_are_refused(tmp_path: Path, lengths: tuple[float, ...], said: str) -> None:
    assert said in refusal(tmp_path, cif(lengths, "Cs1 Cs 0 0 0"))


@pytest.mark.parametrize("share", ["0.5", "0.998", "1.5", "full", "0.5(2)"])
def test_partial_occupancy_is_refused_by_name(tmp_path: Path, share: str) -> None:
    text = cif(
        CUBE,
        f"Cs1 Cs 0 0 0 1.\nCl1 Cl 0.5 0.5 0.5 {share}",
        columns="label type_symbol fract_x fract_y fract_z occupancy",
    )
    assert f"(Cl1 {share})" in refusal(tmp_path, text)


def test_two_groups_of_disorder_are_refused_and_one_alone_is_read(tmp_path: Path) -> None:
    columns = "label type_symbol fract_x fract_y fract_z disorder_group"
    both = cif(CUBE, "Cs1 Cs 0 0 0 .\nClA Cl 0.4 0.5 0.5 1\nClB Cl 0.7 0.5 0.5 2", columns=columns)
    assert "ClA of group 1" in refusal(tmp_path, both)
    one = cif(CUBE, "Cs1 Cs 0 0 0 .\nClA Cl 0.4 0.5 0.5 1", columns=columns)
    assert contents(tmp_path, one).composition == {"Cs": 1, "Cl": 1}
    mirrored = cif(CUBE, "Cs1 Cs 0 0 0 .\nClA Cl 0.4 0.5 0.5 -1", columns=columns)
    assert "partially occupied" in refusal(tmp_path, mirrored)


@pytest.mark.parametrize("digits", [2, 3, 4, 6])
def test_rounded_thirds_stand_on_their_special_position(tmp_path: Path, digits: int) -> None:
    """Wurtzite ZnS, two atoms of each; the site symmetry 3m is there however 1/3 is rounded."""
    third, twice = f"{1 / 3:.{digits}f}", f"{2 / 3:.{digits}f}"
    rows = f"Zn1 Zn {third} {twice} 0\nS1 S {third} {twice} 0.375"
    found = structure(tmp_path, cif((3.82, 3.82, 6.26, 90, 90, 120), rows, f"{NAME} 'P 63 m c'"))
    assert found.atoms.symbols.formula.count() == {"Zn": 2, "S": 2}
    places = np.sort(found.atoms.get_scaled_positions()[:, 0])
    assert places == pytest.approx([1 / 3, 1 / 3, 2 / 3, 2 / 3], abs=1e-9)


def test_a_site_that_is_neither_on_nor_off_a_special_position_is_refused_with_its_name(tmp_path: Path) -> None:
    rows = operations("x,y,z", "-x,-y,-z")
    said = refusal(tmp_path, cif(CUBE, "Cs1 Cs 0.05 0 0", rows))
    assert "site Cs1 comes within 0.40 Å of its own image" in said
    assert "1/3 as 0.33333" in said


def test_overlaps_that_symmetry_makes_are_not_laid_to_the_list(tmp_path: Path) -> None:
    text = cif(CUBE, "Cs1 Cs 0.09 0 0", operations("x,y,z", "-x,-y,-z"))
    assert "symmetry brings Cs1 and its own image together, the distance is 0.72 Å" in refusal(tmp_path, text)
    listed = cif(CUBE, "Cs1 Cs 0 0 0\nCs2 Cs 0.18 0 0")
    assert "between Cs1 and Cs2; remove duplicates" in refusal(tmp_path, listed)


def test_operations_with_spaces_need_no_quotes(tmp_path: Path) -> None:
    rows = "loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n1 x, y, z\n2 -x , -y, -z  # inversion\n"
    assert len(structure(tmp_path, cif((5, 6, 7, 80, 85, 95), "I1 I 0.1 0.2 0.3", rows)).atoms) == 2
    alone = "loop_\n_symmetry_equiv_pos_as_xyz\n +x, +y, +z\n '-x, 1/2+y, -z'\n"
    assert len(structure(tmp_path, cif((5, 6, 7, 90, 95, 90), "I1 I 0.1 0.2 0.3", alone)).atoms) == 2
    signed = "loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n1 +x,+y,+z\n-1 -x,-y,-z\n"
    assert len(structure(tmp_path, cif((5, 6, 7, 80, 85, 95), "I1 I 0.1 0.2 0.3", signed)).atoms) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_marks_of_encoding_and_ends_of_lines_do_not_matter(tmp_path: Path, encoding: str, ends: str) -> None:
    text = "# Zürich\n" + cif(CUBE, "Cs1 Cs 0 0 0 # ä\nCl1 Cl 0.5(1) 0.5 .5")
    found = contents(tmp_path, text.replace("\n", ends).encode(encoding))
    assert found.composition == {"Cs": 1, "Cl": 1}
