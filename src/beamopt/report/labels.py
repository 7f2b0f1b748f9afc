"""Numbers beside points, where they cover neither a point nor a curve nor each other."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from beamopt.report.figures import MUTED

__all__ = ["clear_labels"]

_SIZE = 7.5  # pt
_WIDE, _HIGH = 0.62 * _SIZE, 0.80 * _SIZE  # of a digit
_ROOM = 1.0  # pt around a label
_POINT, _CURVE = 5.5, 1.0  # half widths of what stands in the way [pt]
_AWAY = (2.0, 6.0, 11.0, 17.0, 24.0, 32.0)  # pt between a point's edge and its label
_LED = 7.0  # from here on a line leads to the label
_TURNS = tuple(math.radians(angle) for angle in (135, 90, 45, 180, 0, 225, 270, 315, 112, 68, 158, 22))

_Real = NDArray[np.float64]


def clear_labels(
    axes: Axes, labels: Sequence[tuple[str, tuple[float, float]]], points: _Real, curves: Sequence[_Real]
) -> None:
    """Write each label near its point, at the nearest place that is free; with a line to the point from afar.

    Parameters
    ----------
    axes
        With everything else drawn and its limits settled.
    labels
        Text and point, in the units of the axes.
    points
        ``(n, 2)`` all points that must stay visible.
    curves
        ``(m, 2)`` vertices of each line that must.
    """
    figure = axes.figure
    if not labels or not isinstance(figure, Figure):
        return
    figure.draw_without_rendering()
    scale = 72 / figure.dpi

    def page(data: _Real) -> _Real:
        return np.asarray(axes.transData.transform(data)) * scale

    taken = [_boxes(page(points), _POINT)] if len(points) else []
    taken += [_boxes(_dense(page(curve)), _CURVE) for curve in curves if len(curve)]
    blocked = np.vstack(taken) if taken else np.empty((0, 4))
    frame = np.asarray(axes.bbox.extents) * scale
    for text, at in labels:
        (place,) = page(np.array([at], dtype=np.float64))
        half = np.array([_WIDE * len(text) / 2, _HIGH / 2])
        shift, box = _free(place, half, blocked, frame)
        blocked = np.vstack([blocked, box])
        led = float(np.hypot(*shift)) - float(np.hypot(*half)) > _POINT + _LED
        axes.annotate(
            text,
            at,
            (float(shift[0]), float(shift[1])),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=_SIZE,
            color=MUTED,
            arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.5, "shrinkB": _POINT} if led else None,
        )


def _free(place: _Real, half: _Real, blocked: _Real, frame: _Real) -> tuple[_Real, _Real]:
    """Shift of a label from its point and its box: the nearest free one, or the one with least in its way."""
    best: tuple[float, _Real, _Real] | None = None
    for away in _AWAY:
        for turn in _TURNS:
            way = np.array([math.cos(turn), math.sin(turn)])
            reach = _POINT + away + float(np.abs(way) @ half)
            shift = way * reach
            low, high = place + shift - half - _ROOM, place + shift + half + _ROOM
            box = np.concatenate([low, high])
            inside = bool((low >= frame[:2]).all() and (high <= frame[2:]).all())
            hits = _overlaps(box, blocked) + (0 if inside else 100)
            if hits == 0:
                return shift, box
            if best is None or hits < best[0]:
                best = hits, shift, box
    assert best is not None  # noqa: S101 (there is at least one place)
    return best[1], best[2]


def _overlaps(box: _Real, blocked: _Real) -> int:
    apart = (blocked[:, :2] > box[2:]).any(axis=1) | (blocked[:, 2:] < box[:2]).any(axis=1)
    return int((~apart).sum())


def _boxes(centres: _Real, half: float) -> _Real:
    return np.hstack([centres - half, centres + half])


def _dense(path: _Real, step: float = 2.0) -> _Real:
    """A line as points no farther apart than a step [pt]; parts that leave the page are cut off."""
    path = np.clip(path[np.isfinite(path).all(axis=1)], -1e3, 1e4)
    if len(path) < 2:
        return path
    parts = []
    for start, end in pairwise(path):
        count = max(1, math.ceil(float(np.hypot(*(end - start))) / step))
        parts.append(start + np.linspace(0, 1, count, endpoint=False)[:, None] * (end - start))
    return np.vstack([*parts, path[-1:]])
