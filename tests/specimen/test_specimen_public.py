"""Public structure files against independent readers: no silent difference in composition, density or positions."""

import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gemmi
import numpy as np
import pytest
from ase import Atoms
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from beamopt.errors import InputError
from beamopt.specimen import read_specimen
from beamopt.specimen.reading import read_structure
from beamopt.specimen.structure import Structure

SHARED = Path(__file__).parents[3] / "shared"
FILES = sorted((SHARED / "structures").glob("*/*.cif"))
absent = pytest.mark.skipif(not FILES, reason=f"no public structure files in {SHARED / 'structures'}")
no_cases = pytest.mark.skipif(not (SHARED / "cases").is_dir(), reason=f"no cases in {SHARED / 'cases'}")

# Why a public file may be refused: each of these is true of the files that say so.
REASONS = (
    "partially occupied sites",
    "holds 2 structures",
    "holds 3 structures",
    "not a valid cif file (line",
    "contradicts the symmetry operations",
    "coordinate that is unknown",
)


class Cell(NamedTuple):
    """Elements, fractional coordinates and cell vectors as another reader gives them."""

    elements: list[str]
    scaled: NDArray[np.float64]
    vectors: NDArray[np.float64]


def by_gemmi(path: Path) -> Cell | None:
    """Expansion of gemmi's small structures, which knows nothing of ours."""
    blocks = [block for block in gemmi.cif.read(str(path)) if len(block.find_values("_atom_site_fract_x"))]
    small = gemmi.make_small_structure_from_block(blocks[0])
    if small.cell.volume < 2:
        return None
    sites = small.get_all_unit_cell_sites()
    places = np.array([site.fract.tolist() for site in sites])
    return Cell([site.element.name for site in sites], places, np.array(small.cell.orth.mat.tolist()).T)


def by_pymatgen(path: Path) -> Cell | None:
    """Structure of pymatgen's reader."""
    reader: Any = pytest.importorskip("pymatgen.io.cif")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = reader.CifParser(str(path))
        found = parser.parse_structures(primitive=False, check_occu=False)[0]
    names = [site.specie.symbol if site.is_ordered else "mixed" for site in found]
    return Cell(names, np.asarray(found.frac_coords), np.asarray(found.lattice.matrix))


def difference(own: Atoms, other: Cell) -> str:
    """What two readers do not agree on; empty where they do."""
    mine, theirs = Counter(map(str, own.symbols)), Counter(other.elements)
    if mine != theirs:
        return f"composition {dict(mine)} and {dict(theirs)}"
    if abs(abs(np.linalg.det(other.vectors)) / own.cell.volume - 1) > 1e-4:
        return "volume"
    scaled = other.scaled % 1.0
    scaled[scaled >= 1.0] = 0.0
    inside = own.get_scaled_positions() % 1.0
    inside[inside >= 1.0] = 0.0
    for symbol in mine:
        ours, known = inside[own.symbols == symbol], scaled[np.array(other.elements) == symbol]
        partners = cKDTree(known, boxsize=1.0).query(ours)[1]
        miss = ours - known[partners]
        worst = float(np.linalg.norm((miss - np.rint(miss)) @ other.vectors, axis=1).max())
        if worst > 0.02 or len(set(partners)) < len(ours):
            return f"positions of {symbol}, by {worst:.3f} Å"
    return ""


def read(path: Path) -> Structure | str:
    try:
        return read_structure(path)
    except InputError as error:
        return str(error)


@absent
@pytest.mark.parametrize("reader", [by_gemmi, by_pymatgen])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_another_reader_agrees_or_the_difference_is_said(path: Path, reader: Callable[[Path], Cell | None]) -> None:
    found = read(path)
    if isinstance(found, str):
        assert any(reason in found for reason in REASONS), found
        return
    other = reader(path)
    if other is not None and (said := difference(found.atoms, other)):
        assert found.remarks, f"silent difference in {said}"


@absent
def test_nearly_every_public_file_is_read_and_few_are_remarked_upon() -> None:
    every = [read(path) for path in FILES]
    structures = [one for one in every if not isinstance(one, str)]
    assert len(structures) >= 0.84 * len(FILES)
    assert sum(bool(one.remarks) for one in structures) <= 0.15 * len(structures)
    assert not any("setting" in remark for one in structures for remark in one.remarks)


# File of the cases, composition of the unit cell, density [g/cm³], and a word of its remarks.
CASES = [
    ("01_uppercase_symbols.cif", {"Cu": 4, "O": 2}, 6.11, ""),
    ("02_p21n_read_as_p21c.cif", {"Cs": 4, "Br": 8, "Pb": 4}, 1.98, ""),
    ("03_origin_choice_Si.cif", {"Si": 8}, 2.33, ""),
    ("04_magnetic_symops_NiO.cif", {"Ni": 4, "O": 4}, 6.80, ""),
    ("05_hall_only_ZrO2.cif", {"Zr": 4, "O": 8}, 5.81, ""),
    ("06_two_rows_per_line.cif", {"Ba": 1, "Ti": 1, "O": 3}, 6.05, ""),
    ("06c_symops_with_spaces.cif", {"Zr": 4, "O": 8}, 5.81, ""),
    ("07_pdb_space_group.pdb", {"Na": 4, "Cl": 4}, 2.16, ""),
    ("10_formula_says_H.cif", {"N": 1, "Cl": 1}, 1.41, "without H"),
    ("10c_dummy_site.cif", {"Ba": 1, "Ti": 1, "O": 3}, 6.05, "C99"),
    ("11_shelxl97_name_with_symops.cif", {"Zr": 4, "O": 8}, 5.81, "P2(1)/n"),
    ("11b_symops_no_name.cif", {"Zr": 4, "O": 8}, 5.81, ""),
    ("12_sheet_across_boundary.extxyz", {"Mo": 1, "S": 2}, 1.54, "middle of the cell"),
    ("12_sheet_centred.extxyz", {"Mo": 1, "S": 2}, 1.54, "one sheet"),
    ("15_bom.cif", {"Zr": 4, "O": 8}, 5.81, ""),
    ("17_inline_comment.cif", {"Ba": 1, "Ti": 1, "O": 3}, 6.05, ""),
]


@no_cases
@pytest.mark.parametrize(("name", "composition", "density", "remark"), CASES, ids=[case[0] for case in CASES])
def test_a_small_input_that_once_failed(name: str, composition: dict[str, int], density: float, remark: str) -> None:
    found = read_specimen(SHARED / "cases" / name, zone_axis=(0, 0, 1), thickness=40.0).contents
    assert found is not None
    assert found.composition == composition
    assert found.density == pytest.approx(density, abs=0.01)
    assert remark in " ".join(found.remarks)
    assert bool(found.remarks) == bool(remark)


@no_cases
def test_a_setting_and_a_sheet_have_their_atoms_where_they_belong() -> None:
    atoms = read_structure(SHARED / "cases" / "02_p21n_read_as_p21c.cif").atoms
    lead = atoms.get_scaled_positions()[atoms.numbers == 82]
    assert sorted(map(tuple, lead.round(6).tolist())) == [
        (0.2, 0.8, 0.2),
        (0.3, 0.3, 0.3),
        (0.7, 0.7, 0.7),
        (0.8, 0.2, 0.8),
    ]
    cut, whole = (
        read_specimen(SHARED / "cases" / f"12_sheet_{name}.extxyz", zone_axis=None, thickness=40.0)
        for name in ("across_boundary", "centred")
    )
    assert np.sort(cut.atoms.positions[:, 2]) == pytest.approx(np.sort(whole.atoms.positions[:, 2]), abs=1e-6)
