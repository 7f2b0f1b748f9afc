"""A study in MLflow: one parent run, one child run per trial, recorded once however often it is told."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal, final

import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric, Run
from numpy.typing import NDArray

from beamopt.errors import StorageError
from beamopt.record.database import create, database_of, storing, uri_of
from beamopt.record.note import note, table
from beamopt.record.parent import children_of, find_or_make
from beamopt.record.pictures import picture
from beamopt.record.rows import STATUS, digest, metrics, params, tags
from beamopt.record.server import Location
from beamopt.record.views import key_of, save_view
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["Recorder"]

_BATCH = 1000  # metrics that MLflow takes at once


@dataclass(frozen=True)
class _Child:
    """A trial's run as MLflow holds it; the digest is empty while the run is incomplete."""

    run_id: str
    digest: str


@dataclass(frozen=True)
class _Study:
    spec: StudySpec
    client: MlflowClient
    parent: Run
    children: dict[int, _Child]
    images: set[str] = field(default_factory=set)


@final
class Recorder:
    """Writes a study to MLflow; whatever fails is a StorageError, and the study decides what that is worth.

    Parameters
    ----------
    tracking_uri
        Where to record, for instance ``http://host:5000``; SQLite in the project folder where None.
    home
        Project folder; artifacts go there unless a server takes them.
    """

    def __init__(self, tracking_uri: str | None, home: Path) -> None:
        self.uri = tracking_uri or uri_of(home)
        self._home = home
        self._own = tracking_uri is None
        self._started: _Study | None = None

    @property
    def location(self) -> Location:
        """Identifiers of the study's run."""
        info = self._study().parent.info
        return Location(info.experiment_id, info.run_id, key_of(info.run_id))

    def start(self, spec: StudySpec) -> None:
        """Create the study's experiment and parent run, or find them again.

        Raises
        ------
        StorageError
            When the store cannot be reached or written.
        """
        with storing(self.uri):
            if self._own:
                create(self._home)
            client = MlflowClient(self.uri, registry_uri=self.uri)
            served = self.uri.startswith(("http://", "https://"))
            parent = find_or_make(client, spec, None if served else self._home)
            self._started = _Study(spec, client, parent, _known(client, parent))
            save_view(client, parent, spec, [])

    def trial(self, trial: Trial, images: Mapping[str, NDArray[np.floating]]) -> None:
        """Record one trial; told again, nothing changes.

        Parameters
        ----------
        trial
            In a final state; one that waits or runs is left for later.
        images
            Real images ``(x, y)`` by name, for instance ``ptychography/phase``.

        Raises
        ------
        StorageError
            When the store cannot be written; the trial is recorded afresh next time.
        """
        study = self._study()
        known = study.children.get(trial.number)
        if trial.state not in STATUS or (known is not None and known.digest == digest(trial)):
            return
        with storing(self.uri):
            if known is not None:
                study.client.delete_run(known.run_id)
                del study.children[trial.number]
            self._write(study, trial, images)

    def summary(
        self,
        trials: Sequence[Trial],
        front: Sequence[Mapping[str, object]],
        figures: Mapping[str, bytes],
        files: Mapping[str, str],
        hypervolume: Sequence[float],
    ) -> None:
        """Put the study's result on its own run; told again, the newest stands.

        Parameters
        ----------
        trials
            All of them.
        front
            One row per trial on the front, the same columns in each, units in the names.
        figures
            PNG files by name, for instance ``front.png``.
        files
            Texts by name, for instance ``front.json``.
        hypervolume
            After each trial, against one fixed reference point; a step once recorded stays.
        """
        study = self._study()
        run_id = study.parent.info.run_id
        texts = {**files, "front.csv": table(front)}
        with storing(self.uri), tempfile.TemporaryDirectory() as folder:
            for name, content in {**{n: t.encode() for n, t in texts.items()}, **figures}.items():
                path = Path(folder) / _inside(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            study.client.log_artifacts(run_id, folder)
            save_view(study.client, study.parent, study.spec, sorted(study.images))
            study.client.set_tag(run_id, "mlflow.note.content", note(study.spec, trials, front))
            start = study.parent.info.start_time
            recorded = {point.step for point in study.client.get_metric_history(run_id, "hypervolume")}
            points = [
                Metric("hypervolume", float(value), start + step, step)
                for step, value in enumerate(hypervolume)
                if step not in recorded and np.isfinite(value)
            ]
            for first in range(0, len(points), _BATCH):
                study.client.log_batch(run_id, metrics=points[first : first + _BATCH])

    def finish(self, outcome: Literal["FINISHED", "KILLED", "FAILED"]) -> None:
        """Say how the run of the study ended; starting it again says that it goes on."""
        study = self._study()
        with storing(self.uri):
            study.client.set_terminated(study.parent.info.run_id, outcome)

    def rebuild(self, spec: StudySpec, trials: Sequence[Trial]) -> int:
        """Make MLflow say what the trials say: add what is missing, replace what differs, remove what is too much.

        Images cannot be made again from a database; runs that are right keep theirs.

        Returns
        -------
        int
            Runs written.
        """
        self.start(spec)
        study = self._study()
        final = {trial.number: digest(trial) for trial in trials if trial.state in STATUS}
        with storing(self.uri):
            for run in children_of(study.client, study.parent):
                number = int(run.data.tags["beamopt.trial"])
                if number not in final or study.children[number].run_id != run.info.run_id:
                    study.client.delete_run(run.info.run_id)
        missing = [t for t in trials if t.number in final and not self._holds(t)]
        for trial in missing:
            self.trial(trial, {})
        return len(missing)

    def _holds(self, trial: Trial) -> bool:
        known = self._study().children.get(trial.number)
        return known is not None and known.digest == digest(trial)

    def _write(self, study: _Study, trial: Trial, images: Mapping[str, NDArray[np.floating]]) -> None:
        """Write a run whole; it is done when it is terminated, and a run cut short is replaced."""
        client, parent = study.client, study.parent.info
        name = f"trial {trial.number:03d}"
        run = client.create_run(parent.experiment_id, tags=tags(study.spec, trial, parent.run_id), run_name=name).info
        study.children[trial.number] = _Child(run.run_id, "")
        study.images.update(images)
        for key, image in images.items():
            client.log_image(run.run_id, picture(image), key=key, step=0, synchronous=True)
        client.log_batch(run.run_id, metrics=metrics(study.spec, trial, run.start_time), params=params(trial))
        client.set_terminated(run.run_id, STATUS[trial.state])
        study.children[trial.number] = _Child(run.run_id, digest(trial))

    def _study(self) -> _Study:
        if self._started is None:
            raise RuntimeError("start() comes first")
        if self._own and not database_of(self._home).is_file():
            raise StorageError(
                f"{database_of(self._home)}: removed while in use; it is rebuilt when the study is run again"
            )
        return self._started


def _known(client: MlflowClient, parent: Run) -> dict[int, _Child]:
    """Child runs by trial number; of several complete ones the oldest counts."""
    known: dict[int, _Child] = {}
    for run in children_of(client, parent):
        number = int(run.data.tags["beamopt.trial"])
        complete = run.info.status in STATUS.values()
        child = _Child(run.info.run_id, run.data.tags["beamopt.digest"] if complete else "")
        if number not in known or (complete and not known[number].digest):
            known[number] = child
    return known


def _inside(name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"artifact '{name}' would leave its folder")
    return Path(path)
