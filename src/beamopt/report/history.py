"""How the front grew from trial to trial."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from beamopt.report.figures import PALETTE, new_figure, plain
from beamopt.report.words import label

__all__ = ["hypervolume_figure"]


def hypervolume_figure(grown: Sequence[float], *, unit: str = "") -> Figure:
    """Hypervolume of the front after each trial.

    Parameters
    ----------
    grown
        One value per trial, in order.
    unit
        Product of the objectives' units.

    Returns
    -------
    Figure
        The line has the gid ``hypervolume``.
    """
    figure = new_figure()
    axes = plain(figure.add_subplot())
    axes.step(np.arange(1, len(grown) + 1), grown, where="post", color=PALETTE[0], linewidth=1.8, gid="hypervolume")
    axes.set_xlabel("trials evaluated")
    axes.set_ylabel(label("hypervolume of the front", unit))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, 1.05 * max([*grown, 0.0]) or 1.0)
    return figure
