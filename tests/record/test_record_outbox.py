"""An MLflow that is away, locked or deleted stops nothing, and is caught up exactly once."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from beamopt.errors import StorageError
from beamopt.record import Recorder
from beamopt.record.database import database_of, uri_of
from beamopt.record.outbox import Outbox
from beamopt.record.reach import require_reachable
from beamopt.record.rows import digest
from beamopt.record.server import ui_command
from beamopt.spec import StudySpec
from beamopt.study.events import Event, Halted
from beamopt.study.journal import Journal
from beamopt.study.outcome import Outcome
from beamopt.trial import Trial

Made = Callable[[int], Trial]
SECOND = 1.0  # s that a trial may wait for an MLflow that is not there
IMAGES = {"icom/phase": np.arange(12.0).reshape(3, 4), "icom/truth": np.ones((3, 4))}


class Server:
    """A real MLflow server on a database of its own, that can be killed and started again."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.home, self.address = home, f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Return when it answers."""
        void = subprocess.DEVNULL
        self.process = subprocess.Popen(
            ui_command(self.home, self.port), start_new_session=True, stdout=void, stderr=void
        )
        for _ in range(600):
            try:
                return require_reachable(self.address)
            except StorageError:
                time.sleep(0.1)
        raise AssertionError("the server does not start")

    def kill(self) -> None:
        """As a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    made = Server(home)
    yield made
    if made.process.poll() is None:
        made.kill()


def runs(uri: str, view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
    """Trials' runs in order."""
    client = MlflowClient(uri, registry_uri=uri)
    experiments = [e.experiment_id for e in client.search_experiments()]
    found = client.search_runs(experiments, "tags.`beamopt.role` = 'trial'", view)
    return sorted(found, key=lambda run: int(run.data.tags["beamopt.trial"]))


def require_equal(uri: str, trials: list[Trial]) -> None:
    """MLflow holds these trials, each once and as it is."""
    found = runs(uri)
    assert [run.data.tags["beamopt.trial"] for run in found] == [str(trial.number) for trial in trials]
    assert [run.data.tags["beamopt.digest"] for run in found] == [digest(trial) for trial in trials]
    assert all(run.info.status in ("FINISHED", "KILLED", "FAILED") for run in found)
    for run, trial in zip(found, trials, strict=True):
        if trial.values:
            assert run.data.metrics["information"] == trial.values[1]


def outcome_of(spec: StudySpec, home: Path, trials: list[Trial]) -> Outcome:
    return Outcome(spec=spec, trials=tuple(trials), front=(), hypervolume=0.0, home=home)


def timed(journal: Journal, trial: Trial) -> float:
    start = time.monotonic()
    journal.trial(trial, None)
    return time.monotonic() - start


