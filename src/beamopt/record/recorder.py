"""A study in MLflow: one parent run, one child run per trial, recorded once however often it is told."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, final

import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric, Run
from numpy.typing import NDArray

from beamopt.errors import StorageError
from beamopt.record.child import Child, gridded, known_children, log_files, write_child
from beamopt.record.database import create, database_of, forget, storing
from beamopt.record.note import note, table
from beamopt.record.outbox import Outbox
from beamopt.record.pages import Location, key_of
from beamopt.record.parent import children_of, find_or_make
from beamopt.record.paths import identity_of
from beamopt.record.reach import require_reachable
from beamopt.record.rows import STATUS, digest, tags
from beamopt.record.store import store_of
from beamopt.record.views import save_views
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["Recorder"]

_BATCH = 1000  # metrics that MLflow takes at once


@dataclass(frozen=True)
class _Study:
    spec: StudySpec
    client: MlflowClient
    parent: Run
    children: dict[int, Child]
    images: set[str] = field(default_factory=set)


@final
class Recorder:
    """Writes a study to MLflow; every failure is a StorageError, which the caller handles.

    Parameters
    ----------
    tracking_uri
        Where to record, for instance ``http://host:5000``; SQLite in the project folder where None.
    home
        Project folder; artifacts go there unless a server takes them.
    """

    def __init__(self, tracking_uri: str | None, home: Path) -> None:
        self.uri = store_of(home, tracking_uri)
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
        require_reachable(self.uri)
        with storing(self.uri):
            if self._own:
                if not database_of(self._home).is_file():
                    forget(self.uri)
                create(self._home)
            client = MlflowClient(self.uri, registry_uri=self.uri)
            served = self.uri.startswith(("http://", "https://"))
            project = "" if self._own else identity_of(self._home)
            parent = find_or_make(client, spec, None if served else self._home, project)
            save_views(client, parent, spec, [])
            self._started = _Study(spec, client, parent, known_children(client, parent))

    def trial(
        self,
        trial: Trial,
        images: Mapping[str, NDArray[np.floating]],
        figures: Mapping[str, bytes] | None = None,
    ) -> None:
        """Record one trial; told again, nothing changes.

        Parameters
        ----------
        trial
            In a final state; one that waits or runs is left for later.
        images
            Real images ``(x, y)`` by name, for instance ``ptychography/phase``; see `grey` on their scale.
        figures
            PNG files by name, for instance ``frc.png``.

        Raises
        ------
        StorageError
            When the store cannot be written; the trial is recorded afresh next time.
        """
        study = self._study()
        known = study.children.get(trial.number)
        if trial.state not in STATUS or self._holds(trial):
            return
        require_reachable(self.uri)
        with storing(self.uri):
            if known is not None:
                study.client.delete_run(known.run_id)
                del study.children[trial.number]
            self._write(study, trial, images, figures or {})

    def keep(
        self, spec: StudySpec, trial: Trial, images: Mapping[str, NDArray[np.floating]], figures: Mapping[str, bytes]
    ) -> None:
        """Keep a trial's pictures in the project folder until `rebuild` records the trial."""
        Outbox(self._home, spec.name).keep(trial.number, images, figures)

    def waiting(self, trials: Sequence[Trial]) -> int:
        """How many of these trials MLflow does not hold, as far as is known; all of them where it was never reached."""
        return sum(trial.state in STATUS and not self._holds(trial) for trial in trials)

    def summary(
        self,
        trials: Sequence[Trial],
        front: Sequence[Mapping[str, object]],
        figures: Mapping[str, bytes],
        files: Mapping[str, str],
        hypervolume: Sequence[float],
        recommended: Sequence[str] = (),
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
        recommended
            Settings to dial, one sentence each.
        """
        study = self._study()
        info = study.parent.info
        texts = {**files, "front.csv": table(front)}
        place = (info.experiment_id, info.run_id)
        markdown = note(study.spec, trials, front, place=place, figures=list(figures), recommended=recommended)
        with storing(self.uri):
            log_files(study.client, info.run_id, {**{n: t.encode() for n, t in texts.items()}, **figures})
            save_views(study.client, study.parent, study.spec, sorted(study.images))
            study.client.set_tag(info.run_id, "mlflow.note.content", markdown)
            recorded = {point.step for point in study.client.get_metric_history(info.run_id, "hypervolume")}
            points = [
                Metric("hypervolume", float(value), info.start_time + step, step)
                for step, value in enumerate(hypervolume)
                if step not in recorded and np.isfinite(value)
            ]
            for first in range(0, len(points), _BATCH):
                study.client.log_batch(info.run_id, metrics=points[first : first + _BATCH])

    def finish(self, outcome: Literal["FINISHED", "KILLED", "FAILED"]) -> None:
        """Say how the run of the study ended; starting it again says that it goes on."""
        study = self._study()
        with storing(self.uri):
            study.client.set_terminated(study.parent.info.run_id, outcome)

    def rebuild(self, spec: StudySpec, trials: Sequence[Trial], seconds: float = math.inf) -> int:
        """Make MLflow say what the trials say: add what is missing, replace what differs, remove what is too much.

        Runs that are right keep their pictures; those of others come from where `keep` put them.

        Parameters
        ----------
        spec
            The study.
        trials
            All of them.
        seconds
            No further trial is begun after this time, the first excepted.

        Returns
        -------
        int
            Runs written.

        Raises
        ------
        StorageError
            When the store cannot be reached or written; told again it goes on where it stopped.
        """
        self.start(spec)
        study = self._study()
        final = {trial.number: trial for trial in trials if trial.state in STATUS}
        with storing(self.uri):
            for run in children_of(study.client, study.parent):
                number = int(run.data.tags["beamopt.trial"])
                if number not in final or study.children[number].run_id != run.info.run_id:
                    study.client.delete_run(run.info.run_id)
        return self.catch_up(trials, seconds)

    def catch_up(self, trials: Sequence[Trial], seconds: float = math.inf) -> int:
        """Add what is missing, as `rebuild` does, once the study is started and found in order.

        Parameters
        ----------
        trials
            All of them.
        seconds
            No further trial is begun after this time, the first excepted.

        Returns
        -------
        int
            Runs written.
        """
        end, written = time.monotonic() + seconds, 0
        outbox = Outbox(self._home, self._study().spec.name)
        for trial in trials:
            if trial.state not in STATUS:
                continue
            if not self._holds(trial):
                if written and time.monotonic() > end:
                    return written
                self.trial(trial, *outbox.take(trial.number))
                written += 1
            outbox.drop(trial.number)
        outbox.clear()
        return written

    def _holds(self, trial: Trial) -> bool:
        known = None if self._started is None else self._started.children.get(trial.number)
        return known is not None and known.digest == digest(trial)

    def _write(
        self,
        study: _Study,
        trial: Trial,
        images: Mapping[str, NDArray[np.floating]],
        figures: Mapping[str, bytes],
    ) -> None:
        """Write a run whole; it is done when it is terminated, and a run cut short is replaced."""
        client, parent = study.client, study.parent.info
        name = f"trial {trial.number:03d}"
        run = client.create_run(parent.experiment_id, tags=tags(study.spec, trial, parent.run_id), run_name=name).info
        study.children[trial.number] = Child(run.run_id, "")
        study.images.update(gridded(images))
        write_child(client, study.parent, study.spec, trial, run.run_id, images, figures)
        study.children[trial.number] = Child(run.run_id, digest(trial))

    def _study(self) -> _Study:
        if self._started is None:
            raise RuntimeError("start() comes first")
        if self._own and not database_of(self._home).is_file():
            raise StorageError(
                f"{database_of(self._home)}: removed while in use; it is rebuilt when the study is run again"
            )
        return self._started
