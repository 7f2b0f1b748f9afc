"""Where a project folder keeps what MLflow writes."""

import uuid
from pathlib import Path

import filelock
import sqlalchemy as sa

from beamopt.errors import InputError

__all__ = ["artifacts_of", "database_of", "identity_of", "sqlite_uri", "uri_of"]


def database_of(home: Path) -> Path:
    """Where a project folder keeps MLflow's tables."""
    return home.absolute() / "mlflow.db"


def artifacts_of(home: Path) -> Path:
    """Where a project folder keeps images, plots and tables."""
    return home.absolute() / "artifacts"


def uri_of(home: Path) -> str:
    """Tracking URI of a project folder.

    Raises
    ------
    InputError
        When MLflow would read another path out of it, see `sqlite_uri`.
    """
    return sqlite_uri(database_of(home), "--home")


def sqlite_uri(path: Path, named: str) -> str:
    """Address of a SQLite file for MLflow.

    MLflow takes the file's folder from the address as it is written, and the file from the address as SQLAlchemy reads
    it, where a question mark ends the path and ``%20`` is a blank. A path that the two read differently would be
    written somewhere else.

    Parameters
    ----------
    path
        Absolute.
    named
        Where the user named its folder.

    Raises
    ------
    InputError
    """
    uri = f"sqlite:///{path}"
    if any("\ud800" <= one <= "\udfff" for one in uri):
        raise InputError(f"{named} {path.parent}: a part of this path is no text; rename the folder, or use another")
    if sa.make_url(uri) != sa.URL.create("sqlite", database=str(path)):
        raise InputError(
            f"{named} {path.parent}: MLflow takes a '?' or a '%' with two digits in a path for something else; "
            "rename the folder, or use another"
        )
    return uri


def identity_of(home: Path) -> str:
    """Name of a project folder that no other has, made at the first question and kept in the folder.

    Raises
    ------
    OSError
        When it cannot be kept.
    """
    path = home / "identity"
    (home / "locks").mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(home / "locks" / ".identity.lock"):  # of several that ask at once, the first decides
        if not path.is_file():
            fresh = path.with_suffix(".new")
            fresh.write_text(uuid.uuid4().hex, encoding="ascii")
            fresh.replace(path)
    return path.read_text(encoding="ascii").strip()
