"""Where a project folder keeps what MLflow writes."""

import uuid
from pathlib import Path

import filelock

__all__ = ["artifacts_of", "database_of", "identity_of", "uri_of"]


def database_of(home: Path) -> Path:
    """Where a project folder keeps MLflow's tables."""
    return home.absolute() / "mlflow.db"


def artifacts_of(home: Path) -> Path:
    """Where a project folder keeps images, plots and tables."""
    return home.absolute() / "artifacts"


def uri_of(home: Path) -> str:
    """Tracking URI of a project folder."""
    return f"sqlite:///{database_of(home)}"


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
