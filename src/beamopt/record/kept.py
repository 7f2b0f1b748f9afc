"""What is kept of a study beside its numbers, found again without changing anything: pictures and versions."""

from pathlib import Path
from urllib.parse import urlparse

from mlflow import MlflowClient
from mlflow.entities import Run

from beamopt.record.database import artifacts_of, database_of, storing, uri_of
from beamopt.record.parent import children_of
from beamopt.record.place import locate

__all__ = ["stored_pictures", "stored_versions"]

_VERSION = "version."


def stored_pictures(home: Path, name: str) -> dict[int, dict[str, Path]]:
    """PNG files of every recorded trial.

    Parameters
    ----------
    home
        Project folder.
    name
        Of the study.

    Returns
    -------
    dict
        Trial number to name, for instance ``ptychography/phase``, to file; ``figure/frc`` is the drawing of its
        correlations. Empty where nothing was recorded here or the pictures went to a server.

    Raises
    ------
    StorageError
        When the database cannot be read.
    """
    if not database_of(home).is_file():
        return {}
    with storing(uri_of(home)):
        latest = _latest(home, name)
        return {
            int(run.data.tags["beamopt.trial"]): _images(artifacts_of(home) / run.info.run_id / "artifacts")
            for run in (children_of(*latest) if latest else ())
            if urlparse(run.info.artifact_uri or "").scheme in ("", "file")
        }


def stored_versions(home: Path, name: str) -> dict[str, str]:
    """Versions of the packages that ran a study last, by package.

    Parameters
    ----------
    home
        Project folder.
    name
        Of the study.

    Returns
    -------
    dict
        Empty where nothing was recorded here.

    Raises
    ------
    StorageError
        When the database cannot be read.
    """
    if not database_of(home).is_file():
        return {}
    with storing(uri_of(home)):
        latest = _latest(home, name)
    tags = latest[1].data.tags if latest else {}
    return {key.removeprefix(_VERSION): value for key, value in sorted(tags.items()) if key.startswith(_VERSION)}


def _latest(home: Path, name: str) -> tuple[MlflowClient, Run] | None:
    """Latest run of a study, and who was asked; nothing is created."""
    place = locate(home, name)
    if place is None:
        return None
    client = MlflowClient(uri_of(home), registry_uri=uri_of(home))
    return client, client.get_run(place.run_id)


def _images(folder: Path) -> dict[str, Path]:
    """MLflow names an image file by its key, step, time and a random part; a slash of the key becomes a tilde.

    The folder is this home's own: the one that MLflow stores is absolute, so that it is gone once the home was moved
    and the original's once it was copied.
    """
    images = {path.name.split("+step+")[0].replace("~", "/"): path for path in sorted(folder.glob("images/*.png"))}
    return images | {f"figure/{path.stem}": path for path in folder.glob("frc.png")}
