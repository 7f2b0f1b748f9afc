"""The user's own CIF: disorder, overlaps, missing hydrogens, oblique cells and axes, and files made to do harm."""

import subprocess
import sys
import time
from pathlib import Path

import ase.io
import numpy as np
import pytest
from ase import Atoms
from hypothesis import given
from hypothesis import strategies as st

from beamopt.catalogue import Crystal, load_sample, sample_names
from beamopt.errors import InputError
from beamopt.specimen import Specimen, build_specimen, read_specimen
from beamopt.specimen.contents import shortest_contact
from beamopt.specimen.crystal import conventional_cell

HEAD = """data_user
_cell_length_a {a}
_cell_length_b {a}
_cell_length_c {a}
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
{symmetry}
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
"""
CUBIC = "_space_group_name_H-M_alt 'F m -3 m'\n_space_group_IT_number 225"
# The refinement of UiO-66 as published (C. A. Trickett et al. 2015): linkers at 0.92, two split oxygens, a guest.
UIO_66 = (
    HEAD.format(a=20.757, symmetry=CUBIC)
    + """Zr1 Zr 0.11929 0.0000 0.0000 1
O1A O 0.17084 0.09384 0.0000 0.92
C1 C 0.15157 0.15157 0.0000 0.92
C2 C 0.20279 0.20279 0.0000 0.92
C3 C 0.1858 0.2669 0.0000 0.92
H3 H 0.1425 0.2785 0.0000 0.92
O2A O 0.0504 0.0504 0.0504 0.507
O2B O 0.0676 0.0676 0.0676 0.493
"""
)


def written(folder: Path, text: str, name: str = "user.cif") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, axis: tuple[int, int, int] = (0, 0, 1), thickness: float = 50.0) -> Specimen:
    return read_specimen(path, zone_axis=axis, thickness=thickness)


def test_a_published_disordered_framework_is_refused_with_its_sites_and_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, UIO_66))
    assert str(caught.value) == (
        "user.cif: has partially occupied sites (O1A 0.92, C1 0.92, C2 0.92, C3 0.92 and 3 more); of split or mixed "
        "positions keep one, delete the others, and set its occupancy to 1"
    )


def test_the_same_file_put_in_order_as_it_was_told_is_read(tmp_path: Path) -> None:
    kept = "".join(line for line in UIO_66.splitlines(keepends=True) if not line.startswith("O2B"))
    specimen = read(written(tmp_path, kept.replace("0.92\n", "1\n").replace("0.507\n", "1\n")), (1, 1, 0))
    assert specimen.composition == {"Zr": 12, "O": 64, "C": 96, "H": 48}
    assert specimen.cell == pytest.approx((14.677, 20.757, 14.677), abs=1e-3)


def test_split_positions_that_overlap_are_refused(tmp_path: Path) -> None:
    both = UIO_66.replace("0.92\n", "1\n").replace("0.507\n", "1\n").replace("0.493\n", "1\n")
    with pytest.raises(InputError, match=r"atoms overlap, the shortest distance is 0\.62 Å .* split positions"):
        read(written(tmp_path, both))


def test_an_open_occupancy_is_a_whole_one(tmp_path: Path) -> None:
    text = HEAD.format(a=4.2, symmetry=CUBIC) + "Mg1 Mg 0 0 0 ?\nO1 O 0.5 0.5 0.5 .\n"
    assert read(written(tmp_path, text)).composition == {"Mg": 2, "O": 2}


def test_a_framework_without_hydrogen_is_read_and_a_note_says_so(tmp_path: Path) -> None:
    bare = "".join(line for line in UIO_66.splitlines(keepends=True) if line[:2] not in ("H3",) and "O2B" not in line)
    specimen = read(written(tmp_path, bare.replace("0.92\n", "1\n").replace("0.507\n", "1\n")), (1, 1, 0))
    assert any("no hydrogen" in note and "add them" in note for note in specimen.notes)


@pytest.mark.parametrize("name", ["UiO-66", "SrTiO3", "graphite", "calcite"])
def test_nothing_is_said_of_hydrogen_where_none_is_missing(tmp_path: Path, name: str) -> None:
    if name in sample_names():
        structure = load_sample(name).structure
        assert isinstance(structure, Crystal)
        atoms = conventional_cell(structure, name=name)
    else:
        symbols = {"graphite": "C2", "calcite": "CaCO3"}[name]
        places = [(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)]
        atoms = Atoms(symbols, scaled_positions=places[: len(Atoms(symbols))], cell=[5, 5, 5], pbc=True)
    ase.io.write(tmp_path / "user.cif", atoms)
    assert not any("hydrogen" in note for note in read(tmp_path / "user.cif").notes)


