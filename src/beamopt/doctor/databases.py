"""The project folder's databases: whole, of the right form, and saying the same."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from beamopt.cache import Cache
from beamopt.doctor.finding import Finding, bad, fine, warning
from beamopt.errors import BeamoptError, LockedError
from beamopt.record.tally import recorded
from beamopt.search import Search, names
from beamopt.search.lock import running
from beamopt.study.catchup import catch_up
from beamopt.trial import Trial

__all__ = ["databases"]

_FINAL = ("finished", "infeasible", "failed")


def databases(home: Path, *, repair: bool) -> Iterator[Finding]:
    """Look at both databases, every study in them, and the cache.

    Parameters
    ----------
    home
        Project folder.
    repair
        Queue what dead owners left running, and record what MLflow lacks; told again, nothing changes.
    """
    trials = _whole(home / "optuna.db")
    yield trials
    record = _whole(home / "mlflow.db")
    yield record
    if trials.state == "ok" and (home / "optuna.db").is_file():
        try:
            for name in names(home):
                yield from _study(home, name, repair=repair, record=record.state == "ok")
        except BeamoptError as error:
            yield bad("optuna.db", str(error), "use the versions that wrote it, or another --home")
    yield _cache(repair=repair)


def _whole(path: Path) -> Finding:
    """Judge a file's integrity by SQLite's own check, which reads every page."""
    if not path.is_file():
        return fine(path.name, f"nothing yet in {path.parent}")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            (form,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("none",)
        finally:
            connection.close()
    except sqlite3.Error as error:
        return bad(path.name, str(error), "move it aside or restore a copy; MLflow's is rebuilt by --repair")
    if said != "ok":
        return bad(path.name, f"damaged: {said}", "move it aside or restore a copy; MLflow's is rebuilt by --repair")
    return fine(path.name, f"whole, schema {form}, {path.stat().st_size / 1e6:.1f} MB")


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
        yield bad(name, str(error), "use the beamopt that stored it")
        return
    yield _stale(home, name, trials, asked=asked, repair=repair)
    if record:
        yield _recorded(home, name, trials, repair=repair)


def _may_ask(home: Path, name: str) -> bool:
    """Tell whether the run lock can be tried without making anything; a study's name may be anything but a path."""
    locks = home / "locks"
    found = [path for path in locks.glob("*.lock") if path.stem == name]
    return all(os.access(path, os.W_OK) for path in (locks, *found)) and found != []


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
    said = f"{len(missing)} trials lacking, {len(surplus)} too many, {len(doubled)} recorded twice"
    if not repair:
        return warning(about, said, "beamopt doctor --repair rebuilds it from Optuna's database")
    return fine(about, f"{said}; now all {catch_up(name, home)} trials", repaired=True)


def _cache(*, repair: bool) -> Finding:
    cache = Cache()
    entries = cache.entries()
    if repair:
        damaged = cache.verify()
        return fine("cache", f"{len(entries)} entries, {len(damaged)} damaged ones removed", repaired=bool(damaged))
    size = sum(entry.size for entry in entries)
    return fine("cache", f"{len(entries)} entries, {size / 1e9:.2f} GB in {cache.folder}")
