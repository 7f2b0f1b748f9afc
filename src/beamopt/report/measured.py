"""What physics would allow beside what trials reached."""

from collections.abc import Sequence
from itertools import accumulate

from beamopt import metric_names
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["LIMITS", "limit_points", "top_of"]

LIMITS = {
    "quantum": "any measurement with as many electrons",
    "full": "this 4D-STEM measurement, dark field included",
    "linear": "any method linear in the patterns",
}
"""Name of each limit that a trial may carry as ``limit.NAME``, and what it is the limit of."""


def limit_points(trials: Sequence[Trial], objectives: Sequence[Objective]) -> dict[str, list[tuple[float, float]]]:
    """The best possible information by dose: the most that physics allows any setting tried, at no higher cost.

    Parameters
    ----------
    trials
        All that are finished, in any order.
    objectives
        Of the study; there are limits where the first is minimised and the second is information.

    Returns
    -------
    dict
        Name of each limit to its points ``(first objective, bits/Å²)``, rising in both; a limit that no trial carries
        is left out.
    """
    if len(objectives) < 2 or objectives[0].direction != "minimize":
        return {}
    if objectives[1].score != "information":
        return {}
    by_cost = sorted(trials, key=lambda t: t.values[0])
    curves = {}
    for name in LIMITS:
        limit = metric_names.limit(name)
        known = [(t.values[0], t.metrics[limit]) for t in by_cost if limit in t.metrics]
        best = accumulate((limit for _, limit in known), max)
        curves[name] = [(cost, limit) for (cost, _), limit in zip(known, best, strict=True)]
    return {name: points for name, points in curves.items() if points}


def top_of(values: Sequence[float], limits: Sequence[float]) -> float:
    """Where an axis that begins at zero ends, so that what was attained can be read beside its limits.

    Limits within twice of the best value are shown whole; farther ones would press the front against the axis.

    Examples
    --------
    >>> [round(top_of([1.0, 2.0], limits), 2) for limits in ([3.0], [100.0], [])]
    [3.15, 4.2, 2.1]
    """
    best = max(values, default=0.0)
    if best <= 0:
        return 1.05 * max(limits, default=1.0)
    return 1.05 * max(best, min(max(limits, default=0.0), 2 * best))
