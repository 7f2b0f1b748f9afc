"""A coordinator that is killed, interrupted or runs out of disk, with the stand-in objective."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from beamopt.search import Search
from faults.harness import told
from measured import Note

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("lives.py")
TRIALS = 16

Life = tuple[float, list[int], int]


def lives(home: Path, plan: list[Life], *, trials: int = TRIALS, pace: float = 0.1) -> list[dict[str, Any]]:
    """Live; every life's exit status, how long it took from the signal on, and what it said."""
    found = lead(home, {"": plan}, trials=trials, pace=pace)
    assert found[-1]["code"] == 0, found[-1]["said"]
    return found


def lead(home: Path, plans: dict[str, list[Life]], *, trials: int, pace: float) -> list[dict[str, Any]]:
    """Lead the lives of several folders, each ended by one in peace."""
    command = [sys.executable, str(DRIVER), str(home), str(trials), str(pace), json.dumps(plans)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    home = tmp_path_factory.mktemp("calm")
    lives(home, [])
    return told(Search.load(home, "mof").trials)


@pytest.mark.parametrize(
    ("signals", "status"),
    [([signal.SIGINT], 130), ([signal.SIGINT, signal.SIGINT], 130), ([signal.SIGTERM], 143)],
    ids=["SIGINT", "SIGINT twice", "SIGTERM"],
)
def test_signals_at_random_moments(
    quick: Path, note: Note, calm: list[tuple[object, ...]], signals: list[int], status: int
) -> None:
    """Eight each: the status says which, nothing stays running, and in the end it is the undisturbed study."""
    rng = random.Random(status + len(signals))  # noqa: S311
    plan: list[Life] = [(rng.uniform(0, 0.4), [int(s) for s in signals], 0) for _ in range(8)]
    found = lives(quick, plan, pace=0.05)
    cut = [life for life in found[:-1] if life["code"] != 0]
    assert {life["code"] for life in cut} == {status}, [life["said"] for life in found]
    assert len(cut) >= 3
    assert all("Go on with: beamopt study mof" in life["said"] for life in cut)
    # A signal may hit a finalizer, where Python says so and goes on; the study ends with its trial then.
    loud = [life["said"] for life in found if "Traceback" in life["said"] and "Exception ignored" not in life["said"]]
    assert not loud, loud
    assert [life["running"] for life in found] == [0] * len(found)
    assert told(Search.load(quick, "mof").trials) == calm
    worst = max(life["grace"] for life in cut)
    name = " twice" if len(signals) > 1 else ""
    note(f"{signal.Signals(signals[0]).name}{name} at {len(cut)} random moments", f"{worst:.1f} s", f"exit {status}")
    assert worst < 10


def _child(parent: int) -> int:
    """The life that a driver leads."""
    (found,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(found)


def _begun(home: Path) -> int:
    from beamopt.errors import BeamoptError

    try:
        return len(Search.load(home, "mof").trials)
    except BeamoptError:
        return 0


def test_three_kills_cost_less_than_half_the_study(quick: Path, note: Note) -> None:
    """Kills in the fourth, eighth and twelfth second of a sixteen-second study, opening included."""
    begun = time.perf_counter()
    lives(quick / "calm", [], pace=1.0)
    whole = time.perf_counter() - begun
    begun = time.perf_counter()
    found = lives(quick / "killed", [(4.0, [int(signal.SIGKILL)], 0)] * 3, pace=1.0)
    killed = time.perf_counter() - begun
    assert [life["code"] for life in found] == [-9, -9, -9, 0]
    assert told(Search.load(quick / "killed", "mof").trials) == told(Search.load(quick / "calm", "mof").trials)
    note("three kills in a study of 16 trials", f"{killed / whole:.2f} x uninterrupted", "<= 1.5 x")
    assert killed <= 1.5 * whole


def test_a_full_disk_at_six_sizes(quick: Path, note: Note, calm: list[tuple[object, ...]]) -> None:
    """A file size limit stands in for the disk; exit 74 with the path, and a clean resume when there is space."""
    sizes = [1, 30_000, 90_000, 125_000, 140_000, 160_000]
    found = lead(quick, {str(size): [(0.0, [], size)] for size in sizes}, trials=TRIALS, pace=0.0)
    firsts, lasts = found[::2], found[1::2]
    assert [life["code"] for life in lasts] == [0] * len(sizes), [life["said"] for life in lasts]
    for size, first in zip(sizes, firsts, strict=True):
        assert first["code"] in (0, 74), first["said"]
        assert first["code"] == 0 or str(quick / str(size)) in first["said"]
        assert "Traceback" not in first["said"]
        assert told(Search.load(quick / str(size), "mof").trials) == calm
    hit = sum(life["code"] == 74 for life in firsts)
    assert hit >= 3
    note(f"disk full at {hit} of {len(sizes)} sizes", "exit 74, path named, resumed", "exit 74, resumes")


def test_the_second_coordinator_is_refused_and_takes_over(quick: Path, note: Note) -> None:
    command = [sys.executable, str(DRIVER), str(quick), "60", "0.2", json.dumps({"": []})]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as driver:
        while _begun(quick) < 1:
            assert driver.poll() is None
            time.sleep(0.05)
        child = _child(driver.pid)
        refused = lead(quick, {"": []}, trials=5, pace=0.0)[-1]
        assert refused["code"] == 75
        assert f"is being run by process {child} on " in refused["said"]
        subprocess.run(["kill", "-9", str(child)], check=True)
        driver.wait(60)
    assert lead(quick, {"": []}, trials=5, pace=0.0)[-1]["code"] == 0
    note(
        "a second coordinator on one study",
        f"refused in {refused['grace']:.1f} s, opening included",
        "exit 75 within 1 s, takes over",
    )
