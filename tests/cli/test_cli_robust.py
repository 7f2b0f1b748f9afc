"""Robustness from the shell on a real small study: the table, the JSON, what is kept, one clear line for bad input."""

import json
from pathlib import Path

import pytest

from cli.conftest import Run

STUDY = [
    *("study", "srtio3_quick", "--trials", "1", "--home", "runs"),
    *("--set", 'methods=["icom"]', "--set", "sample.thickness=8", "--set", "sample.window=19"),
    *(
        "--set",
        "dose_per_area={low=5e4, high=1e5, log=true}",
        "--set",
        "sample.field=15",
        "--set",
        "camera.pixels=32",
        "--set",
        "defocus={low=0.0, high=300.0}",
    ),
    *("--set", "robustness={thickness=0, mistilt=0, coma=0, threefold_astigmatism=0, position_jitter=0}"),
]


@pytest.mark.slow
def test_at_the_end_of_a_study_and_on_its_own(beamopt: Run, tmp_path: Path) -> None:
    done = beamopt(*STUDY, "--robust")
    assert done.returncode == 0, done.stderr
    table = ("calm", "defocus +10 %", "astigmatism 20 Å", "drift 2 Å", "what happens", "C12 = 20 Å in the probe")
    words = ("in a session; worst is", "defocus before 5 % are lost:", "magnification error", "field of", "assumption:")
    for said in (*table, *words):
        assert said in done.stdout
    assert "in a calm session, expect" in done.stderr
    kept = json.loads((tmp_path / "runs" / "srtio3_quick.robustness.json").read_text(encoding="utf-8"))["trials"]
    assert not [p for p in (tmp_path / "runs").iterdir() if p.name.startswith(".")]
    again = beamopt("robust", "srtio3_quick", "--home", "runs", "--replicates", "2", "--json")
    assert again.returncode == 0, again.stderr
    found = json.loads(again.stdout)
    assert found["schema_version"] == 1
    assert [one["trial"] for one in found["trials"]] == [one["trial"] for one in kept]
    assert (kept[0]["replicates"], found["trials"][0]["replicates"]) == (4, 2)
    assert found["trials"][0]["calm"]["mean"] == pytest.approx(kept[0]["calm"]["mean"], rel=0.5)


def test_one_clear_line(beamopt: Run, tmp_path: Path) -> None:
    for words, mention in (
        (["robust", "nothing", "--home", "none"], "no study 'nothing'"),
        (["check", "srtio3_quick", "--set", "robustness.tilt=2"], "robustness.tilt"),
        (["check", "srtio3_quick", "--set", "robustness.mistilt=-2"], "robustness.mistilt"),
        (["check", "srtio3_quick", "--set", 'robustness.optimise="best"'], "robustness.optimise"),
    ):
        done = beamopt(*words)
        assert done.returncode == 2, done.stderr
        said = [line for line in done.stderr.splitlines() if line.startswith("beamopt: ")]
        assert len(said) == 1, done.stderr
        assert mention in said[0]
        assert done.stdout == ""
    assert [p.name for p in tmp_path.iterdir() if p.name != "cache"] == []
