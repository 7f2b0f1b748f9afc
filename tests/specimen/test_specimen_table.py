"""The smallest orthogonal cells of all samples: atoms, sides, contents, and that they are rotations of the crystal."""

import re

import numpy as np
import pytest
from ase import Atoms
from numpy.typing import NDArray

from beamopt.catalogue import Crystal, load_sample
from beamopt.errors import InputError
from beamopt.specimen import Specimen, build_specimen
from beamopt.specimen.contents import shortest_contact
from beamopt.specimen.crystal import conventional_cell

# Sample, zone axis, atoms, lateral sides and thickness of one cell [Å].
TABLE = [
    ("UiO-66", (1, 1, 0), 228, 14.68, 20.76, 14.68),
    ("UiO-66", (1, 0, 0), 228, 14.68, 14.68, 20.76),
    ("UiO-66", (1, 1, 1), 684, 14.68, 25.42, 35.95),
    ("ZIF-8", (1, 1, 1), 828, 24.03, 41.62, 14.71),
    ("ZIF-8", (1, 0, 0), 276, 16.99, 16.99, 16.99),
    ("MOF-5", (1, 0, 0), 212, 18.27, 18.27, 25.83),
    ("MOF-5", (1, 1, 0), 212, 18.27, 25.83, 18.27),
    ("HKUST-1", (1, 1, 0), 312, 18.63, 26.34, 18.63),
    ("HKUST-1", (1, 0, 0), 312, 18.63, 18.63, 26.34),
    ("HKUST-1", (1, 1, 1), 936, 18.63, 32.26, 45.63),
    ("MOF-74-Zn", (0, 0, 1), 324, 25.93, 44.92, 6.84),
    ("MOF-74-Co", (0, 0, 1), 324, 25.89, 44.83, 6.81),
    ("MOF-74-Mg", (0, 0, 1), 324, 25.88, 44.82, 6.79),
    ("MFI", (0, 1, 0), 288, 13.38, 20.02, 19.90),
    ("MFI", (0, 0, 1), 288, 19.90, 20.02, 13.38),
    ("FAU", (1, 1, 0), 288, 17.15, 24.26, 17.15),
    ("LTA", (1, 0, 0), 72, 11.87, 11.87, 11.87),
    ("CsPbBr3", (0, 1, 0), 20, 8.21, 8.26, 11.76),
    ("MAPbI3-orthorhombic", (0, 1, 0), 48, 8.35, 9.04, 12.66),
    ("FAPbI3", (0, 0, 1), 12, 6.36, 6.36, 6.36),
    ("COF-5", (0, 0, 1), 192, 30.02, 52.00, 3.40),
    ("COF-300", (0, 0, 1), 292, 28.13, 28.13, 8.88),
    ("LiFePO4", (0, 1, 0), 28, 4.69, 10.33, 6.01),
    ("LiCoO2", (1, 1, 0), 24, 4.88, 14.05, 2.82),
    ("LiCoO2", (1, 0, 0), 24, 4.88, 14.05, 2.82),
    ("SrTiO3", (1, 0, 0), 5, 3.90, 3.90, 3.90),
    ("SrTiO3", (1, 1, 0), 10, 3.90, 5.52, 5.52),
    ("aspirin", (0, 1, 0), 168, 15.05, 16.68, 6.54),
    ("anthracene", (0, 1, 0), 192, 8.43, 36.32, 5.99),
    ("ice-Ih", (0, 0, 1), 72, 7.82, 13.54, 7.36),
    ("MAPbI3-tetragonal", (0, 0, 1), 48, 8.70, 8.71, 12.84),
]
IDS = [f"{name} {''.join(map(str, axis))}" for name, axis, *_ in TABLE]


def conventional(name: str) -> Atoms:
    structure = load_sample(name).structure
    assert isinstance(structure, Crystal)
    return conventional_cell(structure, name=name)


