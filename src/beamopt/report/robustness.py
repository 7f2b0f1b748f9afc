"""How far a setting may drift before its score suffers."""

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from beamopt.report.facts import unit_of_score
from beamopt.report.figures import FRONT, MUTED, PALETTE, heading, new_figure, plain
from beamopt.report.words import label

if TYPE_CHECKING:  # what evaluates is slow to load, and nothing of it is needed to draw
    from beamopt.sessions import Robustness

__all__ = ["tolerance_figure"]


def tolerance_figure(robustness: "Robustness", *, title: str = "") -> Figure:
    """What each disturbance leaves of the score, with the undisturbed score as a band.

    Parameters
    ----------
    robustness
        Of one trial.
    title
        Headline.

    Returns
    -------
    Figure
        The points have the gid ``disturbed``, in the order of `robustness`, and the tick labels their names;
        ``calm`` and ``expected`` are lines.
    """
    names = [one.name for one in robustness.disturbed]
    means, stds = [one.mean for one in robustness.disturbed], [one.std for one in robustness.disturbed]
    calm = robustness.calm
    figure = new_figure(6.4, 1.4 + 0.32 * max(len(names), 3))
    axes = plain(figure.add_subplot())
    axes.axvspan(calm.mean - calm.std, calm.mean + calm.std, color=PALETTE[0], alpha=0.2)
    axes.axvline(calm.mean, color=PALETTE[0], linewidth=1.4, gid="calm", label="undisturbed")
    axes.axvline(
        robustness.expected.mean,
        color=MUTED,
        linewidth=1.2,
        linestyle="--",
        gid="expected",
        label="expected in a session",
    )
    axes.errorbar(means, range(len(names)), xerr=stds, fmt="none", ecolor=MUTED, elinewidth=1)
    axes.plot(means, range(len(names)), "o", color=FRONT, gid="disturbed")
    axes.set_yticks(range(len(names)), [label(name) for name in names], parse_math=False)
    axes.invert_yaxis()
    axes.set_xlabel(f"{label(robustness.method)}: {label(robustness.metric, unit_of_score(robustness.metric))}")
    if title:
        heading(axes, title)
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=2)
    return figure
