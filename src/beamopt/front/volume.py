"""Hypervolumes on the scale of the search: how objectives are weighed, and the corner they are measured from."""

import math
from collections.abc import Sequence

import numpy as np

from beamopt import pareto
from beamopt.measurement import METRICS
from beamopt.spec import Objective, StudySpec
from beamopt.trial import Trial

__all__ = ["history", "on_scale", "reference", "volume", "volume_of", "volume_unit"]


def reference(spec: StudySpec) -> tuple[float, ...]:
    """Worst corner that the hypervolume is measured from: the searched bound of a knob, the worst of a score."""
    return tuple(_worst(spec, objective) for objective in spec.objectives)


def on_scale(spec: StudySpec, values: Sequence[float]) -> tuple[float, ...]:
    """Objectives as the search sees them: a factor of ten in dose weighs the same at 5 as at 50 e/Å²."""
    searched = spec.searched()
    logs = [o.metric in searched and searched[o.metric].log for o in spec.objectives]
    return tuple(math.log10(v) if log else v for v, log in zip(values, logs, strict=True))


def volume(trials: Sequence[Trial], spec: StudySpec) -> float:
    """Hypervolume of some finished trials."""
    return volume_of([t.values for t in trials], spec)


def volume_of(rows: Sequence[Sequence[float]], spec: StudySpec) -> float:
    """Hypervolume that rows of objective values dominate."""
    scaled = np.array([on_scale(spec, row) for row in rows], dtype=np.float64).reshape(-1, len(spec.objectives))
    return float(pareto.hypervolume(scaled, [o.direction for o in spec.objectives], on_scale(spec, reference(spec))))


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


def volume_unit(spec: StudySpec) -> str:
    """Unit of the hypervolume, for instance ``decades·bits/Å²``."""
    searched = spec.searched()
    units = ["decades" if o.metric in searched and searched[o.metric].log else o.unit for o in spec.objectives]
    return "·".join(unit for unit in units if unit)


def _worst(spec: StudySpec, objective: Objective) -> float:
    if objective.score:
        worst = METRICS[objective.score].worst
        return worst if math.isfinite(worst) else max(spec.sample.window, 1.0)
    searched = spec.searched().get(objective.metric)
    return searched.high if searched is not None and objective.direction == "minimize" else 0.0