OBLIQUE = {
    "monoclinic along b": ("aspirin", (0, 1, 0)),
    "monoclinic along a": ("anthracene", (1, 0, 0)),
    "hexagonal along c": ("COF-5", (0, 0, 1)),
    "hexagonal, oblique axis": ("LiCoO2", (2, 1, 1)),
    "rhombohedral, oblique axis": ("MOF-74-Zn", (1, 2, 3)),
    "cubic, oblique axis": ("UiO-66", (2, 1, 1)),
}


@pytest.mark.parametrize(("name", "axis"), OBLIQUE.values(), ids=list(OBLIQUE))
def test_oblique_cells_and_axes_give_the_crystal_of_the_file(
    tmp_path: Path, name: str, axis: tuple[int, int, int]
) -> None:
    structure = load_sample(name).structure
    assert isinstance(structure, Crystal)
    given = conventional_cell(structure, name=name)
    ase.io.write(tmp_path / "user.cif", given)
    specimen = read(tmp_path / "user.cif", axis)
    side = np.prod(specimen.cell) / len(specimen.atoms)
    assert side == pytest.approx(given.cell.volume / len(given), rel=1e-4)
    assert shortest_contact(specimen.atoms).distance == pytest.approx(shortest_contact(given).distance, abs=0.06)
    assert f"beam along {list(axis)}" in specimen.notes[0]


def test_an_axis_that_no_orthogonal_cell_meets_names_those_that_do(tmp_path: Path) -> None:
    structure = load_sample("aspirin").structure
    assert isinstance(structure, Crystal)
    ase.io.write(tmp_path / "user.cif", conventional_cell(structure, name="aspirin"))
    with pytest.raises(InputError, match=r"zone_axis = \[0, 0, 1\] has no orthogonal cell .* use one of \[0, 1, 0\]"):
        read(tmp_path / "user.cif")


@pytest.mark.parametrize("name", ["UiO-66", "MFI", "LiFePO4", "CsPbBr3", "MOF-74-Zn", "ZIF-8", "COF-300", "FAU"])
def test_symmetry_makes_the_same_crystal_as_ases_own_expansion(tmp_path: Path, name: str) -> None:
    """The asymmetric unit under a space group's name, against the catalogue's cell, atom by atom."""
    structure = load_sample(name).structure
    assert isinstance(structure, Crystal)
    a, b, c, alpha, beta, gamma = structure.cellpar
    rows = "".join(f"{e}{n} {e} {x} {y} {z} 1\n" for n, (e, x, y, z) in enumerate(structure.sites))
    head = HEAD.format(a=a, symmetry=f"_space_group_IT_number {structure.number}")
    head = head.replace(f"length_b {a}", f"length_b {b}").replace(f"length_c {a}", f"length_c {c}")
    for key, angle in (("alpha", alpha), ("beta", beta), ("gamma", gamma)):
        head = head.replace(f"angle_{key} 90", f"angle_{key} {angle}")
    if structure.setting == 2:
        head = head.replace("loop_", "_symmetry_space_group_setting 2\nloop_", 1)
    path = written(tmp_path, head + rows)
    wanted = build_specimen(load_sample(name), zone_axis=None, thickness=60.0)
    found = read_specimen(path, zone_axis=load_sample(name).zone_axis, thickness=60.0)
    assert found.composition == wanted.composition
    assert found.cell == pytest.approx(wanted.cell, rel=1e-4)


def test_a_whole_list_of_atoms_under_a_symmetry_is_not_doubled(tmp_path: Path) -> None:
    text = HEAD.format(a=4.2, symmetry=CUBIC) + "".join(
        f"Mg{i} Mg {x} {y} {z} 1\n" for i, (x, y, z) in enumerate([(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5)])
    )
    assert read(written(tmp_path, text)).composition == {"Mg": 2}


WHOLE = UIO_66.replace("0.92\n", "1\n").replace("0.507\n", "1\n").encode()


@given(cut=st.integers(0, len(WHOLE)), noise=st.binary(max_size=20), at=st.floats(0, 1))
def test_a_file_cut_off_or_damaged_anywhere_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes, at: float
) -> None:
    place = int(at * cut)
    path = tmp_path_factory.mktemp("cut") / "user.cif"
    path.write_bytes(WHOLE[:place] + noise + WHOLE[place + len(noise) : cut])
    try:
        read(path)
    except InputError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 300


