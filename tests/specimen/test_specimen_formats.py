"""XYZ, POSCAR and PDB: counts, frames, symbols, occupancies and space groups as each format means them."""

from pathlib import Path

import pytest

from beamopt.errors import InputError
from beamopt.specimen import Specimen, read_specimen
from specimen.written import contents, refusal, structure

HEAD = 'Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3'
FRAME = f"2\n{HEAD}\nCs 0 0 0\nCl 2 2 2\n"
POSCAR = "own\n1.0\n4 0 0\n0 4 0\n0 0 4\n{symbols}{counts}\nDirect\n0 0 0\n0.5 0.5 0.5\n"
CRYST = "CRYST1{:9.3f}{:9.3f}{:9.3f}{:7.2f}{:7.2f}{:7.2f} {:11s}   4\n"
ATOM = "HETATM{:5d} {:4s}{:1s}MOL A   1    {:8.3f}{:8.3f}{:8.3f}{:6.2f}  0.00          {:>2s}\n"


def pdb(group: str, *atoms: tuple[str, float, float, float], side: float = 4.12, share: float = 1.0) -> str:
    head = CRYST.format(side, side, side, 90, 90, 90, group)
    rows = (ATOM.format(n, symbol, " ", x, y, z, share, symbol) for n, (symbol, x, y, z) in enumerate(atoms, 1))
    return head + "".join(rows) + "END\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("two\n\nH 0 0 0\n", "begins with 'two' and not with the number of its atoms"),
        ("-1\n\nH 0 0 0\n", "begins with '-1'"),
        ("0\n\n", "begins with '0'"),
        ("2.0\n\nH 0 0 0\nH 1 1 1\n", "begins with '2.0'"),
        ("\n\nH 0 0 0\n", "begins with an empty line"),
        (FRAME.replace("2\n", "3\n", 1), "announces 3 atoms in 4 lines"),
        ("99999\n" + FRAME, "99999 atoms in the cell, at most 5000"),
        (FRAME + FRAME, "holds a second frame after its 2 atoms"),
        (FRAME.replace("Cl", "Qq"), "line 4: 'Qq' is an unknown element"),
        (FRAME.replace("species:S:1:", ""), "name no species"),
        ("2\nno cell\nCs 0 0 0\nCl 2 2 2\n", "has no unit cell"),
    ],
)
def test_what_is_no_xyz_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text, "own.xyz")


def test_symbols_of_an_xyz_file_are_whole_and_may_stand_in_any_column(tmp_path: Path) -> None:
    head = 'Lattice="4 0 0 0 4 0 0 0 4" Properties=pos:R:3:species:S:1:forces:R:3'
    text = f"2\n{head}\n0 0 0 CS 1 2 3\n2 2 2 Cl- 0 0 0\n\n\n"
    assert contents(tmp_path, text, "own.extxyz").composition == {"Cs": 1, "Cl": 1}


@pytest.mark.parametrize(
    "words",
    [
        "occupancy=0.5",
        'occupancy="_JSON {\\"0\\": {\\"Cs\\": 0.5}}"',
        'occupancies="1.0 0.5"',
        "site_occupancy=half",
        "occ=0.9",
    ],
)
def test_an_occupancy_in_the_comment_is_refused_by_name(tmp_path: Path, words: str) -> None:
    said = refusal(tmp_path, FRAME.replace(HEAD, f"{HEAD} {words}"), "own.extxyz")
    assert "partially occupied sites" in said
    assert words.partition("=")[0] in said


def test_an_occupancy_column_is_read_where_it_is_whole_and_refused_where_not(tmp_path: Path) -> None:
    whole = f"2\n{HEAD}:occupancy:R:1\nCs 0 0 0 1\nCl 2 2 2 1.0\n"
    assert contents(tmp_path, whole, "own.xyz").composition == {"Cs": 1, "Cl": 1}
    assert "partially occupied" in refusal(tmp_path, whole.replace("1.0", "0.7"), "own.xyz")


def test_words_on_occupancies_become_a_remark(tmp_path: Path) -> None:
    said = contents(tmp_path, FRAME.replace(HEAD, f'{HEAD} note="occupancy of Cl 0.8"'), "own.xyz").remarks
    assert "speaks of occupancies" in said[0]


@pytest.mark.parametrize("counts", ["1 1", "1 1 ! 2 atoms", "1 1 # as read", " 1  1 T"])
def test_counts_of_a_poscar_end_at_the_first_word_that_is_none(tmp_path: Path, counts: str) -> None:
    text = POSCAR.format(symbols="Cs Cl\n", counts=counts)
    assert contents(tmp_path, text, "POSCAR").composition == {"Cs": 1, "Cl": 1}


@pytest.mark.parametrize("symbols", ["Cs_sv Cl\n", "CS CL\n", "Cs Cl ! kinds\n", "Cs/8b5a Cl/11f0\n"])
def test_symbols_of_a_poscar(tmp_path: Path, symbols: str) -> None:
    text = POSCAR.format(symbols=symbols, counts="1 1")
    assert contents(tmp_path, text, "own.vasp").composition == {"Cs": 1, "Cl": 1}


@pytest.mark.parametrize(
    ("symbols", "counts", "said"),
    [
        ("Cs Cl\n", "999999999 ! 2", "one element for each of 1 counts"),
        ("Cs\n", "999999999 ! 2", "999999999 atoms in the cell, at most 5000"),
        ("Cs\n", "4000", "announces 4000 atoms"),
        ("", "1 1", "line 1 names 'own'"),
        ("Cs Cl\n", "one one", "line 7 holds no counts"),
        ("Cs Xq\n", "1 1", "line 6 names 'Cs Xq'"),
    ],
)
def test_what_is_no_poscar_is_refused(tmp_path: Path, symbols: str, counts: str, said: str) -> None:
    assert said in refusal(tmp_path, POSCAR.format(symbols=symbols, counts=counts), "POSCAR")


