"""Databases that a killed process, a bad disk or another version left, and what the doctor makes of them."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from beamopt.doctor import Finding
from beamopt.doctor.databases import databases
from beamopt.errors import StorageError
from beamopt.record import Recorder
from beamopt.search import Search
from beamopt.sqlitefile import opened
from doctor.folders import damage, of
from faults.standins import study


def look(home: Path, *, repair: bool = False) -> tuple[Finding, ...]:
    return tuple(databases(home, repair=repair))


DIE = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA cache_size = 1")  # so that pages reach the file before the end of the transaction
database.execute("BEGIN")
table = {"optuna.db": "trials", "mlflow.db": "runs"}[os.path.basename(sys.argv[1])]
database.execute(f"DELETE FROM {table}")
database.execute("CREATE TABLE rubbish (text)")
for _ in range(300):
    database.execute("INSERT INTO rubbish VALUES (?)", ("x" * 3000,))
os.kill(os.getpid(), 9)
"""


def leave_hot(path: Path) -> None:
    """As a process that is killed while it writes leaves a database."""
    subprocess.run([sys.executable, "-c", DIE, str(path)], check=False, timeout=60)
    assert path.with_name(path.name + "-journal").stat().st_size > 0


@pytest.mark.parametrize("name", ["optuna.db", "mlflow.db"])
def test_what_was_being_written_when_its_writer_died_is_rolled_back(home: Path, name: str) -> None:
    """As every other command does it: all is well after that, and said to be."""
    leave_hot(home / name)
    findings = look(home)
    assert [one for one in findings if one.state != "ok"] == []
    assert of(findings, name).said.startswith("whole")
    assert of(findings, "mof").said == "6 trials ended, none left running"
    assert of(findings, "mof in MLflow").said == "all 6 trials, each once"


@pytest.mark.parametrize("name", ["optuna.db", "mlflow.db"])
@pytest.mark.parametrize("trouble", [sqlite3.DatabaseError("not a database"), sqlite3.OperationalError("readonly")])
def test_a_database_is_never_parted_from_its_journal(
    home: Path, name: str, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it cannot be rolled back, as in a folder that may not be written, the journal is what it is mended by."""
    leave_hot(home / name)

    def refuse(path: Path, _: float) -> sqlite3.Connection:
        if path.name == name:
            raise trouble
        return opened(path, 5.0)  # type: ignore[return-value]

    monkeypatch.setattr("beamopt.doctor.files.opened", refuse)
    found = of(look(home), name)
    assert found.state == "bad"
    assert f"leave {name}-journal beside it" in found.remedy
    assert "aside" not in found.remedy


@pytest.mark.parametrize("sort", ["pages", "head", "all of it"])
def test_a_damaged_mlflow_is_moved_aside_and_rebuilt(home: Path, sort: str) -> None:
    if sort == "pages":
        damage(home / "mlflow.db")
    else:
        content = (home / "mlflow.db").read_bytes()
        (home / "mlflow.db").write_bytes(b"rubbish!" * 9 + content[72:] if sort == "head" else b"rubbish!" * 999)
    broken = (home / "mlflow.db").read_bytes()
    findings = look(home, repair=True)
    assert [one for one in findings if one.state == "bad"] == []
    assert of(findings, "mlflow.db").repaired
    assert of(findings, "mof in MLflow").said.endswith("now all 6 trials")
    assert (home / "mlflow-damaged-1" / "mlflow.db").read_bytes() == broken
    assert [one for one in look(home, repair=True) if one.repaired] == []
    damage(home / "mlflow.db")
    assert "mlflow-damaged-2" in of(look(home, repair=True), "mlflow.db").said


def test_nothing_is_moved_aside_that_could_not_be_made_again(home: Path) -> None:
    """Neither while a study writes into it, nor where the trials cannot be read."""
    damage(home / "mlflow.db")
    search = Search.open(home, study(9))
    with search.lock():
        found = of(look(home, repair=True), "mlflow.db")
        assert (found.state, "is being run by process" in found.said) == ("bad", True)
    search.close()
    damage(home / "optuna.db")
    assert of(look(home, repair=True), "mlflow.db").state == "bad"
    assert not (home / "mlflow-damaged-1").exists()


@pytest.mark.parametrize(
    ("version", "way"), [("e1f2a3b4c5d6", "mlflow db upgrade sqlite:////"), ("ffffffffffff", "upgrade mlflow")]
)
def test_tables_of_another_mlflow_are_not_called_whole(home: Path, version: str, way: str) -> None:
    with sqlite3.connect(home / "mlflow.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
    database.close()
    found = of(look(home, repair=True), "mlflow.db")
    assert found.state == "bad"
    assert version in found.said
    assert way in found.remedy
    with pytest.raises(StorageError, match=version):  # the study itself thinks so too
        Recorder(None, home).start(study(6))


@pytest.mark.parametrize(
    ("version", "way"), [("v3.0.0.a", "optuna storage upgrade --storage"), ("v99", "--upgrade optuna")]
)
def test_tables_of_another_optuna_are_named_with_the_way_out(home: Path, version: str, way: str) -> None:
    with sqlite3.connect(home / "optuna.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
    database.close()
    assert any(one.state == "bad" and way in one.remedy for one in look(home) if one.about == "optuna.db")
    with pytest.raises(StorageError, match=way):
        Search.load(home, "mof")
    with pytest.raises(StorageError, match=way):
        Search.open(home, study(6))


def test_a_folder_that_mlflow_cannot_take_is_told(home: Path) -> None:
    strange = home.rename(home.with_name("50%20"))
    found = of(look(strange), "mlflow.db")
    assert (found.state, "rename the folder" in found.said + found.remedy) == ("bad", True)
