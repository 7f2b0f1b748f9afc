"""Files that say two things at once, or imply atoms that they do not list: read right, said, or refused by name."""

from pathlib import Path

import pytest

from beamopt.errors import InputError
from beamopt.specimen.reading import read_structure
from beamopt.specimen.structure import Structure

CRYST = "CRYST1    4.000    4.000    4.000  90.00  90.00  90.00 P 1           1\n"
ATOMS = (
    "HETATM    1 BA   UNK A   1       0.000   0.000   0.000  1.00  0.00          BA\n"
    "HETATM    2 TI   UNK A   1       2.000   2.000   2.000  1.00  0.00          TI\n"
)
CELL = "data_x\n" + "".join(f"_cell_length_{a} 3.87\n" for a in "abc")
CELL += "".join(f"_cell_angle_{a} 90\n" for a in ("alpha", "beta", "gamma"))
PLACE = "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
P1 = CELL + "_space_group_name_H-M_alt 'P 1'\n"


def scale(shift: float) -> str:
    return "".join(
        f"SCALE{n + 1}    " + "".join(f"{0.25 if n == m else 0:10.6f}" for m in range(3)) + f"     {shift:10.5f}\n"
        for n in range(3)
    )


def structure(folder: Path, name: str, text: str) -> Structure:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_structure(path)


@pytest.mark.parametrize("text", [CRYST + ATOMS + "END\n", CRYST + scale(0) + ATOMS, CRYST + ATOMS + "END\n\n"])
def test_a_pdb_file_of_one_structure_is_read(tmp_path: Path, text: str) -> None:
    assert structure(tmp_path, "a.pdb", text).atoms.get_chemical_formula() == "BaTi"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CRYST + ATOMS + "END\n" + CRYST + ATOMS, "holds several structures"),
        (CRYST + ATOMS + "END\n" + ATOMS, "holds several structures"),
        (CRYST + CRYST + ATOMS, "holds several structures"),
        (CRYST + scale(0.25) + ATOMS, "SCALE records shift the origin"),
        (CRYST + ATOMS.replace("HETATM    2", "hetatm    2"), "in small letters; write HETATM"),
        (CRYST + "MTRIX1   1 -1.000000  0.000000  0.000000        0.00000\n" + ATOMS, "MTRIX records imply atoms"),
    ],
)
def test_a_pdb_file_that_implies_more_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        structure(tmp_path, "a.pdb", text)


@pytest.mark.parametrize("formula", ["NH4Cl", "(N H4) Cl", "Cl1 N1 H4+", "Cl1N1H4", "N H4 Cl, 2(H2 O)", "N(?)"])
def test_a_formula_is_compared_however_it_is_written(tmp_path: Path, formula: str) -> None:
    sites = PLACE + "N1 0 0 0\nCl1 .5 .5 .5\n"
    text = CELL + f"_space_group_name_H-M_alt 'P m -3 m'\n_chemical_formula_sum '{formula}'\n" + sites
    remarks = " ".join(structure(tmp_path, "a.cif", text).remarks)
    assert "without H" in remarks or "cannot be read and was compared with nothing" in remarks


def test_a_formula_of_whole_numbers_is_exact(tmp_path: Path) -> None:
    rows = [f"C{n} {n / 100:.3f} 0 0" for n in range(100)] + [f"H{n} {n / 100:.3f} .5 0" for n in range(99)]
    text = P1.replace("3.87", "99.0") + "_chemical_formula_sum 'C100 H100'\n" + PLACE + "\n".join(rows) + "\n"
    assert any("is not that of the cell" in remark for remark in structure(tmp_path, "a.cif", text).remarks)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (P1 + "_chemical_formula_sum 'V1 O1'\n" + PLACE + "VA1 0 0 0\nO1 .5 .5 .5\n", "may be V or a place without"),
        (P1 + "_chemical_formula_sum 'C O'\n" + PLACE + "Cg1 0 0 0\nO1 .5 .5 .5\n", "may be C or a place without"),
        (P1 + PLACE + "Wat1 0 0 0\nNa1 .5 .5 .5\n", "label 'Wat1' does not name one"),
        (P1 + PLACE.replace("z\n", "z\n_atom_site_occupancy\n") + "Ba1 0 0 0 ½\n", "partially occupied"),
        (P1 + PLACE + "Ba1 0 0 0\n" + PLACE.replace("site_", "site.") + "Ti1 .5 .5 .5\n", "twice, with a dot"),
        (
            P1 + PLACE.replace("z\n", "z\n_atom_site_disorder_assembly\n") + "Ba1 0 0 0 A\nTi1 .5 .5 .5 B\n",
            "partially occupied",
        ),
    ],
)
def test_a_cif_in_doubt_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        structure(tmp_path, "a.cif", text)


@pytest.mark.parametrize("triplet", ["536870913*x,y,z", "-536870913x,y,-z", "1000000x,y,z"])
def test_numbers_that_wrap_are_no_operation(tmp_path: Path, triplet: str) -> None:
    listed = f"loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n'{triplet}'\n"
    with pytest.raises(InputError, match="is none"):
        structure(tmp_path, "a.cif", CELL + listed + PLACE + "Na1 .1 .2 .3\n")


def xyz(comment: str, rows: str) -> str:
    return f'2\nLattice="4 0 0 0 4 0 0 0 4" {comment}\n{rows}'


def test_atomic_numbers_serve_as_symbols(tmp_path: Path) -> None:
    assert structure(tmp_path, "a.xyz", xyz("", "56 0 0 0\n22 2 2 2\n")).atoms.get_chemical_formula() == "BaTi"


@pytest.mark.parametrize("column", ["numbers", "Z"])
def test_a_second_column_of_elements_must_agree(tmp_path: Path, column: str) -> None:
    properties = f"Properties=species:S:1:pos:R:3:{column}:I:1"
    assert structure(tmp_path, "a.xyz", xyz(properties, "Ba 0 0 0 56\nTi 2 2 2 22\n")).atoms.numbers.tolist() == [
        56,
        22,
    ]
    with pytest.raises(InputError, match="line 4: its columns name both Ti and Zr"):
        structure(tmp_path, "a.xyz", xyz(properties, "Ba 0 0 0 56\nTi 2 2 2 40\n"))


@pytest.mark.parametrize(
    ("comment", "said"), [("disorder=T", "speaks of occupancies"), ('pbc="F F F"', "does not repeat along every axis")]
)
def test_what_a_comment_says_is_not_lost(tmp_path: Path, comment: str, said: str) -> None:
    assert any(said in one for one in structure(tmp_path, "a.xyz", xyz(comment, "Ba 0 0 0\nTi 2 2 2\n")).remarks)


def test_a_share_by_the_name_sof_is_an_occupancy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="partially occupied"):
        structure(tmp_path, "a.xyz", xyz("Properties=species:S:1:pos:R:3:sof:R:1", "Ba 0 0 0 .5\nTi 2 2 2 1\n"))
