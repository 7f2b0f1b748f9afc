"""Where the pictures of a study's trials lie, found again without changing anything."""

from pathlib import Path
from urllib.parse import unquote, urlparse

from mlflow import MlflowClient

from beamopt.record.database import database_of, storing, uri_of
from beamopt.record.parent import children_of
from beamopt.record.place import locate

__all__ = ["stored_pictures"]


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
    place = locate(home, name) if database_of(home).is_file() else None
    if place is None:
        return {}
    uri = uri_of(home)
    with storing(uri):
        client = MlflowClient(uri, registry_uri=uri)
        runs = list(children_of(client, client.get_run(place.run_id)))
        return {int(run.data.tags["beamopt.trial"]): _images(run.info.artifact_uri or "") for run in runs}


def _images(artifact_uri: str) -> dict[str, Path]:
    """MLflow names an image file by its key, step, time and a random part; a slash of the key becomes a tilde."""
    where = urlparse(artifact_uri)
    if where.scheme not in ("", "file"):
        return {}
    folder = Path(unquote(where.path))
    found = {path.name.split("+step+")[0].replace("~", "/"): path for path in sorted(folder.glob("images/*.png"))}
    return found | {f"figure/{path.stem}": path for path in folder.glob("frc.png")}
