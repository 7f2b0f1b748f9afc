"""What a setting will give: a mean over noise draws and the interval in which the true mean lies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from beamopt.report.words import short

__all__ = ["Expected", "expected_of", "half_width"]

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

    def said(self, unit: str = "") -> str:
        """In words.

        Examples
        --------
        >>> expected_of([0.4, 0.5, 0.45, 0.48]).said("bits/Å²")
        '0.458 bits/Å² (95 %: 0.388 to 0.527, 4 fresh draws)'
        """
        value = f"{short(self.mean)} {unit}".strip()
        if self.draws < 2:
            return f"{value} (one fresh draw)"
        return f"{value} (95 %: {short(self.low)} to {short(self.high)}, {self.draws} fresh draws)"


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
