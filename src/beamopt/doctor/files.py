"""Whether a database's file is whole and of the form that is installed here."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from beamopt.doctor.finding import Finding, bad, fine
from beamopt.sqlitefile import journals, opened

__all__ = ["Condition", "Trouble", "condition_of"]

Trouble = Literal["", "damaged", "other form", "out of reach"]

_BUSY = 5.0  # s that a writer is waited for
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_HELD = ("SQLITE_BUSY", "SQLITE_LOCKED")


@dataclass(frozen=True)
class Condition:
    """What was found, and what kind of trouble it is, if any."""

    finding: Finding
    trouble: Trouble = ""


def condition_of(path: Path, *, remedy: str, form: Callable[[str], tuple[str, str]]) -> Condition:
    """Judge a file by SQLite's own check, which reads every page, and its tables by their version.

    It is opened as a study opens it: what a process that was killed left half written is rolled back by that.

    Parameters
    ----------
    path
        Of the database, there or not.
    remedy
        What to do if it is damaged and no journal stands beside it.
    form
        What is wrong with a version of the tables and what to do, both empty where nothing is.
    """
    if not path.is_file():
        return Condition(fine(path.name, f"nothing yet in {path.parent}"))
    try:
        with opened(path, _BUSY) as database:
            (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            version = _version(database) if "alembic_version" in tables else ""
    except sqlite3.Error as error:
        return _unopened(path, error, remedy)
    if verdict != "ok":
        return Condition(bad(path.name, f"damaged: {verdict}", remedy), "damaged")
    if not tables:
        return Condition(fine(path.name, f"empty, nothing stored yet in {path.parent}"))
    wrong, way = form(version)
    if wrong:
        return Condition(bad(path.name, wrong, way), "other form")
    return Condition(fine(path.name, f"whole, schema {version}, {path.stat().st_size / 1e6:.1f} MB"))


def _version(database: sqlite3.Connection) -> str:
    (version,) = database.execute("SELECT version_num FROM alembic_version").fetchone() or ("none",)
    return str(version)


def _unopened(path: Path, error: sqlite3.Error, remedy: str) -> Condition:
    """Never advise to part a database from its journal: together they are whole, apart neither is."""
    name = getattr(error, "sqlite_errorname", "")
    kind: Trouble = "damaged" if name.startswith(_DAMAGED) else "out of reach"
    if beside := journals(path):
        names = " and ".join(one.name for one in beside)
        way = f"leave {names} beside it, which is needed to mend it; copy all of them together to where they can be "
        return Condition(bad(path.name, f"{error}, with {names} beside it", way + "written, and look there"), kind)
    if name.startswith(_HELD):
        return Condition(bad(path.name, str(error), "another program holds it; close that and look again"), kind)
    if kind == "damaged":
        return Condition(bad(path.name, f"damaged: {error}", remedy), kind)
    return Condition(bad(path.name, str(error), "check the disk and the permissions of the file and its folder"), kind)
