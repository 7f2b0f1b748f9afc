"""Workers on Dask, with the stand-in objective: the same study however many they are and whatever they die of."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from beamopt.errors import FleetError
from beamopt.fleet.cluster import LocalWorkers, Scheduler
from beamopt.fleet.dispatch import Dispatch
from beamopt.search import Search
from beamopt.study import Event, Pace, Progress, TrialDone
from faults.harness import run, told
from faults.standins import remote, remote_hungry, remote_poisoned, remote_slow, study, workers
from measured import Note

MEMORY = 1_200_000_000


@pytest.mark.slow
def test_one_two_or_four_workers_give_the_same_study(quick: Path, note: Note) -> None:
    """Twenty-four trials of very different length, eight under way at once; a pool of one in this process as well."""
    pace, found = Pace(batch=8), []
    for count in (1, 2, 4):
        with LocalWorkers(count).pool(study(24), remote) as pool:
            found.append(told(run(quick / str(count), 24, pool, pace=pace)))
    found.append(told(run(quick / "here", 24, pace=pace)))
    assert found[0] == found[1] == found[2] == found[3]
    assert {row[1] for row in found[0]} >= {"finished", "infeasible"}
    note("1, 2, 4 workers and none, 24 trials, batch 8", "identical", "parameters identical")


def test_a_killed_worker_costs_seconds(quick: Path, note: Note) -> None:
    """Two workers, one killed in the middle of a trial of one second."""
    with LocalWorkers(2).pool(study(6), remote_slow) as pool:
        begun = time.monotonic()
        run(quick / "calm", 6, pool, pace=Pace(batch=4))
        calm = time.monotonic() - begun

        victims = workers()[:1]

        def kill(event: Event) -> None:
            if isinstance(event, Progress) and event.number == 1 and victims:
                os.kill(victims.pop(), signal.SIGKILL)

        begun = time.monotonic()
        trials = run(quick / "killed", 6, pool, pace=Pace(batch=4), listener=kill)
        lost = time.monotonic() - begun - calm
    assert [t.state for t in trials].count("failed") == sum(t.reason == "diverged" for t in trials)
    assert len(trials) == 6
    note("kill -9 of a worker in a trial", f"{lost:.1f} s lost", "finishes elsewhere, <= 10 s lost")
    assert lost < 10


def test_a_poisoned_trial_fails_with_its_reason_and_the_study_ends(quick: Path, note: Note) -> None:
    with LocalWorkers(2).pool(study(8), remote_poisoned) as pool:
        begun = time.monotonic()
        trials = run(quick, 8, pool, pace=Pace(batch=4))
        seconds = time.monotonic() - begun
    assert trials[2].state == "failed"
    assert "took 2 workers down with it" in trials[2].reason
    assert [t.state for t in trials].count("failed") == 1 + sum(t.reason == "diverged" for t in trials)
    note("every worker dies on one trial", f"FAILED, study ended in {seconds:.1f} s", "FAILED with its reason")


@pytest.mark.slow
def test_a_trial_that_takes_too_much_memory_fails_with_its_reason(quick: Path, note: Note) -> None:
    with LocalWorkers(2, memory=MEMORY).pool(study(6), remote_hungry) as pool:
        trials = run(quick, 6, pool, pace=Pace(batch=4))
    assert trials[1].state == "failed"
    assert "each may use 1.2 GB" in trials[1].reason
    assert all(t.state != "failed" or t.reason == "diverged" for t in trials if t.number != 1)
    note("a trial beyond the memory limit", "FAILED, machine unharmed", "FAILED with its reason")


@pytest.mark.slow
def test_chaos(quick: Path, note: Note) -> None:
    """Random workers killed at random moments; a second one only when the first is back, as bad luck is no poison."""
    rng, stop, killed = random.Random(5), threading.Event(), []  # noqa: S311

    def chaos(pool: Dispatch) -> None:
        while not stop.wait(rng.uniform(0.3, 0.9)):
            alive = list(pool._client.run(os.getpid).values()) if len(pool._client.nthreads()) == 3 else []
            if len(alive) == 3:
                os.kill(rng.choice(alive), signal.SIGKILL)
                killed.append(1)

    with LocalWorkers(3).pool(study(60), remote) as pool:
        assert isinstance(pool, Dispatch)
        agent = threading.Thread(target=chaos, args=(pool,))
        agent.start()
        try:
            trials = run(quick / "chaos", 60, pool, pace=Pace(batch=6))
        finally:
            stop.set()
            agent.join()
    assert told(trials) == told(run(quick / "calm", 60, pace=Pace(batch=6)))
    assert len(killed) >= 2
    ended = sum(t.state in ("finished", "infeasible", "failed") for t in trials)
    note(f"chaos: {len(killed)} workers killed during 60 trials", f"{ended} of 60 ended, as undisturbed", "60 of 60")


def test_workers_end_with_the_block_and_ignore_ctrl_c(quick: Path) -> None:
    with LocalWorkers(2).pool(study(6), remote) as pool:
        deadline = time.monotonic() + 30  # a busy machine is slow to show what it started
        while len(known := workers()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(known) == 2

        def interrupt(event: Event) -> None:
            if isinstance(event, Progress):
                for pid in known:
                    os.kill(pid, signal.SIGINT)

        run(quick, 6, pool, listener=interrupt)
        assert workers() == known
    deadline = time.monotonic() + 20
    while workers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers() == []


def test_workers_listen_on_loopback_with_a_key_of_their_own() -> None:
    with LocalWorkers(1).pool(study(6), remote):
        listening = [
            line.split()[1]
            for pid in [os.getpid(), *workers()]
            for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[9] in _sockets(pid)
        ]
        assert listening
        assert {address.split(":")[0] for address in listening} == {"0100007F"}


def _sockets(pid: int) -> set[str]:
    """Inodes of a process's sockets."""
    found = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


