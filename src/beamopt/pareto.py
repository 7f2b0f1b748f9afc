"""Fronts and hypervolumes of several objectives at once, each with its own better direction."""

from collections.abc import Sequence

import moocore
import numpy as np
from numpy.typing import NDArray

__all__ = ["front", "hypervolume", "hypervolume_history", "reference_point"]

Values = NDArray[np.float64]


def front(values: Values, directions: Sequence[str]) -> list[int]:
    """Rows that no other row beats.

    A row beats another if it is at least as good in every objective and better in one.

    Parameters
    ----------
    values
        ``(n, m)``; rows that are not finite are left out.
    directions
        ``minimize`` or ``maximize`` per column.

    Returns
    -------
    list of int
        Indices in rising order of the first objective; of equal rows the first.

    Raises
    ------
    ValueError
        If there is not one known direction per column.

    Examples
    --------
    >>> front(np.array([[10.0, 1.0], [20.0, 2.0], [20.0, 1.5]]), ["minimize", "maximize"])
    [0, 1]
    """
    maximise = _maximise(values, directions)
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(rows):
        return []
    best = rows[moocore.is_nondominated(values[rows], maximise=maximise, keep_weakly=False)]
    return [int(i) for i in sorted(best, key=lambda i: (values[i, 0], i))]


def reference_point(bounds: Sequence[tuple[float, float]], directions: Sequence[str]) -> tuple[float, ...]:
    """Worst corner of given bounds, from which hypervolumes are measured.

    It is a function of what the study fixes beforehand (searched ranges, the least and most a score can be) and never
    of the trials, so that a hypervolume can be compared between trials, runs and studies of the same ranges.

    Parameters
    ----------
    bounds
        Least and largest value per objective.
    directions
        ``minimize`` or ``maximize`` per objective.

    Examples
    --------
    >>> reference_point([(5.0, 500.0), (0.0, 10.0)], ["minimize", "maximize"])
    (500.0, 0.0)
    """
    worst = {"minimize": max, "maximize": min}
    return tuple(float(worst[direction](pair)) for pair, direction in zip(bounds, directions, strict=True))


def hypervolume(values: Values, directions: Sequence[str], reference: Sequence[float]) -> float:
    """Volume that the front dominates, up to the reference; rows beyond the reference add nothing.

    Parameters
    ----------
    values
        ``(n, m)``; rows that are not finite are left out.
    directions
        ``minimize`` or ``maximize`` per column.
    reference
        Worst corner, one value per objective.

    Returns
    -------
    float
        In the product of the objectives' units.

    Examples
    --------
    >>> hypervolume(np.array([[10.0, 1.0], [20.0, 2.0]]), ["minimize", "maximize"], [30.0, 0.0])
    30.0
    """
    kept = values[front(values, directions)]
    worst = np.asarray(reference, dtype=np.float64)
    sign = np.where(_maximise(values, directions), -1.0, 1.0)
    kept = kept[(sign * kept < sign * worst).all(axis=1)]
    if not len(kept):
        return 0.0
    return float(moocore.hypervolume(sign * kept, ref=sign * worst))


def hypervolume_history(values: Values, directions: Sequence[str], reference: Sequence[float]) -> list[float]:
    """Hypervolume after each row; it never falls.

    Parameters
    ----------
    values
        ``(n, m)`` in the order of the trials; a row that is not finite adds nothing.
    directions, reference
        As for `hypervolume`.

    Examples
    --------
    >>> hypervolume_history(np.array([[10.0, 1.0], [20.0, 0.5], [20.0, 2.0]]), ["minimize", "maximize"], [30.0, 0.0])
    [20.0, 20.0, 30.0]
    """
    grown: list[float] = []
    kept = np.empty((0, values.shape[1]))
    for row in values:
        candidates = np.vstack([kept, row])
        order = front(candidates, directions)
        if len(kept) in order:
            kept = candidates[order]
            grown.append(max(hypervolume(kept, directions, reference), *grown[-1:], 0.0))
        else:
            grown.append(grown[-1] if grown else 0.0)
    return grown


def _maximise(values: Values, directions: Sequence[str]) -> list[bool]:
    if values.ndim != 2 or values.shape[1] != len(directions) or set(directions) - {"minimize", "maximize"}:
        raise ValueError(f"values {values.shape} need one of minimize, maximize per column, not {list(directions)}")
    return [direction == "maximize" for direction in directions]
