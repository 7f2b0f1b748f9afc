"""The run of one trial: written whole, and known to be up to date by its digest."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Run, RunTag
from numpy.typing import NDArray

from beamopt.record.note import trial_note
from beamopt.record.parent import children_of
from beamopt.record.pictures import grey, sheets
from beamopt.record.rows import STATUS, metrics, params
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["Child", "gridded", "known_children", "log_files", "write_child"]


@dataclass(frozen=True)
class Child:
    """A trial's run as MLflow holds it; the digest is empty while the run is incomplete."""

    run_id: str
    digest: str


def known_children(client: MlflowClient, parent: Run) -> dict[int, Child]:
    """Child runs by trial number; of several complete ones the oldest counts."""
    known: dict[int, Child] = {}
    for run in children_of(client, parent):
        number = int(run.data.tags["beamopt.trial"])
        complete = run.info.status in STATUS.values()
        child = Child(run.info.run_id, run.data.tags["beamopt.digest"] if complete else "")
        if number not in known or (complete and not known[number].digest):
            known[number] = child
    return known


def write_child(
    client: MlflowClient,
    parent: Run,
    spec: StudySpec,
    trial: Trial,
    run_id: str,
    images: Mapping[str, NDArray[np.floating]],
    figures: Mapping[str, bytes],
) -> None:
    """Fill a trial's run and end it; ended is what says that it is whole.

    Parameters
    ----------
    client, parent
        Of the study.
    spec, trial
        What is written.
    run_id
        The run, just created.
    images
        Real images ``(x, y)`` by name.
    figures
        PNG files by name.
    """
    levels = grey(images)
    for key in gridded(images):
        client.log_image(run_id, levels[key], key=key, step=0, synchronous=True)
    files = {f"{name}.png": content for name, content in sheets(levels).items()} | dict(figures)
    if files:
        log_files(client, run_id, files)
    described = RunTag("mlflow.note.content", trial_note(spec, trial, run_id, files))
    numbers = metrics(spec, trial, parent.info.start_time)
    client.log_batch(run_id, metrics=numbers, params=params(trial), tags=[described])
    client.set_terminated(run_id, STATUS[trial.state])


def gridded(images: Iterable[str]) -> list[str]:
    """Names of the images that MLflow's grid shows, at ten milliseconds each; a difference stands on the page alone."""
    return [name for name in images if not name.endswith("/difference")]


def log_files(client: MlflowClient, run_id: str, files: Mapping[str, bytes]) -> None:
    """Put files beside a run.

    Raises
    ------
    ValueError
        If a name would leave the run's folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / _inside(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        client.log_artifacts(run_id, folder)


def _inside(name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"artifact '{name}' would leave its folder")
    return Path(path)