def hostile(folder: Path) -> dict[str, Path]:
    """Files that once took minutes or gigabytes, or would run a command if anything evaluated them."""
    plain = HEAD.format(a=20.0, symmetry="_space_group_IT_number 1")
    cubic = HEAD.format(a=20.0, symmetry=CUBIC)
    rows = "".join(f"C{i} C {i % 97 / 97:.4f} {i % 91 / 91:.4f} {i % 83 / 83:.4f} 1\n" for i in range(130_000))
    few = "".join(rows.splitlines(keepends=True)[:3000])
    attack = f'9**9**9*x,y,__import__("os").system("touch {folder}/owned")'
    grid = list(np.ndindex(17, 17, 17))[:-1]  # a crystal of 4,912 atoms with one missing
    texts = {
        "sites.cif": (plain + rows)[:4_990_000],
        "images.cif": cubic + few,
        "crowd.cif": plain + "".join(f"C{i} C 0.1 0.1 {0.1 + i * 1e-7:.7f} 1\n" for i in range(5000)),
        "line.cif": plain + "C C 0 0 0 1 " + "9" * 4_900_000,
        "loops.cif": "data_x\n" + "loop_\n_a\n1\n" * 400_000,
        "quotes.cif": plain + "C 'C 0 0 0 1\n;" * 300_000,
        "operation.cif": plain.replace(
            "_space_group_IT_number 1", f"loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n'{attack}'\n"
        )
        + "Cs Cs 0 0 0 1\n",
        "operations2.cif": plain.replace(
            "_space_group_IT_number 1", "loop_\n_symmetry_equiv_pos_as_xyz\n" + "x,y,z\n" * 40_000
        )
        + "Cs Cs 0 0 0 1\n",
        "defect.cif": HEAD.format(a=49.3, symmetry="_space_group_IT_number 1")
        + "".join(f"Fe{n} Fe {x / 17:.5f} {y / 17:.5f} {z / 17:.5f} 1\n" for n, (x, y, z) in enumerate(grid)),
        "counts.vasp": "a\n1.0\n4 0 0\n0 4 0\n0 0 4\nCs\n999999999 ! 2\nDirect\n0 0 0\n.5 .5 .5\n",
        "frames.xyz": '1\nLattice="4 0 0 0 4 0 0 0 4"\nCs 0 0 0\n' * 80_000,
        "crowd.xyz": '4999\nLattice="90 0 0 0 90 0 0 0 90"\n' + "C 1 1 1\n" * 4999,
        "columns.xyz": '2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3:x:R:99999999999\nCs 0 0 0\n',
        "atoms.pdb": "CRYST1   20.000   20.000   20.000  90.00  90.00  90.00 P 1\n"
        + "ATOM      1  C   MOL     1       1.000   1.000   1.000  1.00  0.00           C\n" * 60_000,
    }
    paths = {name: written(folder, text, name) for name, text in texts.items()}
    for name, size in (("huge.cif", 400_000_000), ("nothing.vasp", 4_900_000)):
        paths[name] = folder / name
        with paths[name].open("wb") as file:
            file.truncate(size)
    return paths


SCRIPT = """
import sys, time
from pathlib import Path
from beamopt.errors import InputError
from beamopt.specimen import read_specimen
for name in sys.argv[1:]:
    start = time.process_time()
    try:
        read_specimen(Path(name), zone_axis=None, thickness=20.0)
        said = "read"
    except InputError as error:
        said = str(error)
    print(round(time.process_time() - start, 3), len(said.splitlines()), said[:60], sep="|")
# Of this program alone: getrusage also counts what its parent was when it was forked.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def test_hostile_files_are_refused_within_five_seconds_and_a_gigabyte(tmp_path: Path) -> None:
    paths = hostile(tmp_path)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, paths.values())],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    *lines, peak = done.stdout.splitlines()
    rows = [line.split("|") for line in lines]
    assert len(rows) == len(paths)
    for (seconds, count, said), name in zip(rows, paths, strict=True):
        assert float(seconds) < 5, name
        assert count == "1", name
        assert said.startswith(f"{name}: "), said
    assert float(peak) < 1e6  # kB
    assert not (tmp_path / "owned").exists()
    assert time.monotonic() - start < 5 * len(paths)