def directions(specimen: Specimen) -> NDArray[np.int64]:
    """Indices of x, y and the beam as the notes state them."""
    found = re.findall(r"\[(-?\d+), (-?\d+), (-?\d+)\]", specimen.notes[0])
    return np.array(found, dtype=np.int64)


def strays(specimen: Specimen, crystal: Atoms, frame: NDArray[np.float64]) -> int:
    """Atoms of the cell that are no atoms of the crystal once turned back by a frame with rows x, y, z."""
    cell = np.asarray(crystal.cell)
    fractions = (np.asarray(specimen.atoms.positions) @ frame) @ np.linalg.inv(cell)
    known = np.asarray(crystal.positions) @ np.linalg.inv(cell)
    missing = 0
    for fraction, number in zip(fractions, specimen.atoms.numbers, strict=True):
        offsets = known[crystal.numbers == number] - fraction
        miss = np.linalg.norm((offsets - np.rint(offsets)) @ cell, axis=1).min()
        missing += int(miss > 0.03)
    return missing


@pytest.mark.parametrize(("name", "axis", "atoms", "x", "y", "thickness"), TABLE, ids=IDS)
def test_smallest_orthogonal_cell(
    name: str, axis: tuple[int, int, int], atoms: int, x: float, y: float, thickness: float
) -> None:
    specimen = build_specimen(load_sample(name), zone_axis=axis, thickness=thickness)
    assert len(specimen.atoms) == atoms
    assert specimen.cell == pytest.approx((x, y, thickness), abs=0.011)
    assert specimen.repeats == 1
    scaled = np.asarray(specimen.atoms.positions) / specimen.cell
    assert scaled.min() >= 0
    assert scaled.max() < 1


@pytest.mark.parametrize(("name", "axis"), [row[:2] for row in TABLE], ids=IDS)
def test_contents_are_those_of_the_conventional_cell(name: str, axis: tuple[int, int, int]) -> None:
    crystal = conventional(name)
    specimen = build_specimen(load_sample(name), zone_axis=axis, thickness=50.0)
    structure = load_sample(name).structure
    assert isinstance(structure, Crystal)
    cells = len(specimen.atoms) / len(crystal)
    assert specimen.composition == {e: pytest.approx(n * cells, abs=1e-9) for e, n in structure.composition.items()}
    volume = float(np.prod(specimen.cell))
    assert volume == pytest.approx(crystal.cell.volume * cells, rel=1e-9)
    strain = 0.02 if len(specimen.notes) > 1 else 1e-6
    assert shortest_contact(specimen.atoms).distance == pytest.approx(shortest_contact(crystal).distance, abs=strain)


@pytest.mark.parametrize(("name", "axis"), [row[:2] for row in TABLE if row[0] != "anthracene"])
def test_cell_is_a_rotation_of_the_crystal_along_the_stated_directions(name: str, axis: tuple[int, int, int]) -> None:
    crystal = conventional(name)
    specimen = build_specimen(load_sample(name), zone_axis=axis, thickness=50.0)
    indices = directions(specimen)
    assert np.array_equal(np.cross(indices[2], axis), np.zeros(3))
    assert indices[2] @ np.array(axis) > 0
    frame = indices @ np.asarray(crystal.cell)
    frame /= np.linalg.norm(frame, axis=1, keepdims=True)
    assert np.linalg.det(frame) == pytest.approx(1.0, abs=1e-4)
    assert strays(specimen, crystal, frame) == 0


