"""Keeps MLflow and the pictures in step with the study; whatever happens here, the study goes on.

The search's database holds every trial, so what MLflow could not take is read from there when it answers again: at the
next trials, at the end, at the next start, or by `beamopt record`. Only pictures are kept aside in the meantime.
"""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from beamopt import record, report
from beamopt.acquisition import Acquisition
from beamopt.address import command_line, hidden_address
from beamopt.errors import StorageError
from beamopt.fleet import Answer
from beamopt.front import Recommended, promised, volume_unit
from beamopt.quantities import unit_of
from beamopt.spec import StudySpec
from beamopt.study.events import Halted, Listener
from beamopt.study.outcome import Outcome
from beamopt.trial import Trial

__all__ = ["Journal"]

_PATIENCE = 5.0  # s before MLflow is asked again
_SHARE = 20  # a retry waits so many times as long as the last attempt took: retries cost 5 % of a study
_CATCHING_UP = 1.0  # s of catching up between two trials


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
    storage
        PostgreSQL address where the trials are; repeated in the command that catches up.
    """

    def __init__(
        self,
        spec: StudySpec,
        home: Path,
        tracking_uri: str | None,
        listener: Listener,
        storage: str | None = None,
    ) -> None:
        self.home = home
        self._spec = spec
        self._recorder = record.Recorder(tracking_uri, home)
        self._tracking_uri = tracking_uri
        self._storage = storage
        self._listener = listener
        self._told: dict[int, Trial] = {}
        self._behind = True
        self._in_order = False  # whether what MLflow holds was looked through since it last failed
        self._trouble = ""
        self._again = 0.0

    @property
    def behind(self) -> bool:
        """Whether MLflow lacks something that it should hold."""
        return self._behind

    def open(self, trials: Sequence[Trial]) -> None:
        """Find or make the parent run and catch up with the trials that are already told."""
        self._told = {trial.number: trial for trial in trials}
        self._catch_up(_CATCHING_UP)

    def trial(self, trial: Trial, answer: Answer | None) -> None:
        """Record one trial with its pictures, or keep them until MLflow answers.

        Parameters
        ----------
        trial
            As it was told.
        answer
            With what was seen, if it came so far.
        """
        self._told[trial.number] = trial
        images, figures = ({}, {}) if answer is None else (answer.images, answer.figures)
        if not self._behind:
            try:
                self._recorder.trial(trial, images, figures)
            except StorageError as error:
                self._fall_behind(error, cost=0.0)
            else:
                return
        self._recorder.keep(self._spec, trial, images, figures)
        if time.monotonic() >= self._again:
            self._catch_up(_CATCHING_UP)

    def close(self, outcome: Outcome, grown: Sequence[float]) -> None:
        """Write fronts, tables and the hypervolume curve; say what MLflow still lacks."""
        self._told = {trial.number: trial for trial in outcome.trials}
        if self._behind:
            self._catch_up()
        if not self._behind:
            try:
                self._summarise(outcome, grown)
            except StorageError as error:
                self._fall_behind(error, cost=0.0)
        if self._behind:
            self._listener(Halted(self._farewell(outcome.trials)))

    def abandon(self) -> None:
        """Say that the study was cut short."""
        if self._behind:
            return
        try:
            self._recorder.finish("KILLED")
        except StorageError as error:
            self._fall_behind(error, cost=0.0)

    def links(self) -> dict[str, str]:
        """Where the record stands."""
        return {"MLflow": hidden_address(self._recorder.uri)}

    def _catch_up(self, seconds: float = float("inf")) -> None:
        """Bring MLflow up to date with every trial told so far, for so long; what is left stays for the next time."""
        start = time.monotonic()
        trials = [self._told[number] for number in sorted(self._told)]
        try:
            if self._in_order:
                self._recorder.catch_up(trials, seconds)
            else:
                self._recorder.rebuild(self._spec, trials, seconds)
        except StorageError as error:
            self._fall_behind(error, cost=time.monotonic() - start)
            return
        left = self._recorder.waiting(trials)
        if self._trouble and not left:
            self._listener(Halted("MLflow has caught up"))
            self._trouble = ""
        self._in_order, self._behind, self._again = True, left > 0, 0.0

    def _fall_behind(self, error: StorageError, *, cost: float) -> None:
        """Retry later and report the failure once: MLflow is a copy, and the study goes on without it."""
        if not self._trouble:
            self._listener(Halted(f"MLflow is behind: {error}; the study goes on"))
        self._in_order, self._behind, self._trouble = False, True, str(error).partition("; the study is safe")[0]
        self._again = time.monotonic() + max(_PATIENCE, _SHARE * cost)

    def _summarise(self, outcome: Outcome, grown: Sequence[float]) -> None:
        spec, trials = self._spec, outcome.trials
        figures = {
            "front.png": report.png(report.front_figure(trials, spec, recommended=outcome.recommended)),
            "hypervolume.png": report.png(report.hypervolume_figure(grown, unit=volume_unit(spec))),
        }
        rows = report.front_table(trials, spec.objectives)
        files = {"front.json": json.dumps({"schema_version": 1, "front": rows}, indent=2, ensure_ascii=False)}
        advice = [_advice(spec, one) for one in outcome.recommended]
        self._recorder.summary(trials, [_flat(row, spec) for row in rows], figures, files, grown, advice)
        self._recorder.finish("KILLED" if outcome.stopped else "FINISHED")

    def _farewell(self, trials: Sequence[Trial]) -> str:
        words = ["record", self._spec.name, "--home", str(self.home)]
        words += ["--tracking-uri", self._tracking_uri] if self._tracking_uri else []
        words += ["--storage", self._storage] if self._storage else []
        waiting = self._recorder.waiting(trials)
        what = f"{waiting} of {len(trials)} trials wait" if waiting else "the summary waits"
        return f"{what} for MLflow ({self._trouble}); catch up with: {command_line(words)}"


def _advice(spec: StudySpec, one: Recommended) -> str:
    setting = report.sentence(spec.propose(one.trial.params).acquisition)
    return f"{setting}: {promised(spec, one)} (trial {one.trial.number}, {one.role})"


def _flat(row: Mapping[str, Any], spec: StudySpec) -> dict[str, object]:
    """One row of the front as columns with units in their names."""
    goals = {f"{o.metric} [{o.unit}]" if o.unit else o.metric: row["values"][o.metric] for o in spec.objectives}
    named = {o.metric for o in spec.objectives}
    units = {name: unit_of(Acquisition, name) if name in Acquisition.knobs() else "" for name in row["params"]}
    knobs = {f"{n} [{units[n]}]" if units[n] else n: v for n, v in row["params"].items() if n not in named}
    return {"trial": row["trial"], **goals, **knobs}
