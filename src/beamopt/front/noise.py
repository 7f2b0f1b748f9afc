"""What noise leaves open: the spread of draws, and the interval in which the true mean lies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from beamopt import metric_names
from beamopt.quantities import short
from beamopt.spec import Objective, StudySpec
from beamopt.trial import Trial

__all__ = ["Expected", "expected_of", "half_width", "interval", "noise_of", "spread"]

_SURE = 0.95


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Mean of a score over noise draws, with its 95 % interval.

    Parameters
    ----------
    mean
        In the unit of the score.
    low, high
        Student's interval; both the mean where there was one draw, which knows no spread.
    draws
        How many.
    """

    mean: float
    low: float
    high: float
    draws: int

    def in_words(self, unit: str = "") -> str:
        """Mean, interval and number of draws.

        Examples
        --------
        >>> expected_of([0.4, 0.5, 0.45, 0.48]).in_words("bits/Å²")
        '0.458 bits/Å² (95 %: 0.388 to 0.527, 4 fresh draws)'
        """
        value = f"{short(self.mean)} {unit}".strip()
        if self.draws < 2:
            return f"{value} (one fresh draw)"
        return f"{value} (95 %: {short(self.low)} to {short(self.high)}, {self.draws} fresh draws)"


def spread(trial: Trial, name: str) -> float | None:
    """Standard deviation of a recorded score over the trial's noise draws; None for a single draw, or for a knob.

    Parameters
    ----------
    trial
        As recorded.
    name
        ``method.score``, see `StudySpec.qualified`.

    Examples
    --------
    >>> trial = Trial(number=0, state="finished", params={}, metrics={"icom.ssim": 0.5, "icom.ssim_std": 0.02})
    >>> spread(trial, "icom.ssim")
    0.02
    """
    return trial.metrics.get(metric_names.spread(name))


def interval(trial: Trial, name: str) -> float | None:
    """Half of Student's 95 % interval around a score's mean over the trial's noise draws.

    None for a single draw, for a knob, and where nobody noted how many draws there were.

    Examples
    --------
    >>> metrics = {"icom.ssim": 0.5, "icom.ssim_std": 0.02, "replicates": 4}
    >>> round(interval(Trial(number=0, state="finished", params={}, metrics=metrics), "icom.ssim"), 4)
    0.0318
    """
    std, draws = spread(trial, name), trial.metrics.get("replicates", 1)
    return None if std is None or draws < 2 else half_width(std, round(draws))


def noise_of(trial: Trial, objective: Objective, spec: StudySpec) -> float:
    """Standard deviation of an objective between the noise draws of a trial; nan where there was one.

    Parameters
    ----------
    trial
        As recorded.
    objective
        A knob has no noise.
    spec
        The study.
    """
    if not objective.score:
        return 0.0
    known = spread(trial, spec.qualified(objective))
    return math.nan if known is None else known


def half_width(std: float, draws: int) -> float:
    """Half of Student's 95 % interval around a mean of so many draws; nan for a single one.

    Parameters
    ----------
    std
        Sample standard deviation of one draw.
    draws
        How many the mean is over.

    Examples
    --------
    >>> round(half_width(1.0, 4), 3), round(half_width(1.0, 8), 3)
    (1.591, 0.836)
    """
    if draws < 2:
        return math.nan
    return float(stdtrit(draws - 1, (1 + _SURE) / 2)) * std / math.sqrt(draws)


def expected_of(draws: Sequence[float]) -> Expected:
    """Mean and Student's 95 % interval of some draws.

    Parameters
    ----------
    draws
        One or more finite numbers.
    """
    mean = float(np.mean(draws))
    wide = half_width(float(np.std(draws, ddof=1)), len(draws)) if len(draws) > 1 else 0.0
    return Expected(mean=mean, low=mean - wide, high=mean + wide, draws=len(draws))
