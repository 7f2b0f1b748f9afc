"""What the catalogue says, with unit, standing and source, and a guess never without the word."""

import json
import struct
from pathlib import Path

import pytest

from beamopt.catalogue import detector_names, load_column, load_detector, load_sample, sample_names
from beamopt.cli import show
from cli.conftest import Run


def test_list_knows_the_equipment(beamopt: Run) -> None:
    found = json.loads(beamopt("list", "detectors", "--json").stdout)
    assert set(found["detectors"]) == set(detector_names())
    assert "corrected-300" in beamopt("list", "columns").stdout


def test_a_sample_in_full(beamopt: Run) -> None:
    said = beamopt("show", "sample", "uio-66").stdout
    assert said.startswith("UiO-66: ")
    assert "20.757, 20.757, 20.757 Å" in said
    assert "about 17 e/Å² (quoted) at 300000 eV, 295 K" in said
    assert "doi:10.1126/science.aao0865" in said
    found = json.loads(beamopt("show", "sample", "UiO-66", "--json").stdout)
    assert (found["schema_version"], found["kind"], found["zone_axis"]) == (1, "sample", [1, 1, 0])
    first = found["radiation"][0]
    assert (first["value"], first["units"]["value"], first["status"]) == (17.0, "e/Å²", "quoted")
    assert found["structure"]["composition"]["Zr"] == 24


def test_equipment_in_full(beamopt: Run, tmp_path: Path) -> None:
    said = beamopt("show", "detector", "EMPAD-G2").stdout
    assert "10000 Hz (read); H. T. Philipp et al." in said
    assert "0.9 (guess); beamopt" in said
    own = load_column("corrected-300").model_dump(mode="json", exclude_unset=True) | {"name": "mine"}
    (tmp_path / "mine.json").write_text(json.dumps(own), encoding="utf-8")
    numbers = json.loads(beamopt("show", "column", "mine.json", "--json").stdout)["numbers"]
    assert numbers["source_size"] == {
        "value": 0.5,
        "unit": "Å",
        "status": "guess",
        "source": load_column("corrected-300").standing["source_size"].source,
    }
    assert numbers["currents"]["unit"] == "pA"


@pytest.mark.parametrize("name", sample_names())
def test_no_guessed_tolerance_is_printed_as_anything_else(name: str) -> None:
    sample = load_sample(name)
    lines = show._tolerances(sample)
    for one, line in zip(sample.radiation, lines[1:], strict=True):
        assert f"{one.value:g} e/Å² ({one.status})" in line
        assert line.strip().startswith("GUESS, not a measurement") == (one.status == "guess")
        assert one.source in line
    if not sample.radiation:
        assert "nothing is known" in lines[0]


@pytest.mark.parametrize("name", detector_names())
def test_every_number_of_a_detector_has_unit_status_and_source(name: str) -> None:
    detector = load_detector(name)
    numbers = show._equipment(detector)["numbers"]
    assert set(detector.standing) <= numbers.keys()
    lines = show._equipment_lines(detector)
    for field, number in numbers.items():
        assert number["status"] == (detector.standing[field].status if field in detector.standing else "default")
        line = next(line for line in lines if line.strip().startswith(field.replace("_", " ")))
        assert f"({number['status']})" in line
        assert number["source"] in line
    assert numbers["frame_rate"]["unit"] == "Hz"


def test_a_picture_of_the_projected_potential(beamopt: Run, tmp_path: Path) -> None:
    done = beamopt("show", "sample", "SrTiO3", "--picture", "potential.png")
    assert done.returncode == 0, done.stderr
    content = (tmp_path / "potential.png").read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    assert content.startswith(b"\x89PNG")
    assert min(width, height) > 500


BAD = {
    "unknown sample": (["sample", "unobtainium"], "UiO-66"),
    "unknown detector": (["detector", "film"], "EMPAD-G2"),
    "potential of a camera": (["detector", "EMPAD", "--picture", "x.png"], "no potential"),
    "no picture": (["sample", "MFI", "--picture", "x.pdf"], ".png"),
    "no folder": (["sample", "MFI", "--picture", "none/x.png"], "folder"),
}


@pytest.mark.parametrize(("words", "mention"), BAD.values(), ids=list(BAD))
def test_one_clear_line(beamopt: Run, words: list[str], mention: str) -> None:
    done = beamopt("show", *words)
    assert done.returncode == 2
    assert mention in done.stderr
    assert len(done.stderr.splitlines()) == 1
