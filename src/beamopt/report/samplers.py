"""How soon each way of searching finds the front."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from beamopt.report.figures import MUTED, PALETTE, heading, new_figure, plain
from beamopt.report.words import label

__all__ = ["samplers_figure"]


def samplers_figure(
    curves: Mapping[str, NDArray[np.float64]], *, target: float, trials: int, unit: str = "", title: str = ""
) -> Figure:
    """Median hypervolume against trials, the quartiles between seeds shaded.

    Parameters
    ----------
    curves
        Per sampler ``(seeds, trials)``.
    target
        Drawn as a dashed line.
    trials
        How many are drawn.
    unit
        Of the hypervolume.
    title
        Headline.
    """
    figure = new_figure()
    axes = plain(figure.add_subplot())
    for colour, (name, grown) in zip(PALETTE, curves.items(), strict=False):
        low, middle, high = np.quantile(grown[:, :trials], [0.25, 0.5, 0.75], axis=0)
        number = np.arange(1, len(middle) + 1)
        axes.fill_between(number, low, high, step="post", color=colour, alpha=0.15, linewidth=0)
        axes.step(number, middle, where="post", color=colour, linewidth=1.8, label=name.replace("+", " + "), gid=name)
    axes.axhline(target, color=MUTED, linestyle="--", linewidth=1, gid="target")
    axes.annotate("95 % of 200 random trials", (1, target), (0, 3), textcoords="offset points", fontsize=8, color=MUTED)
    axes.set_xlabel("trials evaluated")
    axes.set_ylabel(label("hypervolume of the front", unit))
    axes.set_xlim(1, trials)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    heading(axes, title)
    return figure