def test_the_space_group_of_a_pdb_file_is_applied(tmp_path: Path) -> None:
    """MgO, 3.58 g/cm³."""
    text = pdb("F m -3 m", ("MG", 0, 0, 0), ("O", 2.106, 0, 0), side=4.212)
    found = contents(tmp_path, text, "own.pdb")
    assert found.composition == {"Mg": 4, "O": 4}
    assert found.density == pytest.approx(3.58, abs=0.01)
    assert found.space_group == "F m -3 m (225)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (pdb("", ("CS", 0, 0, 0)), "names no space group in CRYST1"),
        (pdb("Q 1", ("CS", 0, 0, 0)), "'Q 1' is in no table"),
        (pdb("P 1", ("CS", 0, 0, 0), share=0.5), "partially occupied sites (CS, occupancy 0.50)"),
        (pdb("P 1", ("Q", 0, 0, 0)), "atom 'Q' is of unknown element"),
        (pdb("F d -3 m", ("SI", 0, 0, 0)), "two origins"),
        (pdb("P 1", ("CS", 0, 0, 0)).partition("\n")[2], "has no unit cell"),
        (pdb("P 1"), "lists no atoms"),
        ("MODEL 1\nENDMDL\nMODEL 2\nENDMDL\n", "several structures"),
    ],
)
def test_what_is_no_pdb_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text, "own.pdb")


@pytest.mark.parametrize("name", ["own.xyz", "POSCAR", "own.pdb"])
def test_a_byte_order_mark_is_no_part_of_any_format(tmp_path: Path, name: str) -> None:
    text = {
        "own.xyz": FRAME,
        "POSCAR": POSCAR.format(symbols="Cs Cl\n", counts="1 1"),
        "own.pdb": pdb("P 1", ("CS", 0, 0, 0), ("CL", 2.06, 2.06, 2.06)),
    }[name]
    assert len(structure(tmp_path, text.encode("utf-8-sig"), name).atoms) == 2


MOS2 = (
    '3\nLattice="3.16 0 0 -1.58 2.73664 0 {tilt} 0 18" Properties=species:S:1:pos:R:3 pbc="T T {third}"\n'
    "Mo 0 0 {mo}\nS 0 1.82443 {upper}\nS 0 1.82443 {lower}\n"
)


def sheet(
    tmp_path: Path,
    middle: float,
    *,
    tilt: float = 0.0,
    third: str = "T",
    thickness: float = 60.0,
    sheets: int | None = None,
) -> Specimen:
    places = {"mo": middle, "upper": (middle + 1.57) % 18, "lower": (middle - 1.57) % 18}
    path = tmp_path / "sheet.extxyz"
    path.write_text(MOS2.format(tilt=tilt, third=third, **places))
    return read_specimen(path, zone_axis=(0, 0, 1), thickness=thickness, sheets=sheets)


@pytest.mark.parametrize("third", ["T", "F"])
@pytest.mark.parametrize("tilt", [0.0, 0.7])
@pytest.mark.parametrize("middle", [0.0, 1.0, 9.0, 17.5])
def test_a_sheet_stands_once_in_the_middle_of_its_cell(tmp_path: Path, middle: float, tilt: float, third: str) -> None:
    found = sheet(tmp_path, middle, tilt=tilt, third=third)
    assert found.repeats == 1
    assert found.thickness == pytest.approx(18.0)
    metal = found.atoms.positions[found.atoms.numbers == 42, 2]
    sulfur = found.atoms.positions[found.atoms.numbers == 16, 2]
    assert metal == pytest.approx(9.0, abs=1e-6)
    assert sorted(set(sulfur.round(5))) == pytest.approx([7.43, 10.57], abs=1e-4)
    assert any("14.9 Å of vacuum along the beam" in note and "thickness is not used" in note for note in found.notes)
    cut = any("whose border cut it" in note for note in found.notes)
    assert cut == (middle in {0.0, 1.0, 17.5})
    assert found.contents is not None
    assert found.contents.composition == {"Mo": 1, "S": 2}


def test_sheets_are_stacked_where_they_are_asked_for(tmp_path: Path) -> None:
    found = sheet(tmp_path, 9.0, sheets=3)
    assert found.repeats == 3
    assert any("3 cells, as sample.sheets asks" in note for note in found.notes)


def test_a_sheet_whose_file_closes_no_cell_across_it_is_given_one(tmp_path: Path) -> None:
    text = (
        '2\nLattice="2.461 0 0 -1.2305 2.13129 0 0 0 0" Properties=species:S:1:pos:R:3 pbc="T T F"\n'
        "C 0 0 0\nC 0 1.42086 0\n"
    )
    path = tmp_path / "graphene.xyz"
    path.write_text(text)
    found = read_specimen(path, zone_axis=None, thickness=10.0)
    assert found.cell[2] == pytest.approx(10.0)
    assert found.atoms.positions[:, 2] == pytest.approx(5.0)


def test_a_crystal_has_no_sheets(tmp_path: Path) -> None:
    path = tmp_path / "own.xyz"
    path.write_text(FRAME)
    with pytest.raises(InputError, match=r"sample\.sheets = 2, and no vacuum lies along \[0, 0, 1\]"):
        read_specimen(path, zone_axis=None, thickness=10.0, sheets=2)
    assert read_specimen(path, zone_axis=None, thickness=12.0).repeats == 3
