"""The front beside what half the dose leaves of it, as a figure."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from beamopt.front import halves, traded
from beamopt.report.figures import FRONT, MUTED, PALETTE, decades, new_figure, plain
from beamopt.report.words import label
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["halving_figure"]


def halving_figure(trials: Sequence[Trial], objectives: Sequence[Objective]) -> Figure:
    """The front, and beside it what is left of it with half the dose at every point.

    Returns
    -------
    Figure
        Lines with the gids ``front`` and ``half``, over the dose of the front.
    """
    pairs, goal = halves(trials, objectives), traded(objectives)
    figure = new_figure()
    axes = plain(figure.add_subplot())
    axes.plot([h.dose for h in pairs], [h.value for h in pairs], "o-", color=FRONT, label="front", gid="front")
    reached = [h for h in pairs if h.half is not None]
    axes.plot(
        [h.dose for h in reached],
        [h.half_value for h in reached],
        "s--",
        color=PALETTE[0],
        label="best with at most half the dose",
        gid="half",
    )
    for one in reached:
        axes.plot([one.dose, one.dose], [one.value, one.half_value], color=MUTED, linewidth=0.7, zorder=1)
    decades(axes)
    axes.set_xlabel(label("dose_per_area", "e/Å²"))
    if goal is not None:
        axes.set_ylabel(label(goal.metric, goal.unit))
    axes.legend(frameon=False, fontsize=9)
    return figure
