"""Two fronts side by side: what each reaches at the same dose, and with which setting."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.errors import InputError
from beamopt.front import front_trials
from beamopt.quantities import unit_of
from beamopt.report.figures import MUTED, PALETTE, heading, new_figure, plain
from beamopt.report.front import staircase
from beamopt.report.words import label
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["Run", "best_within", "compare_figure", "compare_rows", "round_doses"]

_MARKERS = ("o", "s")


@dataclass(frozen=True)
class Run:
    """A study and what became of it."""

    spec: StudySpec
    trials: Sequence[Trial]

    @property
    def front(self) -> tuple[Trial, ...]:
        """Trials that no other beats, in rising order of the dose."""
        return front_trials(self.trials, self.spec.objectives)


def best_within(run: Run, dose: float) -> Trial | None:
    """Trial of the front that gains most for at most this dose [e/Å²]; None where even the cheapest costs more."""
    affordable = [trial for trial in run.front if trial.values[0] <= dose * (1 + 1e-9)]
    return max(affordable, key=lambda trial: trial.values[1]) if affordable else None


def compare_rows(runs: tuple[Run, Run], doses: Sequence[float]) -> list[dict[str, Any]]:
    """What each study offers at some doses.

    Parameters
    ----------
    runs
        Two studies of the same two objectives, the first of them ``dose_per_area``.
    doses
        Doses that may be spent [e/Å²].

    Returns
    -------
    list of dict
        ``dose_per_area``, and under each study's name None or ``trial``, ``values`` by objective and ``params``.

    Raises
    ------
    InputError
        If the two cannot be compared.
    """
    _require_comparable(runs)
    return [
        {"dose_per_area": dose} | {run.spec.name: _told(run, best_within(run, dose)) for run in runs} for dose in doses
    ]


def round_doses(runs: tuple[Run, Run]) -> tuple[float, ...]:
    """Doses 1, 2, 5 times powers of ten from the cheapest trial of either front to the dearest.

    Raises
    ------
    InputError
        If the two cannot be compared.
    """
    _require_comparable(runs)
    spent = [trial.values[0] for run in runs for trial in run.front]
    if not spent:
        return ()
    decades = range(math.floor(math.log10(min(spent))), math.ceil(math.log10(max(spent))) + 1)
    steps = [float(f"{step}e{decade}") for decade in decades for step in (1, 2, 5)]
    first = max((dose for dose in steps if dose <= min(spent)), default=steps[0])
    last = min((dose for dose in steps if dose >= max(spent)), default=steps[-1])
    return tuple(dose for dose in steps if first <= dose <= last and any(best_within(run, dose) for run in runs))


def compare_figure(runs: tuple[Run, Run], *, colour: str = "semiangle_cutoff", title: str = "") -> Figure:
    """Both fronts in one plane, dose against gain; every point of a front is coloured by one knob.

    Parameters
    ----------
    runs
        As for `compare_rows`.
    colour
        Searched knob of both.
    title
        Headline.

    Returns
    -------
    Figure
        For each study the collection ``trials NAME`` of all finished trials, ``front NAME`` and the line
        ``staircase NAME``.
    """
    _require_comparable(runs)
    figure = new_figure(7.2, 4.6)
    axes = plain(figure.add_subplot())
    shades = [trial.params[colour] for run in runs for trial in run.front if colour in trial.params]
    ends = (min(shades), max(shades)) if shades else (0.0, 1.0)
    for run, tint in zip(runs, PALETTE, strict=False):
        finished = [trial.values[:2] for trial in run.trials if trial.state == "finished"]
        x, y = _columns(finished)
        axes.scatter(x, y, s=10, color=tint, alpha=0.35, linewidths=0, gid=f"trials {run.spec.name}")
    _scale(axes)
    limits = axes.get_xlim()
    drawn = None
    for run, tint, marker in zip(runs, PALETTE, _MARKERS, strict=False):
        drawn = _front(axes, run, colour, ends, (tint, marker), limits) or drawn
    goal = runs[0].spec.objectives[1]
    axes.set_xlabel(label("dose_per_area", unit_of(Acquisition, "dose_per_area")))
    axes.set_ylabel(label(goal.metric, goal.unit))
    axes.legend(frameon=False, fontsize=9, loc="best")
    if drawn is not None and shades:
        bar = figure.colorbar(drawn, ax=axes, label=label(colour, unit_of(Acquisition, colour)), pad=0.02)
        bar.outline.set_visible(False)
    heading(axes, title)
    return figure


def _front(
    axes: Axes,
    run: Run,
    colour: str,
    ends: tuple[float, float],
    look: tuple[str, str],
    limits: tuple[float, float],
) -> Any:  # noqa: ANN401 (matplotlib's collection, or None)
    """Staircase and points of one front; the points, if there are any."""
    front = run.front
    if not front:
        return None
    (tint, marker), name = look, run.spec.name
    corners = np.array([trial.values[:2] for trial in front], dtype=np.float64)
    path = staircase(corners, [o.direction for o in run.spec.objectives], limits, axes.get_ylim()[0])
    axes.add_line(Line2D(path[:, 0], path[:, 1], color=tint, linewidth=1.6, gid=f"staircase {name}", zorder=1))
    axes.plot([], [], color=tint, marker=marker, markerfacecolor="white", label=name)
    known = all(colour in trial.params for trial in front)
    shade: dict[str, Any] = (
        {"c": [trial.params[colour] for trial in front], "cmap": "viridis", "vmin": ends[0], "vmax": ends[1]}
        if known
        else {"color": MUTED}
    )
    shade |= {"s": 52, "marker": marker, "edgecolors": tint, "linewidths": 1.4, "zorder": 3, "gid": f"front {name}"}
    points = axes.scatter(corners[:, 0], corners[:, 1], **shade)
    return points if known else None


def _columns(points: Sequence[tuple[float, ...]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _scale(axes: Axes) -> None:
    """Doses in decades; information from zero."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    low, high = axes.get_ylim()
    axes.set_ylim(0 if low > -0.1 * high else low, high)
    axes.set_autoscale_on(False)


def _told(run: Run, trial: Trial | None) -> dict[str, Any] | None:
    if trial is None:
        return None
    values = {o.metric: value for o, value in zip(run.spec.objectives, trial.values, strict=True)}
    return {"trial": trial.number, "values": values, "params": dict(trial.params)}


def _require_comparable(runs: tuple[Run, Run]) -> None:
    first, second = (run.spec for run in runs)
    if first.name == second.name:
        raise InputError(f"'{first.name}' is compared with itself; name two studies")
    goals = [[(o.metric, o.direction) for o in spec.objectives] for spec in (first, second)]
    if goals[0] != goals[1]:
        shown = [", ".join(metric for metric, _ in goal) for goal in goals]
        raise InputError(f"{first.name} trades {shown[0]} and {second.name} trades {shown[1]}; compare like with like")
    if len(goals[0]) != 2 or goals[0][0] != ("dose_per_area", "minimize") or goals[0][1][1] != "maximize":
        raise InputError(
            f"{first.name} does not trade dose_per_area against one score that is maximised; a dose has no best setting"
        )
