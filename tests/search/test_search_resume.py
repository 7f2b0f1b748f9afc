"""An interrupted trial keeps its number and parameters; nothing is lost, doubled or left running."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from beamopt.search import Search
from beamopt.spec import StudySpec

DRIVER = Path(__file__).with_name("lives.py")


def test_an_interrupted_trial_is_asked_again_before_anything_new(home: Path, spec: StudySpec) -> None:
    died = Search.open(home, spec)
    first, second = died.ask(), died.ask()
    died.tell_failed(first.number, "no")
    died.close()
    search = Search.open(home, spec)
    with search.lock():
        assert search.requeue_stale() == (1,)
        assert [trial.state for trial in search.trials()] == ["failed", "waiting"]
        again = search.ask()
        assert (again.number, again.params, again.attempt) == (1, second.params, 2)
        assert search.requeue_stale() == ()
        assert search.ask().number == 2
    search.close()


def test_a_proposal_given_back_is_no_attempt(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    first = search.ask()
    search.requeue(first.number)
    assert [trial.state for trial in search.trials()] == ["waiting"]
    assert search.ask() == first
    search.close()


def test_a_proposal_cut_off_just_after_it_was_stored_is_given_back(
    home: Path, spec: StudySpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Search.open(home, spec)
    optuna = search._storage._storage
    store = optuna.create_new_trial

    def cut_off(*what: Any) -> None:
        store(*what)
        raise KeyboardInterrupt

    with search.lock():
        search.ask()
        monkeypatch.setattr(optuna, "create_new_trial", cut_off)
        with pytest.raises(KeyboardInterrupt):
            search.ask()
        monkeypatch.undo()
        search.release()
        assert [trial.state for trial in search.trials()] == ["waiting", "waiting"]
    search.close()


def test_what_is_kept_in_mind_is_what_the_database_holds(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    with search.lock():
        for values in ((1.0, 2.0), (2.0, 1.0)):
            search.tell_finished(search.ask().number, values, {"information": 1.0}, {"window": -1.0})
        search.tell_infeasible(search.ask().number, "too wide", {"window": 5.0})
        search.tell_failed(search.ask().number, "no image")
        given_back = search.ask().number
        search.requeue(given_back)
        search.ask()
        assert search.ask().number == 5
        assert search.trials() == Search.load(home, spec.name).trials
    search.close()


def test_stale_trials_are_judged_only_under_the_lock(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    with pytest.raises(RuntimeError, match="lock"):
        search.requeue_stale()
    search.close()


def test_what_a_dying_owner_told_by_half_is_told_afresh(
    home: Path, spec: StudySpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the constraints and the state: telling again must neither warn nor double."""
    died = Search.open(home, spec)
    died.ask()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(died._storage, "move", die)
    with pytest.raises(KeyboardInterrupt):
        died.tell_infeasible(0, "half told", {"window": 5.0})
    died.close()
    search = Search.open(home, spec)
    with search.lock():
        search.requeue_stale()
        told = search.tell_finished(search.ask().number, (1.0, 2.0), {}, {"window": -1.0, "camera": -2.0})
    assert told.constraints == {"window": -1.0, "camera": -2.0}
    assert (told.state, told.reason) == ("finished", "")
    search.close()


def run_lives(home: Path, study: Path, lives: int, batch: int, pace: float) -> dict[str, Any]:
    """Run the study in forked lives, all but the last killed at a random moment."""
    command = [sys.executable, str(DRIVER), str(home), str(study), str(lives), str(batch), str(pace)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def interrupted(home: Path) -> int:
    """Number of trials over which an owner died."""
    with sqlite3.connect(home / "optuna.db") as database:
        (count,) = database.execute("select count(*) from trial_user_attributes where key = 'interruptions'").fetchone()
    return int(count)


@pytest.mark.parametrize(("batch", "lives"), [(1, 12), (3, 8), pytest.param(1, 50, marks=pytest.mark.slow)])
def test_kill_at_random_moments_changes_nothing(quick: Path, spec: StudySpec, batch: int, lives: int) -> None:
    study = quick / "study.json"
    study.write_text(json.dumps(spec.resolved()))
    calm = run_lives(quick / "calm", study, 0, batch, 0.0)
    killed = run_lives(quick / "killed", study, lives, batch, calm["pace"])
    assert killed["kills"] > lives // 2
    assert interrupted(quick / "killed") >= lives // 10, "too few trials were cut short to prove anything"
    whole = {trial.number: asdict(trial) for trial in Search.load(quick / "killed", spec.name).trials}
    assert list(whole) == list(range(len(whole)))
    assert {trial["state"] for trial in whole.values()} == {"finished", "infeasible", "failed"}
    assert list(whole.values()) == [asdict(trial) for trial in Search.load(quick / "calm", spec.name).trials]
    for told in killed["told"]:
        assert whole[told["number"]] == told | {"values": tuple(told["values"])}, "a told trial was lost or changed"
    assert calm["kills"] == 0
