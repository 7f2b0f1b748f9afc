"""What a study found: the front and the settings it recommends."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from beamopt import pareto
from beamopt.report import front_trials
from beamopt.report.facts import unresolved
from beamopt.report.measured import method_of
from beamopt.search import Search
from beamopt.spec import Objective, StudySpec
from beamopt.trial import Trial

__all__ = ["Outcome", "history", "on_scale", "pareto_front", "recommend", "reference", "volume", "volume_unit"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A study's result.

    Parameters
    ----------
    spec
        The study.
    trials
        Every trial in order.
    front
        Trials that no other beats in every objective, in order of the first objective.
    hypervolume
        Volume the front dominates: the objectives' units multiplied, decades where a knob is searched in the logarithm.
    home
        Project folder.
    stopped
        Whether it was stopped before its budget was spent.
    links
        Where the record stands.
    """

    spec: StudySpec
    trials: tuple[Trial, ...]
    front: tuple[Trial, ...]
    hypervolume: float
    home: Path
    stopped: bool = False
    links: dict[str, str] = field(default_factory=dict)


def reference(spec: StudySpec) -> tuple[float, ...]:
    """Worst corner that the hypervolume is measured from: the searched bound of a knob, zero for a score."""
    return tuple(_worst(spec, objective) for objective in spec.objectives)


def history(trials: Sequence[Trial], spec: StudySpec) -> list[float]:
    """Hypervolume after each trial."""
    finished = [t for t in trials if t.state == "finished"]
    if not finished:
        return [0.0] * len(trials)
    directions = [o.direction for o in spec.objectives]
    values = np.array([on_scale(spec, t.values) for t in finished])
    worst = on_scale(spec, reference(spec))
    curve = iter(pareto.hypervolume_history(values, directions, worst))
    grown, volume = [], 0.0
    for trial in trials:
        volume = next(curve) if trial.state == "finished" else volume
        grown.append(float(volume))
    return grown


def volume(front: Sequence[Trial], spec: StudySpec) -> float:
    """Hypervolume of a front: the last value of `history`, without the ones before."""
    rows = np.array([on_scale(spec, t.values) for t in front], dtype=np.float64).reshape(-1, len(spec.objectives))
    return float(pareto.hypervolume(rows, [o.direction for o in spec.objectives], on_scale(spec, reference(spec))))


def recommend(trials: Sequence[Trial], spec: StudySpec, count: int = 3) -> tuple[Trial, ...]:
    """Front members spread evenly over the front, the cheapest and the best among those that resolve anything.

    Parameters
    ----------
    trials
        All of them.
    spec
        The study; members whose image resolves nothing are passed over as long as others remain.
    count
        How many at most.
    """
    front = front_trials(trials, spec.objectives)
    front = tuple(t for t in front if not _blind(spec, t)) or front
    if len(front) <= count:
        return front
    picks = np.linspace(0, len(front) - 1, count).round().astype(int)
    return tuple(front[i] for i in picks)


def pareto_front(name: str, home: str | Path = "beamopt-runs") -> tuple[Trial, ...]:
    """Front of a stored study, read from its database.

    Parameters
    ----------
    name
        Study name.
    home
        Project folder.

    Returns
    -------
    tuple of Trial
        In order of the first objective.

    Raises
    ------
    InputError
        If there is no such study.
    """
    stored = Search.load(Path(home), name)
    return front_trials(stored.trials, stored.spec.objectives)


def volume_unit(spec: StudySpec) -> str:
    """Unit of the hypervolume, for instance ``decades·bits/Å²``."""
    searched = spec.searched()
    units = ["decades" if o.metric in searched and searched[o.metric].log else o.unit for o in spec.objectives]
    return "·".join(unit for unit in units if unit)


def on_scale(spec: StudySpec, values: Sequence[float]) -> tuple[float, ...]:
    """Objectives as the search sees them: a factor of ten in dose weighs the same at 5 as at 50 e/Å²."""
    searched = spec.searched()
    logs = [o.metric in searched and searched[o.metric].log for o in spec.objectives]
    return tuple(math.log10(v) if log else v for v, log in zip(values, logs, strict=True))


def _blind(spec: StudySpec, trial: Trial) -> bool:
    """Whether the image of the method that the objectives judge resolves nothing."""
    goal = next((m for m in (method_of(trial, o.metric) for o in spec.objectives) if m), spec.methods[0])
    spacing = trial.metrics.get(f"{goal}.frc_resolution")
    return spacing is not None and unresolved(spec, spec.propose(trial.params).acquisition, spacing)


def _worst(spec: StudySpec, objective: Objective) -> float:
    if objective.direction == "maximize":
        return 0.0
    searched = spec.searched().get(objective.metric)
    if searched is not None:
        return searched.high
    return {"frc_resolution": max(spec.sample.window, 1.0), "phase_nrmse": 2.0}.get(
        objective.metric.rpartition(".")[2], 0.0
    )
