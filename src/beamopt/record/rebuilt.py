"""A damaged MLflow database put aside, so that a new one can be made from the trials."""

from itertools import count
from pathlib import Path

import filelock

from beamopt.errors import StorageError
from beamopt.record.paths import database_of
from beamopt.sqlitefile import journals

__all__ = ["put_aside"]

_PATIENCE = 5.0  # s


def put_aside(home: Path) -> Path:
    """Move the database, and what journals stand beside it, into a folder of its own; nothing is deleted.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StorageError
        When another process makes the database just now, or the folder cannot be written.
    """
    path = database_of(home)
    aside = next(one for k in count(1) if not (one := path.with_name(f"mlflow-damaged-{k}")).exists())
    try:
        (home / "locks").mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(home / "locks" / ".mlflow.lock", timeout=_PATIENCE):
            aside.mkdir()
            for one in (*journals(path), path):  # a journal left behind would be played into the new database
                one.replace(aside / one.name)
    except filelock.Timeout:
        raise StorageError(f"{path}: another process is making it; wait for it and run again") from None
    except OSError as error:
        raise StorageError(f"{aside}: cannot be written, {error.strerror}; check space and permissions") from None
    return aside
