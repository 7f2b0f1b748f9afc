"""Where the probe stops: one period of positions where the crystal allows it, the whole field otherwise."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Axis", "fold"]

_STRETCH = 0.02


@dataclass(frozen=True)
class Axis:
    """Positions along one scan axis.

    Parameters
    ----------
    count
        Positions that are simulated.
    step
        Actual step [Å].
    repeats
        How often the simulated positions are repeated to fill the field.
    """

    count: int
    step: float
    repeats: int

    @property
    def positions(self) -> NDArray[np.float64]:
        """Simulated positions [Å], the first at 0."""
        return np.arange(self.count, dtype=np.float64) * self.step


def fold(side: float, field: float, step: float) -> Axis:
    """Positions of one scan axis over a crystal that repeats every `side`.

    A perfect crystal gives the same patterns in every cell. The fewest cells that hold a whole number of steps within
    2 % of the wanted one are scanned and repeated until they reach the field; where no number of cells inside the field
    does, every position of the field is simulated at the wanted step.

    Parameters
    ----------
    side
        Period of the crystal [Å].
    field
        Least extent of the scan [Å].
    step
        Wanted step [Å].

    Returns
    -------
    Axis

    Examples
    --------
    >>> fold(14.7, field=40.0, step=0.7)
    Axis(count=21, step=0.7, repeats=3)
    """
    for cells in range(1, math.floor(field / side + 1e-9) + 1):
        count = max(1, round(cells * side / step))
        actual = cells * side / count
        if abs(actual - step) <= _STRETCH * step:
            return Axis(count, actual, math.ceil(field / (cells * side) - 1e-9))
    return Axis(max(1, math.ceil(field / step - 1e-9)), step, 1)
