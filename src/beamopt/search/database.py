"""Optuna's SQLite file: opened without surprises, and every trouble with it as one StorageError."""

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import filelock
import optuna
import sqlalchemy as sa
import sqlalchemy.exc

from beamopt.errors import StorageError
from beamopt.sqlitefile import address, journals, opened

__all__ = ["close", "complete", "connect", "creating", "database_of", "storing", "understood"]

_BUSY = 30.0  # s that a write waits for another one
_CREATION = 60.0  # s that a first opening waits for another first opening

_DAMAGED = "it is damaged; restore a copy or move it aside"
_REMEDY = {
    "full": "free some space and run again",
    "no space": "free some space and run again",
    "locked": "another program holds it; close that and run again",
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
    "compatible": "another Optuna wrote it; install that version or use another --home",
}


def database_of(home: Path) -> Path:
    """Where a project folder keeps its trials."""
    return home / "optuna.db"


def connect(path: Path, mode: Literal["rw", "rwc"]) -> optuna.storages.RDBStorage:
    """Open the database.

    The journal is SQLite's rollback journal, not a WAL: it needs no shared memory, so the file may lie on a network
    mount or in a read-only folder, and one file is the whole truth. A commit is on the disk when it returns, its
    directory entry included (``synchronous = EXTRA``), so neither kill -9 nor power loss undoes a told trial.

    Parameters
    ----------
    path
        The file.
    mode
        ``rwc`` creates file and tables, ``rw`` only opens. A reader opens ``rw`` too, because the first to open after a
        crash must roll the journal back; where the file is write-protected SQLite falls back to reading.
    """

    def open_connection() -> sqlite3.Connection:
        connection = sqlite3.connect(address(path, mode), uri=True, timeout=_BUSY, check_same_thread=False)
        connection.execute("PRAGMA synchronous = EXTRA")
        return connection

    # The address is nominal, the creator opens: Optuna would read braces and percent signs of a path as a template.
    with understood(str(path), sa.URL.create("sqlite", database=str(path.absolute())).render_as_string()):
        return optuna.storages.RDBStorage(
            "sqlite:///optuna.db", engine_kwargs={"creator": open_connection}, skip_table_creation=mode == "rw"
        )


@contextmanager
def understood(where: str, upgraded: str) -> Iterator[None]:
    """Turn Optuna's refusal of the tables of another Optuna into a StorageError that names the way out.

    Parameters
    ----------
    where
        The database.
    upgraded
        Its address for Optuna's own command.
    """
    try:
        yield
    except RuntimeError as error:
        older = "optuna storage upgrade" in str(error)
        way = f"copy it, then run: optuna storage upgrade --storage {shlex.quote(upgraded)}"
        newer = "python3 -m pip install --upgrade optuna, or use another database"
        which = f"an older Optuna wrote it; {way}" if older else f"a newer Optuna wrote it; {newer}"
        raise StorageError(f"{where}: its tables are not understood, {which}") from None


def close(database: optuna.storages.RDBStorage) -> None:
    """Let go of the file."""
    database.remove_session()
    database.engine.dispose()


def complete(path: Path) -> bool:
    """Whether the tables stand; Optuna adds a missing version row even for a reader, which breaks their making."""
    try:
        with opened(path, _BUSY) as connection:
            return connection.execute("SELECT version_num FROM alembic_version").fetchone() is not None
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return False
        raise


@contextmanager
def creating(home: Path) -> Iterator[None]:
    """Make the folder and let one process at a time create tables and studies in it."""
    locks = home / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(locks / ".optuna.lock", timeout=_CREATION):
            yield
    except filelock.Timeout:
        raise StorageError(
            f"{locks}: another process has been creating a study for {_CREATION:g} s; end it and run again"
        ) from None


@contextmanager
def storing(path: Path | str) -> Iterator[None]:
    """Turn what SQLite, SQLAlchemy, Optuna and the file system say about `path` into one StorageError."""
    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error, optuna.exceptions.StorageInternalError, OSError) as error:
        raise StorageError(_sentence(path, error)) from error


def _sentence(path: Path | str, error: BaseException) -> str:
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    message = (cause.strerror or "input/output error") if isinstance(cause, OSError) else str(cause).splitlines()[0]
    where = cause.filename if isinstance(cause, OSError) and cause.filename else path
    remedy = next(
        (way for sign, way in _REMEDY.items() if sign in message.lower()), "check the disk and the folder's permissions"
    )
    if remedy == _DAMAGED and isinstance(path, Path) and (beside := journals(path)):
        remedy = f"leave {' and '.join(one.name for one in beside)} beside it and run beamopt doctor"
    return f"{where}: {message}; {remedy}"
