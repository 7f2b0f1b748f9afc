"""The trade-off front, with its spread and what physics allows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.front import Recommended, front_trials, interval
from beamopt.quantities import short, unit_of
from beamopt.report.figures import FRESH, FRONT, MUTED, decades, heading, new_figure, plain
from beamopt.report.labels import clear_labels
from beamopt.report.measured import limit_points, top_of
from beamopt.report.words import label
from beamopt.spec import Objective, StudySpec
from beamopt.trial import Trial

__all__ = ["front_figure", "staircase"]

_NUMBERED = 16  # points of a front that can be numbered and still be read
_MARKS = {"quantum": "-", "full": "--", "linear": ":"}


def front_figure(
    trials: Sequence[Trial],
    spec: StudySpec,
    *,
    colour: str = "semiangle_cutoff",
    title: str = "",
    recommended: Sequence[Recommended] = (),
) -> Figure:
    """Finished trials in the plane of the first two objectives, and the front as a staircase.

    Points of the front are ringed and carry their trial's number. With a single objective its value is drawn against
    the number of the trial, and the staircase is the best so far. With three or four objectives the ringed points may
    lie inside: they are on the front for another objective, and no staircase is drawn.

    Parameters
    ----------
    trials
        All of them; what is infeasible or failed is counted in a note and not drawn.
    spec
        The study, whose objectives stand in the order of the trials' values.
    colour
        Searched parameter that colours the points.
    title
        Headline.
    recommended
        Settings whose fresh draws are drawn beside what the search recorded.

    Returns
    -------
    Figure
        The collection with gid ``trials`` holds every finished trial, ``front`` the ringed ones, and the line
        ``staircase`` what is attained. Where trials carry them, ``spread`` are error bars, Student's 95 % intervals of
        means over two or more noise draws, and ``limit quantum``, ``limit full``, ``limit linear`` the best possible
        information by dose, see `limit_points`. ``fresh`` are the means of fresh draws and ``fresh interval`` theirs.
        Numbers and legend keep clear of all of them.
    """
    objectives = spec.objectives
    figure = new_figure()
    axes = plain(figure.add_subplot())
    finished = [t for t in trials if t.state == "finished"]
    front = front_trials(trials, objectives)
    _scatter(axes, finished, objectives, colour)
    _spread(axes, finished, spec)
    _limits(axes, finished, objectives)
    _scale(axes, objectives)
    _settle(axes, finished, objectives)
    if finished and len(objectives) <= 2:
        _stairs(axes, _best_so_far(finished, objectives) if len(objectives) == 1 else front, objectives)
    _rings(axes, front, objectives)
    fresh = _fresh(axes, recommended, objectives)
    axes.set_xlabel("trial" if len(objectives) == 1 else label(objectives[0].metric, objectives[0].unit))
    shown = objectives[min(1, len(objectives) - 1)]
    axes.set_ylabel(label(shown.metric, shown.unit))
    heading(axes, title)
    if axes.get_legend_handles_labels()[1]:
        figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=2)
    _note(axes, trials)
    if len(front) <= _NUMBERED:
        named = [(str(t.number), _place(t, objectives)) for t in front]
        clear_labels(axes, named, np.vstack([_places(finished, objectives), fresh]), _lines(axes))
    return figure


def staircase(
    corners: NDArray[np.float64], directions: Sequence[str], limits: tuple[float, float], floor: float
) -> NDArray[np.float64]:
    """Line between what is attained and what is not.

    Whoever accepts the cost of a point may also spend more: the second objective holds on the worse side of each point
    until the next point of the front beats it.

    Parameters
    ----------
    corners
        ``(n, 2)`` points of the front in rising order of the first objective.
    directions
        Better direction of both objectives.
    limits
        Where the axis of the first objective begins and ends.
    floor
        Value of the second objective from which the first step rises.

    Returns
    -------
    ndarray
        ``(2n + 1, 2)`` vertices.

    Examples
    --------
    >>> staircase(np.array([[10.0, 1.0], [20.0, 2.0]]), ["minimize", "maximize"], (5.0, 50.0), 0.0).tolist()
    [[10.0, 0.0], [10.0, 1.0], [20.0, 1.0], [20.0, 2.0], [50.0, 2.0]]
    """
    later = directions[0] == "minimize"
    path = corners if later else corners[::-1]
    ends = np.append(path[1:, 0], limits[1] if later else limits[0])
    steps = np.stack([path, np.stack([ends, path[:, 1]], axis=1)], axis=1).reshape(-1, 2)
    return np.vstack([[path[0, 0], floor], steps])


def _place(trial: Trial, objectives: Sequence[Objective]) -> tuple[float, float]:
    return (float(trial.number), trial.values[0]) if len(objectives) == 1 else (trial.values[0], trial.values[1])


def _places(trials: Sequence[Trial], objectives: Sequence[Objective]) -> NDArray[np.float64]:
    return np.array([_place(t, objectives) for t in trials], dtype=np.float64).reshape(-1, 2)


def _scatter(axes: Axes, finished: Sequence[Trial], objectives: Sequence[Objective], colour: str) -> None:
    points = _places(finished, objectives)
    look: dict[str, Any] = {"s": 30, "linewidths": 0, "gid": "trials", "zorder": 2}
    if not finished or not all(colour in t.params for t in finished):
        axes.scatter(points[:, 0], points[:, 1], color=MUTED, **look)
        return
    drawn = axes.scatter(points[:, 0], points[:, 1], c=[t.params[colour] for t in finished], cmap="cividis", **look)
    unit = unit_of(Acquisition, colour) if colour in Acquisition.knobs() else ""
    bar = axes.figure.colorbar(drawn, ax=axes, label=label(colour, unit), pad=0.02)
    bar.outline.set_visible(False)


def _spread(axes: Axes, finished: Sequence[Trial], spec: StudySpec) -> None:
    objectives = spec.objectives
    shown = spec.qualified(objectives[min(1, len(objectives) - 1)])
    known = [(t, wide) for t in finished if (wide := interval(t, shown)) is not None]
    if known:
        x, y = _places([t for t, _ in known], objectives).T
        look: dict[str, Any] = {"fmt": "none", "ecolor": MUTED, "elinewidth": 0.9, "capsize": 2, "zorder": 2}
        bars = axes.errorbar(x, y, [wide for _, wide in known], label="95 % interval of the mean", **look)
        bars.lines[2][0].set_gid("spread")


def _fresh(axes: Axes, recommended: Sequence[Recommended], objectives: Sequence[Objective]) -> NDArray[np.float64]:
    """Draw what fresh noise made of the recommended settings; where the points lie."""
    score = objectives[min(1, len(objectives) - 1)].score
    known = [(one.trial, e) for one in recommended if (e := one.traded) is not None and one.score.endswith(f".{score}")]
    if not known:
        return np.empty((0, 2))
    x = [_place(trial, objectives)[0] for trial, _ in known]
    y = [again.mean for _, again in known]
    reach = [[again.mean - again.low for _, again in known], [again.high - again.mean for _, again in known]]
    look: dict[str, Any] = {"color": FRESH, "elinewidth": 1.4, "capsize": 3, "zorder": 4, "markersize": 5.5}
    bars = axes.errorbar(x, y, reach, fmt="D", label="recommended: fresh noise, 95 %", **look)
    bars.lines[0].set_gid("fresh")
    bars.lines[2][0].set_gid("fresh interval")
    return np.column_stack([x, y])


def _lines(axes: Axes) -> list[NDArray[np.float64]]:
    """Every line and error bar that is drawn."""
    curves = [np.asarray(line.get_xydata()) for line in axes.lines if len(np.atleast_1d(line.get_xdata())) > 1]
    bars = [one for one in axes.collections if isinstance(one, LineCollection)]
    return [*curves, *(np.asarray(part) for one in bars for part in one.get_segments())]


def _limits(axes: Axes, finished: Sequence[Trial], objectives: Sequence[Objective]) -> None:
    for name, points in limit_points(finished, objectives).items():
        x, y = zip(*points, strict=True)
        ends = f"{short(min(y))} to {short(max(y))} {objectives[1].unit}"
        legend = f"{name} limit, {ends}"
        axes.plot(x, y, _MARKS[name], color=MUTED, linewidth=1.1, label=legend, gid=f"limit {name}", zorder=1)


def _settle(axes: Axes, finished: Sequence[Trial], objectives: Sequence[Objective]) -> None:
    """Let no far limit press the front against the axis."""
    limits = [y for points in limit_points(finished, objectives).values() for _, y in points]
    if limits:
        axes.set_ylim(top=top_of([t.values[1] for t in finished], limits))


def _scale(axes: Axes, objectives: Sequence[Objective]) -> None:
    """Doses in decades; a second objective that is never negative from zero."""
    if len(objectives) > 1 and objectives[0].metric == "dose_per_area":
        decades(axes)
    low, high = axes.get_ylim()
    axes.set_ylim(0 if low > -0.1 * high else low, high)
    axes.set_autoscale_on(False)


def _best_so_far(finished: Sequence[Trial], objectives: Sequence[Objective]) -> list[Trial]:
    sign = 1 if objectives[0].direction == "minimize" else -1
    best: list[Trial] = []
    for trial in finished:
        if not best or sign * trial.values[0] < sign * best[-1].values[0]:
            best.append(trial)
    return best


def _stairs(axes: Axes, front: Sequence[Trial], objectives: Sequence[Objective]) -> None:
    ways = ["minimize", *(o.direction for o in objectives)][-2:]
    floor = axes.get_ylim()[0 if ways[1] == "maximize" else 1]
    path = staircase(_places(front, objectives), ways, axes.get_xlim(), floor)
    axes.add_line(Line2D(path[:, 0], path[:, 1], color=FRONT, linewidth=1.6, gid="staircase", zorder=1))


def _rings(axes: Axes, front: Sequence[Trial], objectives: Sequence[Objective]) -> None:
    points = _places(front, objectives)
    axes.scatter(
        points[:, 0], points[:, 1], s=72, facecolors="none", edgecolors=FRONT, linewidths=1.4, gid="front", zorder=3
    )


def _note(axes: Axes, trials: Sequence[Trial]) -> None:
    """What is not drawn is not kept quiet."""
    counts = {state: sum(t.state == state for t in trials) for state in ("infeasible", "failed")}
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    if told:
        axes.set_title(f"not drawn: {told}", loc="right", fontsize=7.5, color=MUTED)
