"""The trade-off front and how it grew."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from beamopt.acquisition import Acquisition
from beamopt.quantities import unit_of
from beamopt.report.figures import GREY, ORANGE, label, new_figure
from beamopt.report.table import front_trials
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["front_figure", "hypervolume_figure"]


def front_figure(
    trials: Sequence[Trial], objectives: Sequence[Objective], *, colour: str = "semiangle_cutoff", title: str = ""
) -> Figure:
    """Finished trials in the plane of the first two objectives, the front as a staircase.

    With one objective, its value is drawn against the number of the trial.

    Parameters
    ----------
    trials
        All of them; what is not finished is not drawn.
    objectives
        Of the study, in the order of the trials' values.
    colour
        Parameter that colours the points.
    title
        Headline.

    Returns
    -------
    Figure
        Line ``front`` holds the front's staircase, the collection ``trials`` every finished trial.
    """
    figure = new_figure()
    axes = figure.add_subplot()
    finished = [t for t in trials if t.state == "finished"]
    points = np.array([_place(t, objectives) for t in finished]).reshape(-1, 2)
    shades = np.array([t.params.get(colour, np.nan) for t in finished])
    coloured = len(shades) > 0 and bool(np.isfinite(shades).all())
    drawn = axes.scatter(points[:, 0], points[:, 1], c=shades if coloured else GREY, cmap="viridis", s=28)
    drawn.set_gid("trials")
    if coloured:
        unit = unit_of(Acquisition, colour) if colour in Acquisition.knobs() else ""
        figure.colorbar(drawn, ax=axes, label=label(colour, unit))
    _staircase(axes, np.array([_place(t, objectives) for t in front_trials(trials, objectives)]), objectives)
    _name_axes(axes, objectives, points)
    axes.set_title(title, fontsize=10, wrap=True)
    axes.grid(visible=True, alpha=0.25)
    return figure


def hypervolume_figure(grown: Sequence[float]) -> Figure:
    """Hypervolume of the front after each trial."""
    figure = new_figure()
    axes = figure.add_subplot()
    axes.step(np.arange(1, len(grown) + 1), grown, where="post", color=ORANGE)
    axes.set_xlabel("trials")
    axes.set_ylabel("hypervolume of the front")
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.25)
    return figure


def _place(trial: Trial, objectives: Sequence[Objective]) -> tuple[float, float]:
    return (float(trial.number), trial.values[0]) if len(objectives) == 1 else (trial.values[0], trial.values[1])


def _staircase(axes: Axes, corners: np.ndarray, objectives: Sequence[Objective]) -> None:
    """What is reached at every cost: the value holds until the next point of the front beats it."""
    if len(corners) == 0 or len(objectives) == 1:
        return
    later = objectives[0].direction == "minimize"
    (line,) = axes.step(*corners.T, where="post" if later else "pre", color=ORANGE, linewidth=1.5, label="front")
    line.set_gid("front")
    axes.scatter(corners[:, 0], corners[:, 1], s=70, facecolors="none", edgecolors=ORANGE, linewidths=1.5)
    axes.legend(loc="best", frameon=False)


def _name_axes(axes: Axes, objectives: Sequence[Objective], points: np.ndarray) -> None:
    shown = objectives[:2]
    names = [label(o.metric, o.unit) for o in shown]
    if len(shown) == 1:
        names = ["trial", *names]
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    if shown[0].metric == "dose_per_area" and len(shown) > 1 and len(points):
        axes.set_xscale("log")
