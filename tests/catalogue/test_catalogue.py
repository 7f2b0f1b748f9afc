"""Samples: all there, quick to load, honest about where their numbers come from."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

import beamopt.catalogue
from beamopt.catalogue import Crystal, Sample, Sheet, load_sample, sample_names
from beamopt.errors import InputError

FILES = sorted((Path(beamopt.catalogue.__file__).parent / "samples").glob("*.json"))
EXPECTED = {
    "UiO-66", "ZIF-8", "MOF-5", "HKUST-1", "MOF-74-Zn", "MOF-74-Co", "MOF-74-Mg", "MFI", "FAU", "LTA", "CsPbBr3",
    "MAPbI3-orthorhombic", "MAPbI3-tetragonal", "FAPbI3", "COF-5", "COF-300", "LiFePO4", "LiCoO2", "SrTiO3", "aspirin",
    "anthracene", "ice-Ih", "MoS2", "MoS2-bilayer-30", "h-BN", "graphene",
}  # fmt: skip
NO_TOLERANCE = {"LiFePO4", "LiCoO2", "MAPbI3-orthorhombic", "MoS2", "MoS2-bilayer-30", "h-BN", "graphene"}


def test_every_sample_is_there_under_its_own_name() -> None:
    assert set(sample_names()) == EXPECTED
    assert {path.stem for path in FILES} == EXPECTED
    assert list(sample_names()) == sorted(sample_names(), key=str.casefold)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_names_and_aliases_lead_to_the_sample_in_any_case(name: str) -> None:
    sample = load_sample(name)
    assert sample.name == name
    for other in (name.upper(), name.lower(), f" {name} ", *sample.aliases):
        assert load_sample(other) is sample


def test_no_two_samples_answer_to_one_name() -> None:
    words = [word.casefold() for name in sample_names() for word in (name, *load_sample(name).aliases)]
    assert len(words) == len(set(words))


def test_unknown_sample_is_refused_with_the_names() -> None:
    with pytest.raises(InputError, match=r"sample 'gold' .*UiO-66.*give a file") as caught:
        load_sample("gold")
    assert "\n" not in str(caught.value)
    for near in ("UiO66x", "UiO-67"):
        with pytest.raises(InputError, match="did you mean 'UiO-66'"):
            load_sample(near)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recalled_number_never_passes_for_a_measurement(name: str) -> None:
    for tolerance in load_sample(name).radiation:
        if tolerance.status == "measured":
            assert "recalled;" not in tolerance.source
            assert not tolerance.source.endswith("recalled")
        if tolerance.status == "guess":
            assert tolerance.source == "beamopt, no measurement found"
            assert "guess" not in tolerance.source
        assert tolerance.meaning
        assert tolerance.source


def test_tolerances_quoted_in_the_literature() -> None:
    """The table of the sample dossier, value and standing."""
    chosen = {name: load_sample(name).tolerance for name in sample_names()}
    assert {name for name, tolerance in chosen.items() if tolerance is None} == NO_TOLERANCE
    first = {name: (t.value, t.status) for name, t in chosen.items() if t is not None}
    assert first["UiO-66"] == (17, "quoted")
    assert first["ZIF-8"] == (25, "quoted")
    assert first["MAPbI3-tetragonal"] == (47, "derived")
    assert first["MOF-5"] == (10, "guess")
    assert first["FAU"] == (2000, "guess")
    measured = {
        (name, t.value) for name in sample_names() for t in load_sample(name).radiation if t.status == "measured"
    }
    assert measured == {("ZIF-8", 80), ("FAU", 34000), ("anthracene", 600), ("MAPbI3-tetragonal", 10.5)}


def test_derived_tolerance_follows_from_the_fading_that_was_read() -> None:
    """19.2 % of the intensity lost at 10 e/Å², exponential fading."""
    from math import log

    tolerance = load_sample("MAPbI3").tolerance
    assert tolerance is not None
    assert tolerance.value == pytest.approx(-10 / log(1 - 0.192), abs=0.5)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_structure_has_a_citation_with_its_standing(name: str) -> None:
    sample = load_sample(name)
    assert sample.citation.text
    assert sample.citation.status
    assert sample.citation.source
    assert sample.title
    if isinstance(sample.structure, Crystal):
        elements = {site[0] for site in sample.structure.sites}
        assert elements == set(sample.structure.composition)
    else:
        assert isinstance(sample.structure, Sheet)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"colour": "blue"}, "colour"),
        ({"zone_axis": [0, 0, 0]}, "no direction"),
        ({"name": "../etc"}, "name"),
        ({"radiation": [{"value": -1, "meaning": "m", "source": "s", "status": "guess"}]}, "value"),
        ({"radiation": [{"value": 1, "meaning": "m", "source": "s", "status": "recalled"}]}, "status"),
    ],
)
def test_a_wrong_file_is_refused(change: dict[str, object], complaint: str) -> None:
    raw = json.loads(FILES[0].read_text(encoding="utf-8")) | change
    with pytest.raises(ValidationError, match=complaint):
        Sample.model_validate(raw)


def test_a_sample_survives_a_round_trip() -> None:
    for name in sample_names():
        sample = load_sample(name)
        assert Sample.model_validate_json(sample.model_dump_json()) == sample


def test_import_loads_no_heavy_package() -> None:
    code = "import sys, beamopt.catalogue as c; c.load_sample('UiO-66'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"ase", "abtem", "py4DSTEM", "matplotlib", "mlflow", "optuna"} & set(loaded)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_thermal_displacements_name_every_element_and_their_standing(name: str) -> None:
    known = load_sample(name).thermal
    assert set(known.displacement) == {site[0] for site in load_sample(name).structure.sites}
    assert all(0.05 <= value <= 0.4 for value in known.displacement.values())
    assert (known.status == "guess") == known.source.startswith("beamopt")
    if known.status == "measured":
        assert "recalled" not in known.source


def test_displacements_of_uio_66_are_those_of_its_refinement() -> None:
    """U(iso) of each site in Å², weighted by how often it occurs in the cell (CCDC 1405735, 293 K)."""
    sites = {
        "Zr": [(24, 0.0097)],
        "O": [(96, 0.0226), (32, 0.0114)],
        "C": [(48, 0.0225), (48, 0.0340), (96, 0.0555)],
        "H": [(96, 0.067), (16, 0.014)],
    }
    known = load_sample("UiO-66").thermal.displacement
    for element, found in sites.items():
        mean = sum(count * u for count, u in found) / sum(count for count, _ in found)
        assert known[element] == pytest.approx(mean**0.5, abs=1e-3)
