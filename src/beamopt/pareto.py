"""Fronts and hypervolumes of several objectives at once, each with its own better direction."""

from collections.abc import Sequence

import moocore
import numpy as np
from numpy.typing import NDArray

__all__ = ["front", "hypervolume", "hypervolume_history"]

Values = NDArray[np.float64]


def front(values: Values, directions: Sequence[str]) -> list[int]:
    """Rows that no other row beats in every objective.

    Parameters
    ----------
    values
        ``(n, m)``; rows that are not finite are left out.
    directions
        ``minimize`` or ``maximize`` per column.

    Returns
    -------
    list of int
        In order of the first objective; of equal rows the first.

    Examples
    --------
    >>> front(np.array([[10.0, 1.0], [20.0, 2.0], [20.0, 1.5]]), ["minimize", "maximize"])
    [0, 1]
    """
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(rows):
        return []
    best = rows[moocore.is_nondominated(values[rows], maximise=_maximise(directions), keep_weakly=False)]
    return [int(i) for i in sorted(best, key=lambda i: (values[i, 0], i))]


def hypervolume(values: Values, directions: Sequence[str], reference: Sequence[float]) -> float:
    """Volume between the front and the worst corner; rows beyond the corner add nothing.

    Parameters
    ----------
    values
        ``(n, m)``.
    directions
        ``minimize`` or ``maximize`` per column.
    reference
        Worst corner, one value per objective.

    Examples
    --------
    >>> hypervolume(np.array([[10.0, 1.0], [20.0, 2.0]]), ["minimize", "maximize"], [30.0, 0.0])
    30.0
    """
    kept = values[front(values, directions)]
    if not len(kept):
        return 0.0
    return float(moocore.hypervolume(kept, ref=np.asarray(reference, float), maximise=_maximise(directions)))


def hypervolume_history(values: Values, directions: Sequence[str], reference: Sequence[float]) -> list[float]:
    """Hypervolume after each row; it never falls.

    Parameters
    ----------
    values
        ``(n, m)`` in the order of the trials.
    directions, reference
        As for `hypervolume`.
    """
    grown: list[float] = []
    kept = np.empty((0, len(directions)))
    for row in values:
        candidates = np.vstack([kept, row])
        order = front(candidates, directions)
        if len(candidates) - 1 in order or not grown:
            kept = candidates[order]
            grown.append(hypervolume(kept, directions, reference))
        else:
            grown.append(grown[-1])
    return grown


def _maximise(directions: Sequence[str]) -> list[bool]:
    return [direction == "maximize" for direction in directions]
