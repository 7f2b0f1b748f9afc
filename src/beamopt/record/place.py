"""Where a study stands in the MLflow of a project folder."""

from pathlib import Path

from mlflow import MlflowClient

from beamopt.record.database import storing
from beamopt.record.pages import TAG, Location, key_of
from beamopt.record.paths import database_of, uri_of

__all__ = ["locate"]


def locate(home: Path, name: str) -> Location | None:
    """Find the latest run of a study in a project folder; nothing is created.

    Raises
    ------
    InputError
        When MLflow cannot take the folder's path.
    StorageError
        When the database cannot be read.
    """
    if not database_of(home).is_file():
        return None
    uri = uri_of(home)
    with storing(uri):
        client = MlflowClient(uri, registry_uri=uri)
        experiments = {experiment.experiment_id: experiment.tags for experiment in client.search_experiments()}
        runs = client.search_runs(
            list(experiments), f"tags.`beamopt.role` = 'study' and tags.`beamopt.study` = '{name}'", max_results=1
        )
    if not runs:
        return None
    place, view = runs[0].info, key_of(runs[0].info.run_id)
    return Location(
        place.experiment_id, place.run_id, view if f"{TAG}{view}" in experiments[place.experiment_id] else ""
    )
