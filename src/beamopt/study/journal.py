"""Keeps MLflow and the pictures in step with the study; whatever happens here, the study goes on."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from beamopt import report
from beamopt.acquisition import Acquisition
from beamopt.errors import StorageError
from beamopt.fleet.values import Images
from beamopt.quantities import unit_of
from beamopt.record import Recorder
from beamopt.spec import StudySpec
from beamopt.study.events import Halted, Listener
from beamopt.study.outcome import Outcome, volume_unit
from beamopt.trial import Trial

__all__ = ["Journal"]


class Journal:
    """The MLflow record of one study.

    Parameters
    ----------
    spec
        The study.
    home
        Project folder.
    tracking_uri
        MLflow server, or None for the database in the project folder.
    listener
        Told when the record cannot be kept.
    """

    def __init__(self, spec: StudySpec, home: Path, tracking_uri: str | None, listener: Listener) -> None:
        self.home = home
        self._spec = spec
        self._recorder = Recorder(tracking_uri, home)
        self._listener = listener
        self._behind = False

    def open(self, trials: Sequence[Trial]) -> None:
        """Find or make the parent run and catch up with the trials that are already told."""
        with self._surviving():
            self._recorder.rebuild(self._spec, trials)

    def trial(self, trial: Trial, images: Images) -> None:
        """Record one trial with its images; once MLflow is behind, the rest waits for the end."""
        if self._behind:
            return
        with self._surviving():
            self._recorder.trial(trial, images)

    def close(self, outcome: Outcome, grown: Sequence[float]) -> None:
        """Write fronts, tables and the hypervolume curve; trials that could not be recorded before are added."""
        spec, trials = self._spec, outcome.trials
        figures = {
            "front.png": report.png(report.front_figure(trials, spec.objectives)),
            "hypervolume.png": report.png(report.hypervolume_figure(grown, unit=volume_unit(spec))),
        }
        rows = report.front_table(trials, spec.objectives)
        files = {"front.json": json.dumps({"schema_version": 1, "front": rows}, indent=2, ensure_ascii=False)}
        with self._surviving():
            if self._behind:
                self._recorder.rebuild(spec, trials)
                self._behind = False
            self._recorder.summary(trials, [_flat(row, spec) for row in rows], figures, files, grown)
            self._recorder.finish("KILLED" if outcome.stopped else "FINISHED")

    def abandon(self) -> None:
        """Say that the study was cut short."""
        if self._behind:
            return
        with self._surviving():
            self._recorder.finish("KILLED")

    def links(self) -> dict[str, str]:
        """Where the record stands."""
        return {"MLflow": self._recorder.uri}

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        """MLflow is a projection: its troubles are told, and the study goes on."""
        try:
            yield
        except StorageError as error:
            self._behind = True
            self._listener(Halted(f"MLflow is behind: {error}; the study goes on, its own database holds every trial"))


def _flat(row: Mapping[str, Any], spec: StudySpec) -> dict[str, object]:
    """One row of the front as columns with units in their names."""
    goals = {f"{o.metric} [{o.unit}]" if o.unit else o.metric: row["values"][o.metric] for o in spec.objectives}
    named = {o.metric for o in spec.objectives}
    units = {name: unit_of(Acquisition, name) if name in Acquisition.knobs() else "" for name in row["params"]}
    knobs = {f"{n} [{units[n]}]" if units[n] else n: v for n, v in row["params"].items() if n not in named}
    return {"trial": row["trial"], **goals, **knobs}
