"""What physics allows, from the shell: the fields that scripts rely on, and one clear line for bad input."""

import json
from pathlib import Path

import numpy as np
import pytest

from cli.conftest import Run

SET = {"semiangle_cutoff": 20, "defocus": 100, "detector_outer": 25, "scan_sampling": 1.0, "dose_per_area": 1e4}


def words(**more: object) -> list[str]:
    return [word for key, value in (SET | more).items() for word in ("--set", f"{key}={value}")]


def test_three_numbers_their_curves_and_the_picture(beamopt: Run, tmp_path: Path) -> None:
    done = beamopt("limit", "srtio3_quick", *words(), "--plot", "limits.png", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["schema_version"] == 1
    assert 0 < found["linear"]["information"] < found["full"]["information"] < found["quantum"]["information"]
    assert found["units"]["information"] == "bits/Å²"
    assert found["acquisition"]["defocus"] == 100
    q = np.array(found["frequency_per_angstrom"])
    for name in ("linear", "full", "quantum"):
        frc = np.array(found[name]["frc"])
        assert len(found[name]["fisher_over_n"]) == len(frc) == len(q) > 100
        bits = -2 * np.pi * np.sum(q * np.log2(1 - frc**2)) * q[0]
        assert bits == pytest.approx(found[name]["information_ring_by_ring"], rel=1e-6)
    assert set(found["quantum"]["fisher_over_n"]) == {4.0}
    assert "weak-object model is doubtful" in found["warnings"][0]
    assert (tmp_path / "limits.png").read_bytes().startswith(b"\x89PNG")


def test_in_words(beamopt: Run) -> None:
    done = beamopt("limit", "srtio3_quick", *words(dose_per_area=100))
    assert done.returncode == 0, done.stderr
    for said in ("quantum", "full", "linear", "bits/Å²", "20 mrad, 100 Å underfocus", "Note: the weak-object model"):
        assert said in done.stdout
    assert "resolution" not in done.stdout, "only information is bounded: a score judges resolution by another rule"


def test_a_picture_that_cannot_be_written_is_one_line(beamopt: Run) -> None:
    done = beamopt("limit", "srtio3_quick", *words(), "--plot", "/proc/limits.png")
    assert done.returncode == 74
    assert "beamopt: /proc/limits.png: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


BAD = {
    "knob forgotten": (["--set", "defocus=100"], "have no value"),
    "unknown knob": ([*words(), "--set", "defocuss=1"], "defocuss"),
    "probe wider than the window": (words(defocus=1500), "defocus"),
    "no picture": ([*words(), "--plot", "x.txt"], ".png"),
    "no folder": ([*words(), "--plot", "none/x.png"], "none/x.png"),
}


@pytest.mark.parametrize(("more", "mention"), BAD.values(), ids=list(BAD))
def test_one_clear_line(beamopt: Run, tmp_path: Path, more: list[str], mention: str) -> None:
    done = beamopt("limit", "srtio3_quick", *more)
    assert done.returncode == 2, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("beamopt: ")]
    assert len(said) == 1, done.stderr
    assert mention in said[0]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [p.name for p in tmp_path.iterdir() if p.name != "cache"] == []
