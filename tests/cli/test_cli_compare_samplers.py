"""`beamopt compare-samplers` as a user runs it, on a real table of a small study."""

import json
from pathlib import Path

import pytest

from cli.conftest import Run

SMALL = [
    *("--set", 'methods=["icom"]', "--set", "sample.thickness=8.0", "--set", "sample.window=19.0"),
    *("--set", "sample.field=15.0", "--set", "camera.pixels=32", "--set", "defocus={low=0.0, high=300.0}"),
    *("--set", "semiangle_cutoff={low=10.0, high=25.0}", "--set", "scan_sampling={low=0.6, high=2.0}"),
]


@pytest.mark.slow
def test_table_is_kept_and_figure_drawn(beamopt: Run, tmp_path: Path) -> None:
    words = ["compare-samplers", "srtio3_quick", *SMALL, "--evaluations", "32", "--seeds", "2", "--trials", "6"]
    done = beamopt(*words, "--output", "samplers.png", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["evaluations"] == 32
    assert {"random", "sobol+tpe", "theory+tpe", "nsga2"} <= told["samplers"].keys()
    assert len(told["samplers"]["theory+tpe"]["hypervolume_median"]) == 6
    assert (tmp_path / "samplers.png").read_bytes().startswith(b"\x89PNG")
    [table] = (tmp_path / "beamopt-runs" / "tables").iterdir()
    before = table.read_bytes()
    again = beamopt(*words)
    assert again.returncode == 0, again.stderr
    assert "trials to 95 %" in again.stdout
    assert "explain" in again.stdout
    assert table.read_bytes() == before
    full = beamopt(*words, "--output", "/proc/samplers.png")
    assert full.returncode == 74
    assert "beamopt: /proc/samplers.png: cannot be written" in full.stderr
    assert "Traceback" not in full.stderr


def test_impossible_picture_is_refused_before_anything_is_built(beamopt: Run, tmp_path: Path) -> None:
    done = beamopt("compare-samplers", "srtio3_quick", "--output", "samplers.jpg")
    assert done.returncode == 2
    assert "--output samplers.jpg" in done.stderr
    assert not (tmp_path / "beamopt-runs").exists()
