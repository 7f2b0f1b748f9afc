"""What a trial's metrics say beside its values: their spread over the replicates, and what physics would allow."""

from collections.abc import Sequence
from itertools import accumulate

from beamopt.measurement import METRICS
from beamopt.report.expected import half_width
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["LIMITS", "interval", "limit_points", "method_of", "spread", "top_of"]

LIMITS = {
    "quantum": "any measurement with as many electrons",
    "full": "this 4D-STEM measurement, dark field included",
    "linear": "any method linear in the patterns",
}
"""Name of each limit that a trial may carry as ``limit.NAME``, and what it is the limit of."""


def method_of(trial: Trial, metric: str) -> str:
    """Reconstruction method that a score belongs to; empty for a knob.

    An unqualified score is that of the study's first method, which the trial's metrics name first.

    Examples
    --------
    >>> trial = Trial(number=0, state="finished", params={}, metrics={"icom.ssim": 0.5, "parallax.ssim": 0.4})
    >>> method_of(trial, "ssim"), method_of(trial, "parallax.ssim"), method_of(trial, "dose_per_area")
    ('icom', 'parallax', '')
    """
    method, _, score = metric.rpartition(".")
    if method or score not in METRICS:
        return method
    return next((name.rpartition(".")[0] for name in trial.metrics if name.endswith(f".{score}")), "")


def spread(trial: Trial, metric: str) -> float | None:
    """Standard deviation of a score over the trial's noise draws; None for a single draw, or for a knob.

    Examples
    --------
    >>> trial = Trial(number=0, state="finished", params={}, metrics={"icom.ssim": 0.5, "icom.ssim_std": 0.02})
    >>> spread(trial, "ssim")
    0.02
    """
    score = metric.rpartition(".")[2]
    return trial.metrics.get(f"{method_of(trial, metric)}.{score}_std")


def interval(trial: Trial, metric: str) -> float | None:
    """Half of Student's 95 % interval around a score's mean over the trial's noise draws.

    None for a single draw, for a knob, and where nobody noted how many draws there were.

    Examples
    --------
    >>> metrics = {"icom.ssim": 0.5, "icom.ssim_std": 0.02, "replicates": 4}
    >>> round(interval(Trial(number=0, state="finished", params={}, metrics=metrics), "ssim"), 4)
    0.0318
    """
    std, draws = spread(trial, metric), trial.metrics.get("replicates", 1)
    return None if std is None or draws < 2 else half_width(std, round(draws))


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
    found = {}
    for name in LIMITS:
        known = [(t.values[0], t.metrics[f"limit.{name}"]) for t in by_cost if f"limit.{name}" in t.metrics]
        best = accumulate((limit for _, limit in known), max)
        found[name] = [(cost, limit) for (cost, _), limit in zip(known, best, strict=True)]
    return {name: points for name, points in found.items() if points}


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
