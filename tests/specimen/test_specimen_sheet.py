"""Free-standing sheets and the twisted bilayer: bond lengths, vacuum, twist and the strain that is stated."""

import numpy as np
import pytest
from ase import Atoms
from ase.neighborlist import neighbor_list
from numpy.typing import NDArray

from beamopt.catalogue import load_sample
from beamopt.errors import InputError
from beamopt.specimen import Specimen, build_specimen


def sheet(name: str) -> Specimen:
    return build_specimen(load_sample(name), zone_axis=None, thickness=10.0)


def bonds(atoms: Atoms, cutoff: float) -> NDArray[np.float64]:
    return np.asarray(neighbor_list("d", atoms, cutoff))


@pytest.mark.parametrize(
    ("name", "count", "x", "y", "bond", "neighbours"),
    [
        ("graphene", 4, 2.461, 4.263, 2.461 / np.sqrt(3), 3.0),
        ("h-BN", 4, 2.504, 4.337, 2.504 / np.sqrt(3), 3.0),
        ("MoS2", 6, 3.16, 5.473, np.hypot(3.16 / np.sqrt(3), 1.585), 4.0),
    ],
)
def test_sheet(name: str, count: int, x: float, y: float, bond: float, neighbours: float) -> None:
    specimen = sheet(name)
    assert len(specimen.atoms) == count
    assert specimen.cell[:2] == pytest.approx((x, y), abs=1e-3)
    lengths = bonds(specimen.atoms, 1.1 * bond)
    assert lengths == pytest.approx(np.full(len(lengths), bond), abs=1e-6)
    assert len(lengths) / count == pytest.approx(neighbours)  # Mo has six, S three
    heights = specimen.atoms.positions[:, 2]
    assert heights.min() == pytest.approx(5.0)
    assert specimen.cell[2] - heights.max() == pytest.approx(5.0)
    assert "thickness is not used" in specimen.notes[1]


def test_molybdenum_sits_in_a_prism_of_sulfur() -> None:
    """2H: the upper and the lower sulfur lie above one another."""
    atoms = sheet("MoS2").atoms
    lateral = atoms.positions[atoms.numbers == 16, :2].round(6)
    assert len(np.unique(lateral, axis=0)) == 2


@pytest.mark.parametrize("axis", [(1, 0, 0), (1, 1, 0), (0, 0, -1)])
def test_a_sheet_is_seen_from_above_only(axis: tuple[int, int, int]) -> None:
    with pytest.raises(InputError, match=r"use \[0, 0, 1\]"):
        build_specimen(load_sample("graphene"), zone_axis=axis, thickness=10.0)


def test_bilayer_is_the_periodic_approximant_with_its_strain_stated() -> None:
    specimen = sheet("MoS2-bilayer-30")
    assert specimen.composition == {"Mo": 2 * 26 * 15 * 2, "S": 4 * 26 * 15 * 2}
    side = 3.16 * (26 + 15 * np.sqrt(3)) / 2
    assert specimen.cell == pytest.approx((side, side, 5 + 3.17 + 6.15 + 5))
    assert (
        specimen.notes[2] == "periodic approximant of a twisted stack: sides differ by 0.07%, layers strained by 0.04%"
    )
    heights = np.unique(specimen.atoms.positions[specimen.atoms.numbers == 42, 2].round(6))
    assert np.diff(heights) == pytest.approx([6.15])


@pytest.mark.parametrize("layer", [0, 1])
def test_bonds_of_each_layer_are_those_of_the_monolayer(layer: int) -> None:
    specimen = sheet("MoS2-bilayer-30")
    upper = specimen.atoms.positions[:, 2] > specimen.cell[2] / 2
    own = specimen.atoms[upper if layer else ~upper]
    assert isinstance(own, Atoms)
    lengths = bonds(own, 2.6)
    assert len(lengths) == 4 * len(own)
    assert lengths == pytest.approx(np.full(len(lengths), np.hypot(3.16 / np.sqrt(3), 1.585)), rel=1e-3)


def test_second_layer_is_turned_by_thirty_degrees_anticlockwise() -> None:
    """Mo-S bonds point along three directions, 120 degrees apart; the second layer's are 30 degrees further."""
    specimen = sheet("MoS2-bilayer-30")
    angles = []
    upper = specimen.atoms.positions[:, 2] > specimen.cell[2] / 2
    for own in (specimen.atoms[~upper], specimen.atoms[upper]):
        assert isinstance(own, Atoms)
        i, j, arrow = neighbor_list("ijD", own, 2.6)
        away = arrow[(own.numbers[i] == 42) & (own.numbers[j] == 16)]
        folded = np.exp(3j * np.arctan2(away[:, 1], away[:, 0]))
        angles.append(np.degrees(np.angle(folded.mean())) / 3)
        assert abs(folded.mean()) > 0.999
    assert (angles[1] - angles[0]) % 120 == pytest.approx(30, abs=0.05)