@pytest.mark.parametrize("order", ["trial", "completion"])
def test_a_stop_finishes_what_is_begun_and_gives_back_the_rest(quick: Path, order: str) -> None:
    stopped: list[bool] = []

    def listen(event: Event) -> None:
        if isinstance(event, Progress):
            stopped.append(True)

    pace = Pace(batch=6, order="trial" if order == "trial" else "completion")
    with LocalWorkers(2).pool(study(12), remote) as pool:
        first = run(quick, 12, pool, pace=pace, listener=listen, should_stop=lambda: bool(stopped))
        assert [t.state for t in first].count("waiting") >= 1
        assert not any(t.state == "running" for t in first)
        whole = run(quick, 12, pool, pace=pace)
    assert all(t.state in ("finished", "infeasible", "failed") for t in whole)
    if order == "trial":
        assert told(whole) == told(run(quick / "calm", 12, pace=pace))


def test_a_scheduler_that_dies_ends_the_study_in_words(quick: Path, note: Note) -> None:
    """Kill -9 of a foreign scheduler in the middle; nothing stays running, and the same study goes on elsewhere."""
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        [*words, "--dashboard-address", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
    ) as scheduler:
        assert scheduler.stderr is not None
        address = next(m.group() for line in scheduler.stderr if (m := re.search(r"tcp://127\.0\.0\.1:\d+", line)))
        threading.Thread(target=scheduler.stderr.read, daemon=True).start()
        worker = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        killed = 0.0

        def kill(event: Event) -> None:
            nonlocal killed
            if isinstance(event, TrialDone) and event.trial.number == 2:
                scheduler.kill()
                killed = time.monotonic()

        try:
            with (
                Scheduler(address).pool(study(60), remote) as pool,
                pytest.raises(FleetError, match="scheduler is gone"),
            ):
                run(quick, 60, pool, pace=Pace(batch=4), listener=kill)
            seconds = time.monotonic() - killed
        finally:
            worker.kill()
            worker.wait()
    trials = Search.load(quick, "mof").trials
    assert "running" not in {trial.state for trial in trials}
    assert told(run(quick, 8, pace=Pace(batch=4)))[:8] == told(run(quick / "calm", 8, pace=Pace(batch=4)))
    note("kill -9 of a foreign scheduler", f"told after {seconds:.0f} s, nothing left running", "told, nothing lost")
