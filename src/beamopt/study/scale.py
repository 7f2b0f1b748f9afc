"""The scale on which objectives are weighed against each other, and the corner from which they are measured."""

import math
from collections.abc import Sequence

from beamopt.measurement import METRICS
from beamopt.spec import Objective, StudySpec

__all__ = ["on_scale", "reference"]


def reference(spec: StudySpec) -> tuple[float, ...]:
    """Worst corner that the hypervolume is measured from: the searched bound of a knob, the worst of a score."""
    return tuple(_worst(spec, objective) for objective in spec.objectives)


def on_scale(spec: StudySpec, values: Sequence[float]) -> tuple[float, ...]:
    """Objectives as the search sees them: a factor of ten in dose weighs the same at 5 as at 50 e/Å²."""
    searched = spec.searched()
    logs = [o.metric in searched and searched[o.metric].log for o in spec.objectives]
    return tuple(math.log10(v) if log else v for v, log in zip(values, logs, strict=True))


def _worst(spec: StudySpec, objective: Objective) -> float:
    if objective.score:
        return min(METRICS[objective.score].worst, max(spec.sample.window, 1.0))
    searched = spec.searched().get(objective.metric)
    return searched.high if searched is not None and objective.direction == "minimize" else 0.0
