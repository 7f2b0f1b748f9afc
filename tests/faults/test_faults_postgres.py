"""PostgreSQL under a running study, with the stand-in objective; skipped where no server is installed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import beamopt
from beamopt.errors import InputError, StorageError
from beamopt.fleet import InProcess
from beamopt.search import Search
from beamopt.study import Event, Pace, TrialDone
from faults.harness import run, told
from faults.standins import lasting, study
from measured import Note

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if sys.platform == "linux" else []

pytestmark = pytest.mark.skipif(not PROGRAMS, reason="no PostgreSQL server is installed")

OTHER = """
import sys, time
from pathlib import Path
from faults.harness import run
from faults.standins import lasting
from beamopt.fleet import InProcess
run(Path(sys.argv[2]), int(sys.argv[3]), InProcess(lasting(0.05)), storage=sys.argv[1])
"""


class Cluster:
    """A server of its own in a folder of its own, run by nobody if the tests are run by root, as it demands."""

    def __init__(self, folder: Path) -> None:
        self._data, self._log = folder / "data", folder / "log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        folder.chmod(0o777)
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "beamopt", "--no-sync")
        self.start()
        self.url = f"postgresql://beamopt@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self._port} -h 127.0.0.1 -k '' -F"
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._log), "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is a crash."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def _run(self, program: str, *words: str) -> None:
        command = [str(PROGRAMS[-1] / program), *words]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd="/")


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="beamopt-postgres-"))
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _empty(server: Cluster) -> None:
    """Forget the study of the test before."""
    import optuna

    search = Search.open(Path("/nonexistent"), study(1), storage=server.url)
    search.close()
    database = optuna.storages.RDBStorage(server.url.replace("postgresql", "postgresql+psycopg"))
    optuna.delete_study(study_name="mof", storage=database)
    database.engine.dispose()


def test_a_server_restarted_during_a_study_loses_nothing(server: Cluster, quick: Path, note: Note) -> None:
    """Two restarts, one of them a crash, of two seconds each; the study is the one of a file."""
    _empty(server)
    ended: list[int] = []
    away: list[threading.Thread] = []

    def restart(mode: str) -> None:
        server.stop(mode)
        time.sleep(2)
        server.start()

    def listen(event: Event) -> None:
        if isinstance(event, TrialDone):
            ended.append(event.trial.number)
            if len(ended) in (5, 12):
                thread = threading.Thread(target=restart, args=("fast" if len(ended) == 5 else "immediate",))
                thread.start()
                away.append(thread)

    begun = time.monotonic()
    pool = InProcess(lasting(0.05))
    trials = run(quick, 20, pool, pace=Pace(batch=3), listener=listen, storage=server.url)
    seconds = time.monotonic() - begun
    for thread in away:
        thread.join()
    assert len(away) == 2
    assert ended == list(range(20))
    assert told(trials) == told(run(quick / "file", 20, pace=Pace(batch=3)))
    note("PostgreSQL restarted twice during 20 trials", f"0 lost, {seconds:.0f} s", "continues, 0 lost")


@pytest.mark.slow
def test_several_coordinators_share_a_study_and_one_may_die(
    server: Cluster, quick: Path, monkeypatch: pytest.MonkeyPatch, note: Note
) -> None:
    """Three at once, one killed: every number once, every trial ended, the dead one's among them, and none twice."""
    _empty(server)
    monkeypatch.setattr("beamopt.search.heartbeat._TIMEOUT", 9.0)
    others = [
        subprocess.Popen([sys.executable, "-c", OTHER, server.url, str(quick), "60"], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    deadline = time.monotonic() + 120
    while _ended(server) < 10 and time.monotonic() < deadline:
        time.sleep(0.1)
    others[0].send_signal(signal.SIGKILL)
    trials = run(quick, 60, InProcess(lasting(0.05)), storage=server.url)
    assert others[1].wait(120) == 0, others[1].communicate()
    others[0].communicate()
    others[1].communicate()
    assert [t.number for t in trials] == list(range(len(trials)))
    assert {t.state for t in trials} <= {"finished", "infeasible", "failed"}
    assert len({tuple(t.params.values()) for t in trials}) == len(trials) == 60
    note("three coordinators on one PostgreSQL study, one killed", "60 of 60 once each", "0 lost, 0 twice")


def test_a_coordinator_taken_for_dead_does_not_speak_over_its_successor(
    server: Cluster, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its network was away for longer than the silence; what the successor says stands."""
    _empty(server)
    monkeypatch.setattr("beamopt.search.heartbeat._TIMEOUT", 0.2)
    slow, quicker = (Search.open(quick, study(3), storage=server.url) for _ in range(2))
    with slow.lock(), quicker.lock():
        first = slow.ask()
        assert quicker.requeue_stale() == ()
        time.sleep(0.3)
        assert quicker.requeue_stale() == (0,)
        again = quicker.ask()
        assert (again.number, again.params, again.attempt) == (0, first.params, 2)
        quicker.tell_failed(0, "the successor's word")
        assert slow.tell_finished(0, (1.0, 2.0), {}, {}).reason == "the successor's word"
    assert quicker.trials() == slow.trials()
    for search in (slow, quicker):
        search.close()


def _ended(server: Cluster) -> int:
    try:
        return sum(t.state != "running" for t in Search.load(Path("x"), "mof", server.url).trials)
    except InputError:
        return 0


def test_a_server_that_is_not_there_is_one_line_without_the_password(quick: Path) -> None:
    with pytest.raises(StorageError, match="127") as caught:
        Search.open(quick, study(1), storage="postgresql://me:hushhush@127.0.0.1:9/x")
    assert "hushhush" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_command_finds_a_study_on_a_server(server: Cluster, quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _empty(server)
    trials = run(quick, 4, storage=server.url)
    assert len(beamopt.trials("mof", quick, storage=server.url)) == 4
    front = beamopt.pareto_front("mof", quick, storage=server.url)
    assert {t.number for t in front} <= {t.number for t in trials}
    monkeypatch.setenv("BEAMOPT_STORAGE", server.url)
    assert told(Search.load(quick, "mof").trials) == told(trials)
    monkeypatch.delenv("BEAMOPT_STORAGE")
    with pytest.raises(InputError, match="no study"):
        Search.load(quick, "mof")


@pytest.mark.parametrize("address", ["nonsense", "mysql://x/y", "sqlite:///x.db", ""])
def test_other_addresses_are_refused(quick: Path, address: str) -> None:
    with pytest.raises(InputError, match="--storage"):
        Search.open(quick, study(1), storage=address)
