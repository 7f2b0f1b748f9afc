"""A real crystal on workers: the same numbers as in one process, from Python, from the shell, on a foreign cluster."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from distributed import LocalCluster

from beamopt.errors import InputError
from beamopt.fleet.cluster import LocalWorkers, Scheduler
from beamopt.spec import load_study
from beamopt.study import Event, Pace, Progress, run_study
from faults.harness import run, told
from faults.standins import remote, study
from study.conftest import TINY
from study.test_study_run import _command, _trials_told, numbers

PACE = Pace(batch=3)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    home = tmp_path_factory.mktemp("here")
    return numbers(run_study(load_study("srtio3_quick", TINY), home=home, pace=PACE).trials)


def test_two_workers_give_the_numbers_of_one_process(here: list[tuple[object, ...]], tmp_path: Path) -> None:
    """Values, metrics, constraints and reasons to the last bit; stages of every trial are told."""
    stages: set[tuple[int | None, str]] = set()

    def listen(event: Event) -> None:
        if isinstance(event, Progress):
            stages.add((event.number, event.stage))

    before = dict(os.environ)
    found = run_study(
        load_study("srtio3_quick", TINY), home=tmp_path, fleet=LocalWorkers(2), pace=PACE, listener=listen
    )
    assert dict(os.environ) == before
    assert numbers(found.trials) == here
    finished = {t.number for t in found.trials if t.state == "finished"}
    assert {number for number, stage in stages if stage == "icom"} >= finished


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 150
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ready()


@pytest.mark.slow
def test_ctrl_c_on_the_whole_terminal_finishes_what_is_begun(here: list[tuple[object, ...]], tmp_path: Path) -> None:
    """As a terminal does it: SIGINT to every process of the group; the same command again goes on."""
    environment = os.environ | {"BEAMOPT_CACHE": str(tmp_path / "cache")}
    words = [*_command(tmp_path / "runs"), "--workers", "2", "--batch", "3"]
    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    _wait(lambda: _trials_told(tmp_path / "runs") >= 1)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 130, said
    assert "Go on with: beamopt study srtio3_quick" in said
    assert "Traceback" not in said
    assert "leaked" not in said
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True, timeout=200)
    front = {row["trial"]: list(row["values"].values()) for row in json.loads(done.stdout)["front"]}
    values = {row[0]: list(row[3]) for row in here if isinstance(row[3], tuple)}
    assert front == {number: values[number] for number in front}


def test_a_foreign_scheduler_gives_the_same_study(tmp_path: Path) -> None:
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1", silence_logs=50
        ) as cluster,
        Scheduler(cluster.scheduler_address).pool(study(12), remote) as pool,
    ):
        assert pool.slots == 2
        trials = run(tmp_path / "there", 12, pool, pace=Pace(batch=4))
    assert told(trials) == told(run(tmp_path / "here", 12, pace=Pace(batch=4)))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://"])
def test_no_scheduler_is_one_clear_line(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beamopt.fleet.cluster._PATIENCE", 1.0)
    with (
        pytest.raises(InputError, match=r"--scheduler .*: no Dask"),
        Scheduler(address).pool(study(1), remote),
    ):
        pass


def test_workers_and_a_scheduler_exclude_each_other(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "beamopt", "study", "srtio3_quick", "--workers", "2", "--scheduler", "tcp://x:1"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "give one of them" in done.stderr
