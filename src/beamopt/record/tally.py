"""Which trials MLflow holds, read from its file without importing MLflow."""

import sqlite3
from collections import Counter
from pathlib import Path

from beamopt.errors import StorageError
from beamopt.sqlitefile import opened

__all__ = ["recorded"]

_BUSY = 5.0  # s that a writer is waited for

_QUERY = """
SELECT number.value FROM runs
JOIN tags AS study ON study.run_uuid = runs.run_uuid AND study.key = 'beamopt.study' AND study.value = ?
JOIN tags AS number ON number.run_uuid = runs.run_uuid AND number.key = 'beamopt.trial'
WHERE runs.lifecycle_stage = 'active'
"""


def recorded(home: Path, name: str) -> Counter[int]:
    """How often each trial of a study stands in the project folder's MLflow; empty where there is none.

    Raises
    ------
    StorageError
        When the file cannot be read.
    """
    path = home / "mlflow.db"
    if not path.is_file():
        return Counter()
    try:
        with opened(path, _BUSY) as database:
            return Counter(int(number) for (number,) in database.execute(_QUERY, (name,)))
    except (sqlite3.Error, ValueError) as error:
        raise StorageError(f"{path}: {error}; the study is safe, MLflow can be rebuilt from it") from error
