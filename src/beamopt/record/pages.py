"""Addresses of a study's pages in MLflow."""

from dataclasses import dataclass

__all__ = ["TAG", "Location", "charts_page", "key_of", "troubled_page"]

TAG = "mlflow.sharedViewState."
"""Before the name of a saved view, in the tags of an experiment."""


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
        return charts_page(self.experiment_id, self.run_id) if self.view else self.fragment


def key_of(run_id: str) -> str:
    """Name in addresses of the view of a study's finished trials."""
    return f"beamopt-{run_id}"


def charts_page(experiment_id: str, run_id: str) -> str:
    """What follows the server's address to see a study's finished trials in charts."""
    return _page(experiment_id, key_of(run_id), "CHART")


def troubled_page(experiment_id: str, run_id: str) -> str:
    """What follows the server's address to see a study's infeasible and failed trials with their reasons."""
    return _page(experiment_id, f"{key_of(run_id)}-troubled", "TABLE")


def _page(experiment_id: str, key: str, mode: str) -> str:
    shared = f"workflowType=machine_learning&viewStateShareKey={key}&compareRunsMode={mode}"
    return f"#/experiments/{experiment_id}/runs?{shared}"
