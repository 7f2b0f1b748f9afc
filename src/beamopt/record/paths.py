"""Where a project folder keeps what MLflow writes."""

from pathlib import Path

__all__ = ["artifacts_of", "database_of", "uri_of"]


def database_of(home: Path) -> Path:
    """Where a project folder keeps MLflow's tables."""
    return home.absolute() / "mlflow.db"


def artifacts_of(home: Path) -> Path:
    """Where a project folder keeps images, plots and tables."""
    return home.absolute() / "artifacts"


def uri_of(home: Path) -> str:
    """Tracking URI of a project folder."""
    return f"sqlite:///{database_of(home)}"
