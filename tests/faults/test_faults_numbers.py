"""Objectives that give no numbers, caches that are damaged, clocks that jump, and what three hundred trials cost."""

import ast
import math
import random
import resource
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest

import beamopt
from beamopt.cache import Cache, key_of
from beamopt.fleet import Answer, InProcess, Task
from beamopt.search import Search
from beamopt.study import Event, Pace, TrialDone
from beamopt.study.journal import Journal
from faults.harness import run, silent, told
from faults.standins import Stage, at_once, outcome, study
from measured import Note

BROKEN: dict[str, object] = {
    "NaN": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "None": None,
    "an array": np.ones(3),
    "a text": "12",
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_objective_that_is_no_number_fails_with_its_reason(quick: Path, name: str, note: Note) -> None:
    def work(task: Task, _: Stage) -> Answer:
        values: tuple[object, ...] = (100.0, BROKEN[name])
        metrics = {"information": BROKEN[name] if isinstance(BROKEN[name], float) else 1.0}
        return Answer(number=task.number, state="finished", values=values, metrics=metrics)  # type: ignore[arg-type]

    trials = run(quick, 3, InProcess(work))
    assert {t.state for t in trials} == {"failed"}
    assert all("is not a finite number" in t.reason for t in trials)
    with sqlite3.connect(quick / "optuna.db") as database:
        for table, column in (("trial_values", "value_type"), ("trial_values", "value")):
            assert database.execute(f"select {column} from {table}").fetchall() == []  # noqa: S608
        said = " ".join(value for (value,) in database.execute("select value_json from trial_user_attributes"))
    assert "NaN" not in said
    assert "Infinity" not in said
    note(f"objective returns {name}", "FAILED with its reason", "no non-finite number stored")


def test_damaged_cache_entries(tmp_path: Path, note: Note) -> None:
    """A hundred entries, each flipped, truncated or emptied in its data or its label: never a wrong array."""
    rng, cache, wrong = random.Random(3), Cache(tmp_path), 0  # noqa: S311

    def make(number: int) -> dict[str, np.ndarray]:
        return {"a": np.random.default_rng(number).normal(size=(16, 16))}

    for number in range(100):
        cache.fetch({"n": number}, lambda number=number: make(number))  # type: ignore[misc]
    for number in range(100):
        victim = tmp_path / f"{key_of({'n': number})}.{rng.choice(['npz', 'npz', 'json'])}"
        content = bytearray(victim.read_bytes())
        place = rng.randrange(len(content))
        damage = rng.choice(["flip", "truncate", "empty"])
        if damage == "flip":
            content[place] ^= 1 << rng.randrange(8)
        victim.write_bytes({"flip": bytes(content), "truncate": bytes(content[:place]), "empty": b""}[damage])
    made = 0
    for number in range(100):
        again: list[int] = []

        def remake(number: int = number, again: list[int] = again) -> dict[str, np.ndarray]:
            again.append(number)
            return make(number)

        found = cache.fetch({"n": number}, remake)
        made += len(again)
        wrong += not np.array_equal(found["a"], make(number)["a"])
    note("100 damaged cache entries", f"{made} remade, {wrong} wrong", "all detected, 0 wrong")
    assert wrong == 0
    assert made >= 95, "a flip in a label may leave what it says true"


def test_a_cache_that_disappears_is_made_again(tmp_path: Path) -> None:
    import shutil

    cache = Cache(tmp_path / "cache")
    first = cache.fetch({"n": 1}, lambda: {"a": np.arange(4)})
    shutil.rmtree(tmp_path / "cache")
    assert np.array_equal(cache.fetch({"n": 1}, lambda: {"a": np.arange(4)})["a"], first["a"])


def test_no_decision_hangs_on_the_clock_of_the_wall(note: Note) -> None:
    """Clocks jump: time is told by counts that grow and by steady clocks."""
    found = set()
    root = Path(str(beamopt.__file__)).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
                if name in ("time.time", "time.time_ns", "datetime.now", "datetime.today", "date.today"):
                    found.add(f"{path.relative_to(root)}: {name}")
    note("clock jumps", f"{len(found)} places read the wall clock", "no decision by the clock")
    assert not found


@pytest.mark.slow
def test_three_hundred_trials(quick: Path, note: Note) -> None:
    """Bookkeeping in processor time, told; its growth with the past is what is limited, as machines differ."""
    spent, memory = [time.process_time()], []

    def listen(event: Event) -> None:
        if isinstance(event, TrialDone):
            spent.append(time.process_time())
            memory.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())

    trials = run(quick, 300, InProcess(at_once), listener=listen)
    each = 1e3 * (spent[-1] - spent[0]) / 300
    growth = max(memory) / memory[100] - 1
    slower = (spent[300] - spent[200]) / (spent[200] - spent[100])
    assert len(trials) == 300
    text = f"{each:.0f} ms each, the last hundred {slower:.2f} x the second, memory +{growth:.1%}"
    note("300 trials, search and loop", text, "<= 50 ms, < 10 %")
    assert growth < 0.1
    assert slower < 2


@pytest.mark.slow
def test_the_record_of_a_trial_costs_little(quick: Path, note: Note) -> None:
    """MLflow's share, on a real store, for forty trials."""
    journal = Journal(study(40), quick, None, silent)
    search = Search.open(quick / "other", study(40))
    journal.open(())
    answers = [outcome(Task(number=n, params=search.ask().params)) for n in range(40)]
    search.close()
    trials = run(quick, 40)
    begun = time.process_time()
    for trial, answer in zip(trials, answers, strict=True):
        journal.trial(trial, answer)
    each = 1e3 * (time.process_time() - begun) / 40
    note("recording a trial in MLflow, without pictures", f"{each:.0f} ms", "told, not limited")


@pytest.mark.slow
def test_the_coordinator_sustains_sixty_four_workers(quick: Path, note: Note) -> None:
    """Sixty-four workers of twelve seconds a trial would end 320 a minute; simulated, so that the loop is the limit."""
    begun, wall = time.process_time(), time.perf_counter()
    trials = run(quick, 300, InProcess(at_once), pace=Pace(batch=64, order="completion"))
    minute = 300 / (time.process_time() - begun) * 60
    wall = time.perf_counter() - wall
    assert len(trials) == 300
    note("64 proposals under way, stand-in", f"{minute:.0f} trials a minute ({300 / wall * 60:.0f} here)", ">= 200")


def test_a_folder_in_which_nothing_can_be_written(note: Note) -> None:
    from beamopt.errors import StorageError

    with pytest.raises(StorageError, match="/proc"):
        Search.open(Path("/proc/beamopt"), study(1))
    note("a folder that nobody can write", "one line, exit 74", "exit 74, path named")


def test_a_clock_that_jumps_changes_nothing(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)  # noqa: S311
    calm = told(run(quick / "calm", 16))
    monkeypatch.setattr(time, "time", lambda: rng.uniform(-1e9, 4e9))
    assert told(run(quick / "jumping", 16)) == calm
