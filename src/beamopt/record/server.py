"""Where a study stands in MLflow and how to look at it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient

from beamopt.record.database import artifacts_of, database_of, storing, uri_of
from beamopt.record.views import TAG, key_of

__all__ = ["Location", "locate", "ui_command"]


@dataclass(frozen=True)
class Location:
    """Identifiers of a study's run.

    Parameters
    ----------
    experiment_id, run_id
        MLflow's.
    view
        Name of the saved view of the charts; empty where there is none.
    """

    experiment_id: str
    run_id: str
    view: str = ""

    @property
    def fragment(self) -> str:
        """What follows the server's address to see the result, for instance ``#/experiments/1/runs/0a1b``."""
        return f"#/experiments/{self.experiment_id}/runs/{self.run_id}"

    @property
    def charts(self) -> str:
        """What follows the server's address to see every trial in charts; the result where no view was saved."""
        shared = f"workflowType=machine_learning&viewStateShareKey={self.view}&compareRunsMode=CHART"
        return f"#/experiments/{self.experiment_id}/runs?{shared}" if self.view else self.fragment


def locate(home: Path, name: str) -> Location | None:
    """Find the latest run of a study in a project folder; nothing is created.

    Raises
    ------
    StorageError
        When the database cannot be read.
    """
    uri = uri_of(home)
    if not database_of(home).is_file():
        return None
    with storing(uri):
        client = MlflowClient(uri, registry_uri=uri)
        experiments = {experiment.experiment_id: experiment.tags for experiment in client.search_experiments()}
        found = client.search_runs(
            list(experiments), f"tags.`beamopt.role` = 'study' and tags.`beamopt.study` = '{name}'", max_results=1
        )
    if not found:
        return None
    place, view = found[0].info, key_of(found[0].info.run_id)
    return Location(
        place.experiment_id, place.run_id, view if f"{TAG}{view}" in experiments[place.experiment_id] else ""
    )


def ui_command(home: Path, port: int) -> list[str]:
    """Command that serves a project folder's MLflow on this machine alone; run it in this process's environment.

    Parameters
    ----------
    home
        Project folder.
    port
        TCP port on 127.0.0.1, 1 to 65535.

    Examples
    --------
    >>> ui_command(Path("/runs"), 5000)[-4:]
    ['--host', '127.0.0.1', '--port', '5000']
    """
    return [
        *(sys.executable, "-m", "mlflow", "server", "--workers", "1"),
        *("--backend-store-uri", uri_of(home)),
        *("--default-artifact-root", artifacts_of(home).as_uri(), "--no-serve-artifacts"),
        *("--host", "127.0.0.1", "--port", str(port)),
    ]
