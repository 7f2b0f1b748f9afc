"""The user's structure file: what is read, and one clear line for all that is not."""

import warnings
from pathlib import Path

import ase.io
import numpy as np
import pytest
from ase import Atoms

from beamopt.catalogue import Crystal, load_sample
from beamopt.errors import InputError
from beamopt.spec import SampleSpec
from beamopt.specimen import build_specimen, read_specimen, specimen_of
from beamopt.specimen.crystal import conventional_cell
from beamopt.specimen.text import LARGEST_FILE

CUBE = Atoms("CsCl", scaled_positions=[(0, 0, 0), (0.5, 0.5, 0.5)], cell=[4.12] * 3, pbc=True)

CIF = """data_test
_cell_length_a 4.12
_cell_length_b 4.12
_cell_length_c 4.12
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'P 1'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
"""


def refused(path: Path) -> str:
    """The one line with which a file is refused; no warning may leak."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as caught:
            read_specimen(path, zone_axis=None, thickness=20.0)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert len(sentence) < 300
    assert path.name in sentence
    assert ";" in sentence
    return sentence


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("s.cif", "cif"),
        ("s.CIF", "cif"),
        ("s.xyz", "extxyz"),
        ("s.extxyz", "extxyz"),
        ("s.vasp", "vasp"),
        ("s.poscar", "vasp"),
        ("POSCAR", "vasp"),
        ("s.pdb", "proteindatabank"),
        ("odd@1 name.cif", "cif"),
    ],
)
def test_every_format_gives_the_catalogue_specimen(tmp_path: Path, name: str, kind: str) -> None:
    structure = load_sample("UiO-66").structure
    assert isinstance(structure, Crystal)
    ase.io.write(tmp_path / "x", conventional_cell(structure, name="UiO-66"), format=kind)
    (tmp_path / "x").rename(tmp_path / name)
    read = read_specimen(tmp_path / name, zone_axis=(1, 1, 0), thickness=50.0)
    built = build_specimen(load_sample("UiO-66"), zone_axis=(1, 1, 0), thickness=50.0)
    assert read.name == name
    assert read.composition == built.composition
    assert read.cell == pytest.approx(built.cell, abs=2e-3)
    assert read.repeats == built.repeats
    assert read.notes[0] == built.notes[0]


def test_a_cif_with_its_symmetry_is_expanded(tmp_path: Path) -> None:
    text = CIF.replace("'P 1'", "'P m -3 m'") + "Cs Cs 0 0 0 1\nCl Cl 0.5 0.5 0.5 1.00\n"
    specimen = read_specimen(written(tmp_path, "s.cif", text), zone_axis=(1, 1, 0), thickness=20.0)
    assert specimen.composition == {"Cs": 2, "Cl": 2}
    assert specimen.cell == pytest.approx((4.12, 4.12 * np.sqrt(2), 4.12 * np.sqrt(2)))


def test_without_a_zone_axis_the_beam_runs_along_c(tmp_path: Path) -> None:
    ase.io.write(tmp_path / "s.cif", CUBE)
    assert "beam along [0, 0, 1]" in read_specimen(tmp_path / "s.cif", zone_axis=None, thickness=20.0).notes[0]


def test_the_table_of_a_study_file_chooses_the_source(tmp_path: Path) -> None:
    ase.io.write(tmp_path / "s.cif", CUBE)
    from_file = specimen_of(SampleSpec(file=tmp_path / "s.cif", thickness=20.0, window=20.0))
    assert from_file.composition == {"Cs": 1, "Cl": 1}
    from_name = specimen_of(SampleSpec(name="srtio3", zone_axis=(0, 0, 1), thickness=39.0, window=31.0))
    assert (from_name.name, from_name.repeats) == ("SrTiO3", 10)
    with pytest.raises(InputError, match="not in the catalogue"):
        specimen_of(SampleSpec(name="unobtainium", thickness=39.0, window=31.0))


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no such structure file" in refused(tmp_path / "none.cif")


@pytest.mark.parametrize("name", ["s.json", "s.db", "s.traj", "s.py", "s.cif.gz", "s", "s.pkl"])
def test_a_format_that_is_not_read(tmp_path: Path, name: str) -> None:
    assert "convert it to cif" in refused(written(tmp_path, name, "x"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "s.cif").mkdir()
    assert "no such structure file" in refused(tmp_path / "s.cif")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    assert "larger than 5 MB" in refused(written(tmp_path, "s.xyz", b"#" * (LARGEST_FILE + 1)))


GARBAGE = {
    "empty": b"",
    "zeros": bytes(500),
    "noise": np.random.default_rng(0).bytes(3000),
    "page": b"<!DOCTYPE html><html><body>404</body></html>\n",
    "prose": b"Dear reviewer,\n\nthe structure is shown in figure 2.\n",
    "numbers": b"1 2 3\n4 5 6\n7 8 9\n" * 5,
    "half a cif": CIF.encode(),
    "no space group": (CIF.replace("_symmetry_space_group_name_H-M 'P 1'", "") + "Cs Cs 0 0 zero 1\n").encode(),
    "huge count": b"99999999999\n\nH 0 0 0\n",
    "huge count of species": b"Cs\n1.0\n4 0 0\n0 4 0\n0 0 4\nCs\n99999999999\nDirect\n0 0 0\n",
    "latin": "Atome f\xfcr\n1.0\n".encode("latin-1"),
}


@pytest.mark.parametrize("extension", ["cif", "xyz", "extxyz", "vasp", "pdb"])
@pytest.mark.parametrize("content", list(GARBAGE))
def test_garbage(tmp_path: Path, extension: str, content: str) -> None:
    assert refused(written(tmp_path, f"s.{extension}", GARBAGE[content]))


def test_a_molecule_without_a_cell(tmp_path: Path) -> None:
    assert "has no unit cell" in refused(written(tmp_path, "s.xyz", "2\nhydrogen\nH 0 0 0\nH 0 0 0.74\n"))


def test_atoms_that_overlap(tmp_path: Path) -> None:
    close = Atoms("CsCl2", scaled_positions=[(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0.55)], cell=[4.12] * 3, pbc=True)
    ase.io.write(tmp_path / "s.cif", close)
    assert "atoms overlap, the shortest distance is 0.21 Å" in refused(tmp_path / "s.cif")


def test_atoms_that_overlap_across_the_cell_border(tmp_path: Path) -> None:
    close = Atoms("CsCl", scaled_positions=[(0, 0, 0.01), (0, 0, 0.97)], cell=[4.12] * 3, pbc=True)
    ase.io.write(tmp_path / "s.vasp", close, format="vasp")
    assert "overlap" in refused(tmp_path / "s.vasp")


@pytest.mark.parametrize(
    "sites", ["Cs Cs 0 0 0 1\nCl Cl 0.5 0.5 0.5 0.9\n", "Cs Cs 0 0 0 1\nCl Cl .5 .5 .5 .5\nBr Br .5 .5 .5 .5\n"]
)
def test_partly_occupied_sites(tmp_path: Path, sites: str) -> None:
    assert "partially occupied" in refused(written(tmp_path, "s.cif", CIF + sites))


def test_partly_occupied_sites_in_a_pdb(tmp_path: Path) -> None:
    atoms = CUBE.copy()
    atoms.set_array("occupancy", np.array([1.0, 0.5]))
    ase.io.write(tmp_path / "s.pdb", atoms)
    assert "partially occupied" in refused(tmp_path / "s.pdb")


def test_a_position_that_is_no_number(tmp_path: Path) -> None:
    text = '2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3\nCs 0 0 0\nCl nan 2 2\n'
    assert "finite" in refused(written(tmp_path, "s.extxyz", text))


def test_an_element_that_is_none(tmp_path: Path) -> None:
    text = '2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3\nX 0 0 0\nCl 2 2 2\n'
    assert "unknown element" in refused(written(tmp_path, "s.extxyz", text))


@pytest.mark.parametrize("far", ["1e308", "-5e9", "1001"])
def test_a_structure_that_reaches_too_far(tmp_path: Path, far: str) -> None:
    text = f'2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3\nCs 0 0 0\nCl {far} 2 2\n'
    assert "check the units" in refused(written(tmp_path, "s.extxyz", text))
    text = f'2\nLattice="4 0 0 0 4 0 0 0 {far}" Properties=species:S:1:pos:R:3\nCs 0 0 0\nCl 2 2 2\n'
    assert "check the units" in refused(written(tmp_path, "s.xyz", text))


def test_an_occupancy_that_is_no_number(tmp_path: Path) -> None:
    text = CIF + "Cs Cs 0 0 0 1\nCl Cl 0.5 0.5 0.5 full\n"
    assert "partially occupied" in refused(written(tmp_path, "s.cif", text))


def test_more_than_one_structure(tmp_path: Path) -> None:
    ase.io.write(tmp_path / "s.extxyz", [CUBE, CUBE], format="extxyz")
    assert "holds a second frame after its 2 atoms" in refused(tmp_path / "s.extxyz")


def test_too_many_atoms(tmp_path: Path) -> None:
    ase.io.write(tmp_path / "s.extxyz", CUBE * (14, 14, 14), format="extxyz")
    assert "5488 atoms in the cell, at most 5000" in refused(tmp_path / "s.extxyz")


def test_a_thickness_and_an_axis_are_checked_as_for_the_catalogue(tmp_path: Path) -> None:
    ase.io.write(tmp_path / "s.cif", CUBE)
    with pytest.raises(InputError, match=r"s\.cif: thickness = 1 Å is less than half"):
        read_specimen(tmp_path / "s.cif", zone_axis=None, thickness=1.0)


def test_a_number_that_is_not_that_of_the_name_is_refused(tmp_path: Path) -> None:
    text = CIF.replace("'P 1'", "'P m -3 m'\n_symmetry_Int_Tables_number 1")
    path = written(tmp_path, "s.cif", text + "Cs Cs 0 0 0 1\nCl Cl 0.5 0.5 0.5 1.00\n")
    assert "'P m -3 m' has number 221 and the file says 1" in refused(path)
