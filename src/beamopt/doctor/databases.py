"""The project folder's databases: whole, of the right form, and saying the same."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from beamopt import record
from beamopt.doctor.files import Condition, condition_of
from beamopt.doctor.finding import Finding, bad, fine, warning
from beamopt.errors import BeamoptError, InputError, LockedError
from beamopt.record.rebuilt import put_aside
from beamopt.record.schema import form_of
from beamopt.record.tally import recorded
from beamopt.search import Search, names
from beamopt.search.lock import running
from beamopt.study.catchup import catch_up
from beamopt.trial import Trial

__all__ = ["databases"]

_FINAL = ("finished", "infeasible", "failed")


def databases(home: Path, *, repair: bool) -> Iterator[Finding]:
    """Look at both databases and at every study in them.

    Parameters
    ----------
    home
        Project folder.
    repair
        Queue what dead owners left running, and record what MLflow lacks, in a new database where the old one is
        damaged; told again, nothing changes.
    """
    trials = condition_of(home / "optuna.db", remedy="restore a copy, or move it aside", form=_any_form)
    yield trials.finding
    known, trouble = _names(home, trials)
    if trouble is not None:
        yield trouble
    kept = _mlflow(home, known, repair=repair)
    yield kept.finding
    for name in known:
        yield from _study(home, name, repair=repair, record=not kept.trouble)


def _any_form(_version: str) -> tuple[str, str]:
    """Optuna itself says which versions of its tables it takes."""
    return "", ""


def _names(home: Path, trials: Condition) -> tuple[tuple[str, ...], Finding | None]:
    """Names of the studies, or why they cannot be read."""
    if trials.trouble or not (home / "optuna.db").is_file():
        return (), None
    try:
        return names(home), None
    except BeamoptError as error:
        return (), _bad("optuna.db", error, "use the versions that wrote it, or another --home")


def _bad(about: str, error: BeamoptError, remedy: str) -> Finding:
    """An error as a finding; its own remedy stands after its last semicolon, if it has one."""
    message, _, own = str(error).rpartition("; ")
    return bad(about, message or own, own if message else remedy)


def _mlflow(home: Path, known: tuple[str, ...], *, repair: bool) -> Condition:
    condition = condition_of(
        home / "mlflow.db",
        remedy="beamopt doctor --repair moves it aside and rebuilds it from Optuna's database",
        form=lambda version: form_of(home, version),
    )
    try:
        record.store_of(home, None)
    except InputError as error:
        return Condition(_bad("mlflow.db", error, "use another --home"), "out of reach")
    if not repair or condition.trouble != "damaged" or not known:
        return condition
    try:
        with ExitStack() as stack:
            for name in known:
                stack.enter_context(running(home, name))
            aside = put_aside(home)
    except BeamoptError as error:
        return Condition(_bad("mlflow.db", error, "run --repair again afterwards"), "damaged")
    sentence = f"was damaged, stands in {aside.name} now; a new one is made without the pictures of before"
    return Condition(fine("mlflow.db", sentence, repaired=True))


def _study(home: Path, name: str, *, repair: bool, record: bool) -> Iterator[Finding]:
    try:
        trials = Search.load(home, name).trials
        if asked := repair or _may_ask(home, name):
            with running(home, name):
                pass
    except LockedError as error:
        yield fine(name, str(error))
        return
    except BeamoptError as error:
        yield _bad(name, error, "use the beamopt that stored it")
        return
    try:
        yield _stale(home, name, trials, asked=asked, repair=repair)
        if record:
            yield _recorded(home, name, trials, repair=repair)
    except LockedError as error:  # somebody began to run it in this moment
        yield fine(name, str(error))
    except BeamoptError as error:
        yield _bad(name, error, "look again when nothing else uses the folder")


def _may_ask(home: Path, name: str) -> bool:
    """Tell whether the run lock can be tried without making anything; a study's name may be anything but a path."""
    locks = home / "locks"
    lock_files = [path for path in locks.glob("*.lock") if path.stem == name]
    return all(os.access(path, os.W_OK) for path in (locks, *lock_files)) and lock_files != []


def _stale(home: Path, name: str, trials: tuple[Trial, ...], *, asked: bool, repair: bool) -> Finding:
    ended = sum(trial.state in _FINAL for trial in trials)
    left = [trial.number for trial in trials if trial.state == "running"]
    if not left:
        return fine(name, f"{ended} trials ended, none left running")
    shown = ", ".join(map(str, left))
    if not repair:
        who = "a process that died" if asked else "a process that died, or whose lock cannot be seen from here"
        return warning(name, f"trials {shown} were left running by {who}", "run it again, or --repair")
    search = Search.open(home, Search.load(home, name).spec)
    try:
        with search.lock():
            search.requeue_stale()
    finally:
        search.close()
    return fine(name, f"trials {shown} wait to be run again", repaired=True)


def _recorded(home: Path, name: str, trials: tuple[Trial, ...], *, repair: bool) -> Finding:
    about, held = f"{name} in MLflow", recorded(home, name)
    final = {trial.number for trial in trials if trial.state in _FINAL}
    missing, surplus = final - held.keys(), held.keys() - final
    doubled = [number for number, count in held.items() if count > 1]
    if not (missing or surplus or doubled):
        return fine(about, f"all {len(final)} trials, each once")
    sentence = f"{len(missing)} trials lacking, {len(surplus)} too many, {len(doubled)} recorded twice"
    if not repair:
        return warning(about, sentence, "beamopt doctor --repair rebuilds it from Optuna's database")
    return fine(about, f"{sentence}; now all {catch_up(name, home)} trials", repaired=True)
