"""Hypervolumes on the scale of the search: how objectives are weighed, and the corner they are measured from."""

import math
from collections.abc import Sequence

import numpy as np

from beamopt import pareto
from beamopt.measurement import METRICS
from beamopt.spec import Objective, StudySpec
from beamopt.trial import Trial

__all__ = ["history", "history_of", "on_scale", "reference", "volume", "volume_of", "volume_unit"]


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
    return history_of([t.values if t.state == "finished" else None for t in trials], spec)


def history_of(rows: Sequence[Sequence[float] | None], spec: StudySpec) -> list[float]:
    """Hypervolume after each row of objective values; None adds nothing."""
    nothing = [math.nan] * len(spec.objectives)
    scaled = np.array([nothing if row is None else on_scale(spec, row) for row in rows], dtype=np.float64)
    return pareto.hypervolume_history(
        scaled.reshape(-1, len(nothing)), [o.direction for o in spec.objectives], on_scale(spec, reference(spec))
    )


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
    if searched is None:
        return 0.0
    return searched.high if objective.direction == "minimize" else searched.low
