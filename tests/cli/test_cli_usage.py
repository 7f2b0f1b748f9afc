"""Bad input gets one clear line, exit 2, and nothing is written; help costs nothing; a study's words are not markup."""

import json
import sys
from pathlib import Path

import pytest

from beamopt.cli.display import _Doing, _Picture, watch
from beamopt.spec import load_study
from beamopt.study.events import Noted
from cli.conftest import Run

SET = ["--set", "semiangle_cutoff=20", "--set", "defocus=0", "--set", "detector_outer=25", "--set", "dose_per_area=1e4"]

BAD = {
    "no such study": (["study", "nonsense"], "mof_lowdose"),
    "name that leaves the folder": (["study", "srtio3_quick", "--set", "name=../x"], "../x"),
    "zero thickness": (["check", "srtio3_quick", "--set", "sample.thickness=0"], "thickness"),
    "missing structure": (
        ["check", "srtio3_quick", "--set", 'sample={file="none.cif", thickness=40.0, window=30.0}'],
        "none.cif",
    ),
    "zero step": (["evaluate", "srtio3_quick", *SET, "--set", "scan_sampling=0"], "scan_sampling"),
    "not a number": (["evaluate", "srtio3_quick", *SET, "--set", "scan_sampling=nan"], "scan_sampling"),
    "knob forgotten": (["evaluate", "srtio3_quick", *SET], "--set scan_sampling=NUMBER [Å]"),
    "camera beyond the potential": (
        [
            *("evaluate", "srtio3_quick", *SET[:4], "--set", "detector_outer=40", "--set", "dose_per_area=1e4"),
            *("--set", "scan_sampling=1", "--set", "potential.sampling=0.4"),
        ],
        "detector_outer",
    ),
    "odd pair": (["check", "srtio3_quick", "--set", "defocus"], "NAME=VALUE"),
    "nested without end": (["check", "srtio3_quick", "--set", f"defocus={'[' * 5000}"], "nests too deeply"),
    "unsaveable": (["evaluate", "srtio3_quick", *SET, "--set", "scan_sampling=1", "--save", "x.txt"], ".h5"),
    "unknown stored study": (["pareto", "srtio3_quick"], "srtio3_quick"),
}


@pytest.mark.parametrize(("words", "mention"), BAD.values(), ids=list(BAD))
def test_one_clear_line(beamopt: Run, tmp_path: Path, words: list[str], mention: str) -> None:
    done = beamopt(*words)
    assert done.returncode == 2, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("beamopt: ")]
    assert len(said) == 1, done.stderr
    assert mention in said[0]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [p.name for p in tmp_path.iterdir() if p.name != "cache"] == []


def test_overlapping_atoms_are_refused(beamopt: Run, tmp_path: Path) -> None:
    (tmp_path / "two.xyz").write_text(
        '2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3 pbc="T T T"\nSr 0 0 0\nTi 0 0 0.1\n'
    )
    done = beamopt(
        "check", "srtio3_quick", "--set", f'sample={{file="{tmp_path}/two.xyz", thickness=40.0, window=30.0}}'
    )
    assert done.returncode == 2
    assert "two.xyz" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_loads_nothing_heavy() -> None:
    import subprocess

    heavy = ["abtem", "py4DSTEM", "mlflow", "optuna", "ase", "numpy", "matplotlib"]
    code = f"import sys, beamopt.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", ["study", "evaluate", "check", "list", "show", "pareto", "ui", "cache", "limit"])
def test_every_verb_explains_itself(beamopt: Run, verb: str) -> None:
    done = beamopt(verb, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_list_names_what_there_is(beamopt: Run) -> None:
    found = json.loads(beamopt("list", "--json").stdout)
    assert found["schema_version"] == 1
    assert {"mof_lowdose", "srtio3_quick", "mos2_cao2022"} <= found["studies"].keys()
    assert {"UiO-66", "ZIF-8", "MOF-5", "SrTiO3"} <= found["samples"].keys()
    assert {"ptychography", "icom", "parallax", "multislice_ptychography", "obf", "ssb"} == found["methods"].keys()
    assert "bits/Å²" in found["metrics"]["information"]


def test_empty_cache_is_no_error(beamopt: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEAMOPT_CACHE", str(tmp_path / "cache"))
    assert json.loads(beamopt("cache", "ls", "--json").stdout)["entries"] == []
    assert json.loads(beamopt("cache", "verify", "--json").stdout)["damaged_and_removed"] == []


def test_a_reason_is_shown_on_a_terminal_as_it_was_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes any stream for a terminal
    with watch(load_study("srtio3_quick")) as listener:
        listener(Noted("dose 1e5 [e/Å²] leaves [/x] :warning:"))
    assert "dose 1e5 [e/Å²] leaves [/x] :warning:" in capsys.readouterr().err


def test_the_picture_may_be_looked_at_while_trials_come_and_go() -> None:
    picture = _Picture(load_study("srtio3_quick"))

    class Watched(str):
        """A stage whose reading takes so long that another trial begins."""

        __slots__ = ()

        def __ne__(self, other: object) -> bool:
            picture.doing_now[len(picture.doing_now)] = _Doing("expose")
            return str(self) != other

    picture.doing_now = {0: _Doing(Watched("simulate")), 1: _Doing("waiting")}
    assert picture.doing().startswith("simulate (")
    assert len(picture.doing_now) == 3
