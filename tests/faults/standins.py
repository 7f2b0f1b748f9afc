"""A stand-in for a crystal: an objective with every outcome that costs what it is told to, here or on a Dask worker."""

import json
import math
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from beamopt.acquisition import Acquisition
from beamopt.fleet import Answer, Task
from beamopt.fleet.messages import Message, pack, task_from
from beamopt.fleet.reporting import reporting
from beamopt.spec import StudySpec
from mof import mof

Stage = Callable[[str, float], None]


def study(trials: int) -> StudySpec:
    return mof(budget={"trials": trials})


def weigh(acquisition: Acquisition) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Margins of the stand-in, in one unit as they are."""
    beam = acquisition.semiangle_cutoff * acquisition.defocus
    margins = {"window": beam / 1e4 - 1.2, "camera": acquisition.semiangle_cutoff - acquisition.detector_outer - 10}
    return margins, margins


def outcome(task: Task) -> Answer:
    """Every outcome, decided by the parameters alone."""
    params = task.params
    beam = params["semiangle_cutoff"] * params["defocus"]
    if beam / 1e4 > 1.2 or params["semiangle_cutoff"] > params["detector_outer"] + 10:
        return Answer(number=task.number, state="infeasible", reason="the probe leaves the window")
    if math.sin(1e3 * beam) > 0.9:
        return Answer(number=task.number, state="failed", reason="diverged")
    information = math.log(params["dose_per_area"]) - (beam / 1e4 - 0.5) ** 2
    return Answer(
        number=task.number,
        state="finished",
        values=(params["dose_per_area"], information),
        metrics={"information": information, "beam": beam, "lost": math.inf},
    )


def at_once(task: Task, stage: Stage) -> Answer:
    stage("stand-in", 0.0)
    return outcome(task)


def lasting(seconds: float) -> Callable[[Task, Stage], Answer]:
    def work(task: Task, stage: Stage) -> Answer:
        stage("stand-in", 0.0)
        time.sleep(seconds)
        return outcome(task)

    return work


def remote(_study: str, task: str, topic: str) -> Message:
    """On a worker: 30 to 270 ms, different for every trial."""
    job = task_from(task)
    reporting(topic, job.number)("stand-in", 0.0)
    time.sleep(0.03 + 0.03 * (job.number * 7 % 9))
    return pack(outcome(job))


def remote_slow(_study: str, task: str, topic: str) -> Message:
    """On a worker: 1 s."""
    job = task_from(task)
    reporting(topic, job.number)("stand-in", 0.0)
    time.sleep(1.0)
    return pack(outcome(job))


def remote_quick(_study: str, task: str, _topic: str) -> Message:
    """On a worker: nothing but the answer."""
    return pack(outcome(task_from(task)))


def remote_poisoned(study: str, task: str, topic: str) -> Message:
    """On a worker: trial 2 kills whoever touches it."""
    if json.loads(task)["number"] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return remote(study, task, topic)


def remote_hungry(study: str, task: str, topic: str) -> Message:
    """On a worker: trial 1 takes memory until it is stopped."""
    if json.loads(task)["number"] == 1:
        held = []
        for _ in range(1200):
            held.append(bytearray(os.urandom(1 << 20) * 8))
            time.sleep(0.01)
    return remote(study, task, topic)


def remote_spin(_study: str, task: str, _topic: str) -> Message:
    """On a worker: a fixed amount of arithmetic, as a trial is."""
    total = 0
    for k in range(12_000_000):
        total += k
    return pack(outcome(task_from(task)))


def processes() -> dict[int, str]:
    """Living processes below this one, by id, with their command lines; zombies do not count."""
    found: dict[int, str] = {}
    parents = [os.getpid()]
    while parents:
        parent = parents.pop()
        for thread in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                children = thread.read_text().split()
            except OSError:
                continue
            for child in map(int, children):
                try:
                    state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
                    words = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                except OSError:
                    continue
                if state != "Z":
                    found[child] = words
                    parents.append(child)
    return found


def workers() -> list[int]:
    """Worker processes below this one."""
    return [pid for pid, words in processes().items() if "spawn_main" in words]
