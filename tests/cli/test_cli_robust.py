"""Robustness from the shell on a real small study: the table, the JSON, what is kept, one clear line for bad input."""

import json
import shlex
from pathlib import Path

from cli.conftest import Run

STUDY = [
    *("study", "srtio3_quick", "--trials", "2", "--home", "runs"),
    *("--set", 'methods=["icom"]', "--set", "sample.thickness=8", "--set", "sample.window=19"),
    *("--set", "sample.field=15", "--set", "camera.pixels=32", "--set", "defocus={low=0.0, high=300.0}"),
    *("--set", "robustness={thickness=0, mistilt=0, coma=0, threefold_astigmatism=0, position_jitter=0}"),
]


def test_the_command_that_a_study_names_judges_its_settings(beamopt: Run, tmp_path: Path) -> None:
    done = beamopt(*STUDY)
    assert done.returncode == 0, done.stderr
    named = next(line for line in done.stdout.splitlines() if "beamopt robust" in line)
    words = shlex.split(named.split("beamopt ")[1])
    judged = beamopt(*words, "--replicates", "2")
    assert judged.returncode == 0, judged.stderr
    for said in (
        "calm",
        "defocus +10 %",
        "astigmatism 20 Å",
        "drift 2 Å",
        "in a session; worst is",
        "before 5 % are lost",
    ):
        assert said in judged.stdout
    assert "defocus may drift" in judged.stdout
    assert "assumption:" in judged.stdout
    assert "in a calm session, expect" in judged.stderr
    kept = json.loads((tmp_path / "runs" / "srtio3_quick.robustness.json").read_text(encoding="utf-8"))["trials"]
    assert not [p for p in (tmp_path / "runs").iterdir() if p.name.startswith(".")]
    again = beamopt(*STUDY, "--robust", "--json")
    assert again.returncode == 0, again.stderr
    found = json.loads(again.stdout)
    assert {one["trial"] for one in found["robustness"]} == {one["trial"] for one in kept} == set(found["recommended"])
    calm = {one["trial"]: one["calm"] for one in kept}
    for one in found["robustness"]:
        assert (one["schema_version"], one["replicates"]) == (1, 4)
        assert abs(one["calm"]["mean"] - calm[one["trial"]]["mean"]) < 0.5 * calm[one["trial"]]["mean"]


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
