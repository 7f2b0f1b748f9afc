"""Two stored studies from the shell."""

import json
from pathlib import Path

import pytest

from beamopt.spec import load_study
from beamopt.study import run_study
from cli.conftest import Run

TINY: dict[str, object] = {
    "methods": ["icom"],
    "sample.thickness": 8.0,
    "sample.window": 19.0,
    "sample.field": 15.0,
    "camera.pixels": 32,
    "budget.trials": 4,
    "scan_sampling": {"low": 0.6, "high": 2.0},
}


@pytest.mark.slow
def test_two_studies_in_one_table_and_one_figure(beamopt: Run, tmp_path: Path) -> None:
    for name, blur in (("sharp", 0.0), ("blurred", 0.8)):
        spec = load_study("srtio3_quick", TINY | {"name": name, "coherence.source_size": blur})
        run_study(spec, home=tmp_path / "beamopt-runs")
    done = beamopt("compare", "sharp", "blurred", "--dose", "1000", "--dose", "1e5", "-o", "both.png", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["studies"] == ["sharp", "blurred"]
    last = found["at_dose"][-1]
    assert last["dose_per_area"] == 1e5
    for name in ("sharp", "blurred"):
        assert 10 <= last[name]["params"]["semiangle_cutoff"] <= 25
        assert last[name]["values"]["dose_per_area"] <= 1e5
    assert (tmp_path / "both.png").read_bytes().startswith(b"\x89PNG")
    table = beamopt("compare", "sharp", "blurred").stdout
    assert "semiangle" in table
    assert "blurred" in table
    missing = beamopt("compare", "sharp", "nothing")
    assert missing.returncode == 2
    assert "there are: " in missing.stderr
    wrong = beamopt("compare", "sharp", "blurred", "-o", "both.pdf")
    assert wrong.returncode == 2
    assert "must end in .png" in wrong.stderr
    full = beamopt("compare", "sharp", "blurred", "-o", "/proc/both.png")
    assert full.returncode == 74
    assert full.stderr.startswith("beamopt: /proc/both.png: cannot be written")