def test_a_chiral_crystal_keeps_its_hand() -> None:
    """Right-handed quartz (P3_2 2 1) cut along any axis is not its left-handed twin."""
    from ase.spacegroup import crystal

    from beamopt.specimen import orthogonal_cell

    sites = {"Si": (0.4697, 0.0, 2 / 3), "O": (0.4133, 0.2672, 0.7855)}  # Kihara, Eur. J. Mineral. 2, 63 (1990)
    quartz = crystal(list(sites), list(sites.values()), spacegroup=154, cellpar=[4.9137, 4.9137, 5.4047, 90, 90, 120])
    assert len(quartz) == 9
    for axis in ((0, 0, 1), (1, 0, 0), (1, 1, 0), (0, 0, -1)):
        atoms, notes = orthogonal_cell(quartz, axis, name="quartz")
        specimen = Specimen(name="quartz", atoms=atoms, repeats=1, notes=notes)
        frame = directions(specimen) @ np.asarray(quartz.cell)
        frame /= np.linalg.norm(frame, axis=1, keepdims=True)
        assert strays(specimen, quartz, frame) == 0
        mirrored = atoms.copy()
        mirrored.positions[:, 0] *= -1
        twin = Specimen(name="twin", atoms=mirrored, repeats=1)
        shifts = np.asarray(quartz.positions)[:3] @ frame.T
        best = min(
            strays(_moved(twin, s - m), quartz, frame)
            for s in shifts
            for m in np.asarray(mirrored.positions)[mirrored.numbers == 14]
        )
        assert best > 0


def _moved(specimen: Specimen, shift: NDArray[np.float64]) -> Specimen:
    atoms = specimen.atoms.copy()
    atoms.positions += shift
    return Specimen(name=specimen.name, atoms=atoms, repeats=1)


@pytest.mark.parametrize(("wanted", "repeats"), [(7.4, 1), (14.7, 1), (22.0, 1), (22.1, 2), (44.0, 3), (100.0, 7)])
def test_thickness_is_met_to_the_nearest_whole_cell(wanted: float, repeats: int) -> None:
    specimen = build_specimen(load_sample("UiO-66"), zone_axis=(1, 1, 0), thickness=wanted)
    assert specimen.repeats == repeats
    assert specimen.thickness == pytest.approx(repeats * 14.6774, abs=1e-3)


@pytest.mark.parametrize("wanted", [7.3, 0.001])
def test_less_than_half_a_cell_is_refused_with_the_remedy(wanted: float) -> None:
    with pytest.raises(InputError, match=r"UiO-66: thickness = .* 14\.68 Å cell along \[1, 1, 0\]; use 14\.68 Å"):
        build_specimen(load_sample("UiO-66"), zone_axis=(1, 1, 0), thickness=wanted)


@pytest.mark.parametrize("wanted", [0.0, -5.0, float("nan"), float("inf")])
def test_impossible_thickness_is_refused(wanted: float) -> None:
    with pytest.raises(InputError, match="thickness"):
        build_specimen(load_sample("SrTiO3"), zone_axis=None, thickness=wanted)


def test_without_a_zone_axis_the_recommended_one_is_taken() -> None:
    assert "beam along [1, 1, 0]" in build_specimen(load_sample("UiO-66"), zone_axis=None, thickness=50.0).notes[0]


def test_a_common_factor_in_the_zone_axis_does_not_matter() -> None:
    once = build_specimen(load_sample("FAU"), zone_axis=(1, 1, 0), thickness=20.0)
    thrice = build_specimen(load_sample("FAU"), zone_axis=(3, 3, 0), thickness=20.0)
    assert np.array_equal(once.atoms.positions, thrice.atoms.positions)


def test_strain_is_stated_and_bounded() -> None:
    notes = build_specimen(load_sample("anthracene"), zone_axis=(0, 1, 0), thickness=20.0).notes
    assert notes[1] == "sheared by up to 0.46° to make the cell orthogonal, at constant volume"


def test_an_axis_without_an_orthogonal_cell_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(
        InputError, match=r"aspirin: zone_axis = \[1, 2, 3\] has no .*; use one of \[0, 1, 0\]"
    ) as caught:
        build_specimen(load_sample("aspirin"), zone_axis=(1, 2, 3), thickness=50.0)
    assert "\n" not in str(caught.value)
    for axis in re.findall(r"\[(-?\d), (-?\d), (-?\d)\]", str(caught.value).split("use one of")[1]):
        u, v, w = map(int, axis)
        assert build_specimen(load_sample("aspirin"), zone_axis=(u, v, w), thickness=50.0).repeats >= 1
