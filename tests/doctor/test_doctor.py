"""The doctor sees what is wrong, says so in words, mends what can be mended, and touches nothing unasked."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from beamopt.doctor import examine
from beamopt.doctor.machine import filesystem_of, machine
from beamopt.doctor.versions import installed, versions
from beamopt.search import Search
from doctor.folders import damage, of
from faults.standins import study


def contents(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix == ".db"}


def test_a_healthy_folder_is_left_as_it_is(home: Path) -> None:
    before = contents(home)
    findings = examine(home)
    assert [one for one in findings if one.state == "bad"] == []
    assert of(findings, "optuna.db").said.startswith("whole, schema ")
    assert of(findings, "mof").said == "6 trials ended, none left running"
    assert of(findings, "mof in MLflow").said == "all 6 trials, each once"
    assert contents(home) == before


def test_an_empty_folder_is_no_trouble_and_nothing_is_made(tmp_path: Path) -> None:
    findings = examine(tmp_path / "nothing" / "here")
    assert all(one.state != "bad" for one in findings)
    assert list(tmp_path.iterdir()) == []


def test_a_trial_left_running_is_seen_and_queued(home: Path) -> None:
    search = Search.open(home, study(9))
    search.ask()
    search.close()
    assert "trials 6 were left running" in of(examine(home), "mof").said
    mended = of(examine(home, repair=True), "mof")
    assert (mended.repaired, mended.said) == (True, "trials 6 wait to be run again")
    assert Search.load(home, "mof").trials[6].state == "waiting"


@pytest.mark.parametrize("before", [False, True])
def test_nothing_is_made_in_a_folder_unasked(home: Path, *, before: bool) -> None:
    """Neither where the study was never locked, nor where it was."""
    shutil.rmtree(home / "locks", ignore_errors=True)
    search = Search.open(home, study(9))
    if before:
        with search.lock():
            pass
    search.close()
    there = sorted(home.rglob("*"))
    assert of(examine(home), "mof").state == "ok"
    assert sorted(home.rglob("*")) == there


def test_where_nothing_may_be_written_no_study_is_bad(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search.open(home, study(9))
    with search.lock():
        search.ask()
    search.close()
    may = os.access  # root may do anything anywhere

    def denied(path: str | Path, mode: int) -> bool:
        return not Path(path).is_relative_to(home) and may(path, mode)

    monkeypatch.setattr("os.access", denied)
    found = of(examine(home), "mof")
    assert (found.state, "or whose lock cannot be seen" in found.said) == ("warning", True)


def test_a_running_study_is_not_called_stale(home: Path) -> None:
    search = Search.open(home, study(9))
    with search.lock():
        search.ask()
        assert "is being run by process" in of(examine(home, repair=True), "mof").said
        assert search.trials()[6].state == "running"
    search.close()


@pytest.mark.parametrize(
    "damage", ["DELETE FROM runs WHERE name LIKE 'trial%2'", "UPDATE runs SET lifecycle_stage = 'deleted'"]
)
def test_mlflow_is_rebuilt_from_optuna_once(home: Path, damage: str) -> None:
    with sqlite3.connect(home / "mlflow.db") as database:
        database.execute(damage)
    database.close()
    assert "lacking" in of(examine(home), "mof in MLflow").said
    mended = of(examine(home, repair=True), "mof in MLflow")
    assert (mended.repaired, mended.said.endswith("now all 6 trials")) == (True, True)
    assert of(examine(home, repair=True), "mof in MLflow").said == "all 6 trials, each once"


def test_a_removed_mlflow_is_rebuilt(home: Path) -> None:
    (home / "mlflow.db").unlink()
    assert "6 trials lacking" in of(examine(home), "mof in MLflow").said
    examine(home, repair=True)
    assert of(examine(home), "mof in MLflow").said == "all 6 trials, each once"


@pytest.mark.parametrize(("name", "remedy"), [("optuna.db", "restore a copy"), ("mlflow.db", "doctor --repair")])
def test_a_damaged_database_is_bad(home: Path, name: str, remedy: str) -> None:
    damage(home / name)
    found = of(examine(home), name)
    assert found.state == "bad"
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("package", "version"), [("numpy", "2.4.0"), ("py4dstem", "0.14.17"), ("zarr", "2.18"), ("python", "3.13.1")]
)
def test_known_troubles_are_told(package: str, version: str) -> None:
    said = [one for one in versions(installed() | {package: version}) if one.state == "bad"]
    assert [one.about for one in said] == [package]
    assert said[0].remedy


def test_this_installation_has_none_and_a_missing_package_is_named() -> None:
    assert [one for one in versions(installed()) if one.state == "bad"] == []
    (lost,) = [one for one in versions({k: v for k, v in installed().items() if k != "mlflow"}) if one.state == "bad"]
    assert (lost.about, lost.said) == ("mlflow", "not installed")


def test_a_network_mount_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = f"1 0 0:1 / / rw - ext4 a rw\n2 0 0:2 / {tmp_path} rw shared:1 - nfs4 server:/x rw\n"
    assert filesystem_of(tmp_path / "x", mounts) == "nfs4"
    assert filesystem_of(Path("/elsewhere"), mounts) == "ext4"
    monkeypatch.setattr("beamopt.doctor.machine.filesystem_of", lambda folder: filesystem_of(folder, mounts))
    (found,) = [one for one in machine(tmp_path) if one.about == "file system"]
    assert (found.state, "network (nfs4)" in found.said) == ("warning", True)


def test_more_memory_than_there_is_is_bad(tmp_path: Path) -> None:
    (found,) = [one for one in machine(tmp_path, needed=1e15) if one.about == "memory"]
    assert found.state == "bad"


def beamopt(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "beamopt", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)


def test_the_command(home: Path) -> None:
    done = beamopt("doctor", "srtio3_quick", "--home", str(home), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["schema_version"] == 1
    assert {"versions", "transforms", "disk", "memory", "file system", "optuna.db", "mof"} <= {
        one["about"] for one in said["findings"]
    }
    (home / "optuna.db").write_bytes(b"rubbish" * 999)
    broken = beamopt("doctor", "--home", str(home))
    assert broken.returncode == 74
    assert "BAD" in broken.stdout
    assert "Traceback" not in broken.stderr
