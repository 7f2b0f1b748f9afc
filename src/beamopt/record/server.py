"""Where a study stands in MLflow and how to look at it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient

from beamopt.record.database import artifacts_of, database_of, storing, uri_of

__all__ = ["Location", "locate", "ui_command"]


@dataclass(frozen=True)
class Location:
    """Identifiers of a study's run.

    Parameters
    ----------
    experiment_id, run_id
        MLflow's.
    """

    experiment_id: str
    run_id: str

    @property
    def fragment(self) -> str:
        """What follows the server's address, for instance ``#/experiments/1/runs/0a1b``."""
        return f"#/experiments/{self.experiment_id}/runs/{self.run_id}"


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
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        found = client.search_runs(
            experiments, f"tags.`beamopt.role` = 'study' and tags.`beamopt.study` = '{name}'", max_results=1
        )
    return next((Location(run.info.experiment_id, run.info.run_id) for run in found), None)


def ui_command(home: Path, port: int) -> list[str]:
    """Command that serves a project folder's MLflow on this machine alone.

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
