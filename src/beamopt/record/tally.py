"""Which trials MLflow holds, read from its file without waking MLflow."""

import sqlite3
from collections import Counter
from pathlib import Path

__all__ = ["recorded"]

_QUERY = """
SELECT number.value FROM runs
JOIN tags AS study ON study.run_uuid = runs.run_uuid AND study.key = 'beamopt.study' AND study.value = ?
JOIN tags AS number ON number.run_uuid = runs.run_uuid AND number.key = 'beamopt.trial'
WHERE runs.lifecycle_stage = 'active'
"""


def recorded(home: Path, name: str) -> Counter[int]:
    """How often each trial of a study stands in the project folder's MLflow; empty where there is none."""
    path = home / "mlflow.db"
    if not path.is_file():
        return Counter()
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        return Counter(int(number) for (number,) in connection.execute(_QUERY, (name,)))
    finally:
        connection.close()
