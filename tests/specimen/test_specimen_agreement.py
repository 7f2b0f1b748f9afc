"""What a CIF says of its content twice: formula, Z, density, multiplicities."""

from pathlib import Path

import pytest

from specimen.written import cif, contents, operations, refusal

SALT = (5.64, 5.64, 5.64, 90, 90, 90)
NAMED = "_space_group_name_H-M_alt 'F m -3 m'\n"
SITES = "Na1 Na 0 0 0\nCl1 Cl 0.5 0.5 0.5"
LISTED = operations("x,y,z", "x+1/2,y+1/2,z", "x+1/2,y,z+1/2", "x,y+1/2,z+1/2")


@pytest.mark.parametrize(
    "words", ["", "_chemical_formula_sum 'Cl Na'\n_cell_formula_units_Z 4", "_chemical_formula_sum 'Na1 Cl1'"]
)
def test_agreement_says_nothing(tmp_path: Path, words: str) -> None:
    found = contents(tmp_path, cif(SALT, SITES, NAMED + words + "\n_exptl_crystal_density_diffrn 2.165(3)"))
    assert found.remarks == ()
    assert found.density == pytest.approx(2.163, abs=0.003)


def test_hydrogens_of_the_formula_that_have_no_sites_are_said(tmp_path: Path) -> None:
    rows = "N1 N 0 0 0\nBr1 Br 0.5 0.5 0.5"
    found = contents(tmp_path, cif((6.9, 6.9, 6.9, 90, 90, 90), rows, NAMED + "_chemical_formula_sum 'H4 N Br'"))
    assert found.composition == {"N": 4, "Br": 4}
    assert "formula H4 N1 Br1 and the sites disagree: the cell is without H" in found.remarks[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("_chemical_formula_sum 'Na Cl'\n_cell_formula_units_Z 8", "Z = 8 is stated and the cell holds 4"),
        ("_chemical_formula_sum 'Na Cl2'", "formula Na1 Cl2 is not that of the cell, Na4 Cl4"),
        ("_chemical_formula_sum 'K Cl'", "without K and with Na"),
        ("_exptl_crystal_density_diffrn 4.3", "density 4.3 g/cm³ is stated and the cell has 2.16 g/cm³"),
    ],
)
def test_a_contradiction_is_a_remark_beside_operations_and_a_refusal_without(
    tmp_path: Path, words: str, said: str
) -> None:
    """Where symmetry was looked up by its name, the name may be what is wrong."""
    assert said in refusal(tmp_path, cif(SALT, SITES, NAMED + words))
    found = contents(tmp_path, cif(SALT, SITES, LISTED + words))
    assert found.composition == {"Na": 4, "Cl": 4}
    assert said in found.remarks[0]


def test_multiplicities_must_be_those_of_the_sites(tmp_path: Path) -> None:
    columns = "label type_symbol fract_x fract_y fract_z symmetry_multiplicity"
    right = cif(SALT, "Na1 Na 0 0 0 4\nCl1 Cl 0.5 0.5 0.5 4", NAMED, columns)
    assert contents(tmp_path, right).remarks == ()
    orders = cif(SALT, "Na1 Na 0 0 0 48\nCl1 Cl 0.5 0.5 0.5 48", NAMED, columns)
    assert contents(tmp_path, orders).remarks == ()  # an older program wrote the order of the site symmetry
    wrong = cif(SALT, "Na1 Na 0 0 0 8\nCl1 Cl 0.5 0.5 0.5 4", NAMED, columns)
    assert "multiplicities stated and made differ: Na1 8 and 4" in refusal(tmp_path, wrong)


def test_hydrogens_that_are_only_attached_are_said(tmp_path: Path) -> None:
    columns = "label type_symbol fract_x fract_y fract_z attached_hydrogens"
    found = contents(tmp_path, cif(SALT, "Na1 Na 0 0 0 0\nO1 O 0.5 0.5 0.5 2", NAMED, columns))
    assert "attached to O1 have no sites" in found.remarks[0]


def test_an_atom_that_symmetry_makes_again_is_kept_once_and_said(tmp_path: Path) -> None:
    found = contents(tmp_path, cif(SALT, SITES + "\nNa2 Na 0.5 0.5 0", NAMED))
    assert found.composition == {"Na": 4, "Cl": 4}
    assert "4 atoms are listed twice, or made again by symmetry" in found.remarks[0]
