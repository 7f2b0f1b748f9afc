"""Whether a tracking store would take a record now, asked within a second: MLflow itself waits ten or twenty."""

import sqlite3
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from beamopt.address import hidden, hidden_address
from beamopt.errors import StorageError
from beamopt.sqlitefile import opened

__all__ = ["require_reachable"]

_LOCKED = 0.2  # s that another writer may take
_TIMEOUT = 1.0  # s for a server to answer


def require_reachable(uri: str) -> None:
    """Return at once where the store can be written, as far as that can be seen from outside.

    Parameters
    ----------
    uri
        Tracking URI; of other kinds than ``sqlite:///`` and ``http(s)://`` nothing is asked.

    Raises
    ------
    StorageError
        When a file is locked by another process, or no server answers.
    """
    if uri.startswith(("http://", "https://")):
        _require_answer(uri)
    elif uri.startswith("sqlite:///"):
        _require_unlocked(Path(uri.removeprefix("sqlite:///")))


def _require_answer(uri: str) -> None:
    try:
        with urllib.request.urlopen(_health(uri), timeout=_TIMEOUT):  # noqa: S310 (http or https)
            return
    except urllib.error.HTTPError:
        return  # an error status is an answer too
    except (OSError, ValueError, HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise StorageError(
            f"{hidden_address(uri)}: no answer, {hidden(str(reason))}; the study is safe, MLflow can be rebuilt from it"
        ) from error


def _health(uri: str) -> str:
    """Address of the server's health check, without credentials: that it asks for them is an answer too."""
    parts = urlsplit(uri)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], f"{parts.path.rstrip('/')}/health", "", ""))


def _require_unlocked(path: Path) -> None:
    if not path.is_file():
        return  # it will be made
    try:
        with opened(path, _LOCKED) as database:
            database.execute("BEGIN IMMEDIATE")
            database.rollback()
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}; the study is safe, MLflow can be rebuilt from it") from error