def test_a_server_killed_and_started_again(
    server: Server, quick: Path, spec: StudySpec, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trials told while it is away are there afterwards, once; so is the summary."""
    monkeypatch.setattr("beamopt.study.journal._PATIENCE", 0.0)
    told: list[Event] = []
    journal = Journal(spec, quick / "study", server.address, told.append)
    trials = [made(number) for number in range(9)]
    journal.open([])
    for trial in trials[:3]:
        journal.trial(trial, None)
    server.kill()
    assert max(timed(journal, trial) for trial in trials[3:6]) < SECOND
    server.start()
    for trial in trials[6:]:
        journal.trial(trial, None)
    journal.close(outcome_of(spec, quick / "study", trials), [0.0] * 9)
    require_equal(server.address, trials)
    assert not journal.behind
    reasons = [event.reason for event in told if isinstance(event, Halted)]
    assert [reason.split(":")[0] for reason in reasons] == ["MLflow is behind", "MLflow has caught up"]
    # Somebody else runs the same study from another folder: neither touches the other's runs.
    Recorder(server.address, quick / "other").rebuild(spec, trials[:2])
    assert Recorder(server.address, quick / "study").rebuild(spec, trials) == 0
    assert len(runs(server.address)) == 11
    require_reachable(f"{server.address}/no/such/page")  # an answer of any kind is a sign of life
    server.kill()
    with pytest.raises(StorageError, match="no answer"):
        require_reachable(server.address)


def test_what_waits_at_the_end_is_said_with_its_remedy(spec: StudySpec, made: Made, home: Path) -> None:
    told: list[Event] = []
    trials = [made(number) for number in range(4)]
    journal = Journal(spec, home, "http://127.0.0.1:9", told.append)
    journal.open([])
    assert max(timed(journal, trial) for trial in trials) < SECOND
    journal.close(outcome_of(spec, home, trials), [])
    last = told[-1]
    assert isinstance(last, Halted)
    assert last.reason.startswith("4 of 4 trials wait for MLflow")
    assert "beamopt record mof --home" in last.reason
    assert last.reason.endswith("--tracking-uri http://127.0.0.1:9")


def test_a_server_that_accepts_and_never_speaks(quick: Path, spec: StudySpec, made: Made) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(50)
        journal = Journal(spec, quick, f"http://127.0.0.1:{deaf.getsockname()[1]}", lambda _event: None)
        start = time.monotonic()
        journal.open([])
        for number in range(30):
            journal.trial(made(number), None)
        # One second to learn it is deaf, and not again for twenty.
        assert time.monotonic() - start < 4


LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
"""


def test_a_database_locked_by_another_process(
    home: Path, spec: StudySpec, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beamopt.study.journal._PATIENCE", 0.0)
    journal = Journal(spec, home, None, lambda _event: None)
    trials = [made(number) for number in range(6)]
    journal.open([])
    journal.trial(trials[0], None)
    words = [sys.executable, "-c", LOCK, str(database_of(home)), "60"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        assert max(timed(journal, trial) for trial in trials[1:5]) < SECOND
        assert journal.behind
        holder.kill()
    journal.trial(trials[5], None)
    journal.close(outcome_of(spec, home, trials), [])
    require_equal(uri_of(home), trials)


@pytest.mark.parametrize("also", ["artifacts", "nothing"])
def test_mlflow_deleted_in_the_middle(
    home: Path, spec: StudySpec, made: Made, monkeypatch: pytest.MonkeyPatch, also: str
) -> None:
    monkeypatch.setattr("beamopt.study.journal._PATIENCE", 0.0)
    journal = Journal(spec, home, None, lambda _event: None)
    trials = [made(number) for number in range(5)]
    journal.open([])
    for trial in trials[:3]:
        journal.trial(trial, None)
    database_of(home).unlink()
    shutil.rmtree(home / also, ignore_errors=True)
    assert not journal.behind
    for trial in trials[3:]:
        journal.trial(trial, None)
    journal.close(outcome_of(spec, home, trials), [])
    require_equal(uri_of(home), trials)
    assert not database_of(home).with_name("mlflow.db-journal").exists()


def test_deleted_runs_come_back_once(home: Path, spec: StudySpec, made: Made) -> None:
    """Somebody tidied up in MLflow: the next start makes it equal again."""
    trials = [made(number) for number in range(4)]
    Recorder(None, home).rebuild(spec, trials)
    client = MlflowClient(uri_of(home))
    for run in runs(uri_of(home))[1:3]:
        client.delete_run(run.info.run_id)
    assert Recorder(None, home).rebuild(spec, trials) == 2
    require_equal(uri_of(home), trials)


def test_pictures_wait_in_the_folder_and_arrive(home: Path, spec: StudySpec, made: Made) -> None:
    away = Recorder("http://127.0.0.1:9", home)
    away.keep(spec, made(0), IMAGES, {"frc.png": b"\x89PNG"})
    recorder = Recorder(None, home)
    recorder.rebuild(spec, [made(0)])
    (run,) = runs(uri_of(home))
    names = {file.path for file in MlflowClient(uri_of(home)).list_artifacts(run.info.run_id)}
    assert {"frc.png", "icom.png", "images"} <= names
    assert not (home / "waiting").exists()


def test_what_is_kept_comes_back_bit_for_bit_and_rubbish_is_nothing(quick: Path) -> None:
    outbox = Outbox(quick, "mof")
    phase = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    outbox.keep(3, {"icom/phase": phase}, {"frc.png": b"\x89PNG\x00\xff"})
    images, figures = outbox.take(3)
    np.testing.assert_array_equal(images["icom/phase"], phase)
    assert figures == {"frc.png": b"\x89PNG\x00\xff"}
    path = next((quick / "waiting" / "mof").iterdir())
    for content in (b"", b"rubbish", path.read_bytes()[:100]):
        path.write_bytes(content)
        assert outbox.take(3) == ({}, {})
    assert outbox.take(4) == ({}, {})
    (quick / "full").write_text("a file where a folder should be")
    Outbox(quick / "full", "mof").keep(0, {"icom/phase": phase}, {})


def test_catching_up_may_be_cut_anywhere(home: Path, spec: StudySpec, made: Made) -> None:
    """A second of catching up between trials, again and again, comes to the same as all at once."""
    trials = [made(number) for number in range(7)]
    written: list[int] = []
    while sum(written) < len(trials):
        written.append(Recorder(None, home).rebuild(spec, trials, seconds=0.05))
        assert len(written) < 30
    require_equal(uri_of(home), trials)


def test_nothing_is_created_by_asking(quick: Path) -> None:
    require_reachable(uri_of(quick))
    assert list(quick.iterdir()) == []
    with sqlite3.connect(quick / "mlflow.db") as database:
        database.execute("create table t (x)")
    before = (quick / "mlflow.db").read_bytes()
    require_reachable(uri_of(quick))
    assert (quick / "mlflow.db").read_bytes() == before


@pytest.mark.slow
def test_a_server_killed_at_any_moment(
    server: Server, quick: Path, spec: StudySpec, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five kills while trials are being written, so that answers are lost with their questions half done."""
    monkeypatch.setattr("beamopt.study.journal._PATIENCE", 0.0)
    chance = np.random.default_rng(5)
    journal = Journal(spec, quick / "study", server.address, lambda _event: None)
    trials = [made(number) for number in range(60)]
    journal.open([])
    for first in range(0, 50, 10):
        killer = threading.Timer(chance.uniform(0.0, 1.0), server.kill)
        killer.start()
        for trial in trials[first : first + 10]:
            journal.trial(trial, None)
        killer.join()
        server.start()
    for trial in trials[50:]:
        journal.trial(trial, None)
    journal.close(outcome_of(spec, quick / "study", trials), [])
    require_equal(server.address, trials)
    client = MlflowClient(server.address)
    parents = client.search_runs(
        [e.experiment_id for e in client.search_experiments()], "tags.`beamopt.role` = 'study'"
    )
    assert len(parents) == 1
