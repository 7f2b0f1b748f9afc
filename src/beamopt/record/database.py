"""MLflow's SQLite file: made whole or not at all, and every trouble with a tracking store as one StorageError."""

import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import sqlalchemy.exc
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from beamopt.address import hidden, hidden_address
from beamopt.errors import StorageError
from beamopt.record.paths import artifacts_of, database_of, sqlite_uri, uri_of

__all__ = ["artifacts_of", "create", "database_of", "forget", "storing", "uri_of"]

# What MLflow logs about a failing store is raised here as an error; as a log it would tear the live display.
logging.getLogger("mlflow").setLevel(logging.CRITICAL)

_CREATION = 120.0  # s that a first opening waits for another first opening
_MEMORY = Path("/dev/shm")  # noqa: S108  a private folder is made inside


def create(home: Path) -> None:
    """Make the database where it is missing.

    MLflow builds its tables by some fifty migrations, which two processes must not run at once and which a kill must
    not cut in half. So one process at a time builds them elsewhere, in memory where there is such a place, because on
    a disk most of the seconds go into syncing, and the finished file is renamed into place.
    """
    path, locks = database_of(home), home / "locks"
    if path.is_file():
        return
    locks.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(locks / ".mlflow.lock", timeout=_CREATION):
            if not path.is_file():
                _build(path, artifacts_of(home))
    except filelock.Timeout:
        raise StorageError(
            f"{path}: another process has been creating it for {_CREATION:g} s; end it and run again"
        ) from None


def forget(uri: str) -> None:
    """Close what this process still holds open of a database that somebody removed, or it would write into nowhere."""
    engine = getattr(SqlAlchemyStore, "_engine_map", {}).get(uri)
    if engine is not None:
        engine.dispose()


def _build(path: Path, artifacts: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None) as folder:
        built, fresh = Path(folder) / "mlflow.db", path.with_suffix(".new")
        store = SqlAlchemyStore(sqlite_uri(built, "TMPDIR"), artifacts.as_uri())  # type: ignore[no-untyped-call]
        store.engine.dispose()
        shutil.copyfile(built, fresh)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def storing(uri: str) -> Iterator[None]:
    """Turn what MLflow, SQLAlchemy and the file system say about a store into one StorageError that names it."""
    try:
        yield
    except (MlflowException, sqlalchemy.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        message = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        message = message.partition(" NOTE:")[0]  # what MLflow says of tables that are not its own goes on for long
        raise StorageError(
            f"{hidden_address(uri)}: {hidden(message):.300}; the study is safe, MLflow can be rebuilt from it"
        ) from error
