"""The run of a whole study: found again by name and fingerprint, or made."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tomli_w
from mlflow import MlflowClient
from mlflow.entities import LifecycleStage, Param, Run
from mlflow.exceptions import MlflowException

from beamopt.record.database import artifacts_of
from beamopt.record.rows import PARENT
from beamopt.spec import StudySpec
from beamopt.versions import installed

__all__ = ["children_of", "find_or_make"]

_PACKAGES = ("beamopt", "abtem", "ase", "mlflow", "numba", "numpy", "optuna", "py4dstem", "scikit-image", "scipy")
_FREE = ("title", "budget.trials")  # may change from run to run, which a parameter of MLflow may not
_PAGE = 1000
_KIND = {"mlflow.experimentKind": "custom_model_development"}  # or the page shows the tools of language models


def find_or_make(client: MlflowClient, spec: StudySpec, home: Path | None, project: str = "") -> Run:
    """Parent run of a study, running again.

    Parameters
    ----------
    client
        Of the store.
    spec
        The study; its file and the versions of what computes it are kept with the run.
    home
        Project folder for the artifacts; None leaves their place to a server.
    project
        Identity of the project folder on a server that several record on; none on one's own database.
    """
    experiment = _experiment(client, spec, home)
    tags = {"beamopt.role": "study", "beamopt.study": spec.name, "beamopt.fingerprint": spec.fingerprint()}
    tags |= {"beamopt.project": project} if project else {}
    wanted = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
    runs = client.search_runs([experiment], wanted, order_by=["attributes.start_time ASC"], max_results=_PAGE)
    parent = runs[0] if runs else _make(client, experiment, spec, tags)
    for twin in runs[1:]:  # creating it timed out and was retried, so that it exists twice
        if next(children_of(client, twin), None) is None:
            client.delete_run(twin.info.run_id)
    run_id = parent.info.run_id
    if parent.info.status != "RUNNING":
        client.update_run(run_id, status="RUNNING")
    client.log_text(run_id, json.dumps(spec.resolved(), indent=1), "study.json")
    client.log_text(run_id, tomli_w.dumps(_without_none(spec.resolved())), "study.toml")
    for name, installed_version in installed(_PACKAGES).items():
        client.set_tag(run_id, f"version.{name}", installed_version)
    return parent


def children_of(client: MlflowClient, parent: Run) -> Iterator[Run]:
    """Every run of a trial of this study, oldest first."""
    token = None
    wanted = f"tags.`{PARENT}` = '{parent.info.run_id}' and tags.`beamopt.role` = 'trial'"
    while True:
        page = client.search_runs(
            [parent.info.experiment_id],
            wanted,
            order_by=["attributes.start_time ASC"],
            max_results=_PAGE,
            page_token=token,
        )
        yield from page
        token = page.token
        if not token:
            return


def _experiment(client: MlflowClient, spec: StudySpec, home: Path | None) -> str:
    """One experiment per sample, so that its studies stand side by side."""
    sample = spec.sample.name or (spec.sample.file.stem if spec.sample.file else spec.name)
    name = f"beamopt/{sample}"
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        try:
            place = artifacts_of(home).as_uri() if home else None
            return client.create_experiment(name, artifact_location=place, tags=_KIND)
        except MlflowException:
            experiment = client.get_experiment_by_name(name)  # another study of the sample was faster
            if experiment is None:
                raise
    if experiment.lifecycle_stage == LifecycleStage.DELETED:
        client.restore_experiment(experiment.experiment_id)
    return str(experiment.experiment_id)


def _make(client: MlflowClient, experiment: str, spec: StudySpec, tags: dict[str, str]) -> Run:
    run = client.create_run(experiment, tags=tags, run_name=spec.name)
    params = [Param(key, value) for key, value in _flat(spec.resolved()) if key not in _FREE]
    client.log_batch(run.info.run_id, params=params)
    return run


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _without_none(table: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not said, which TOML has no word for."""
    kept = {key: value for key, value in table.items() if value is not None}
    return {key: _without_none(value) if isinstance(value, Mapping) else value for key, value in kept.items()}
