"""Which store a study is recorded in: the project folder's own, or the one that the user names."""

from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
import sqlalchemy.exc

from beamopt.address import hidden_address
from beamopt.errors import InputError
from beamopt.record.paths import sqlite_uri, uri_of

__all__ = ["store_of"]

_SERVED = ("http", "https")
_DATABASES = ("postgresql", "mysql", "mssql")
_FORM = "write http://HOST:PORT of an MLflow server, or sqlite:///FILE.db"


def store_of(home: Path, tracking_uri: str | None) -> str:
    """Tracking URI to record at, checked before anything is computed.

    Parameters
    ----------
    home
        Project folder.
    tracking_uri
        What the user named, if anything.

    Raises
    ------
    InputError
        When nothing would be kept there, or MLflow cannot take it.

    Examples
    --------
    >>> store_of(Path("/runs"), None)
    'sqlite:////runs/mlflow.db'
    """
    if tracking_uri is None:
        return uri_of(home)
    refused = f"--tracking-uri {hidden_address(tracking_uri):.200}"
    scheme = tracking_uri.partition(":")[0].partition("+")[0].lower()
    if scheme in _SERVED:
        known = _has_host(tracking_uri)
    elif scheme in _DATABASES:
        known = _url(tracking_uri) is not None
    elif scheme == "sqlite":
        return _file(tracking_uri, refused)
    else:
        known = scheme == "databricks"
    if not known or not tracking_uri.isprintable():
        raise InputError(f"{refused}: no address that MLflow records at; {_FORM}")
    return tracking_uri


def _file(uri: str, refused: str) -> str:
    url = _url(uri)
    if url is None or url.host or not url.database or ":memory:" in url.database or "memory" in url.query.values():
        raise InputError(f"{refused}: names no file, so that nothing would be kept; {_FORM}")
    return sqlite_uri(Path(uri.partition(":///")[2]), "--tracking-uri")


def _has_host(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def _url(uri: str) -> sa.URL | None:
    try:
        return sa.make_url(uri)
    except (ValueError, sqlalchemy.exc.ArgumentError):
        return None
