"""Which knobs decide a score."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from beamopt.report.figures import PALETTE, new_figure, plain
from beamopt.report.words import label

__all__ = ["importance_figure"]


def importance_figure(shares: Mapping[str, Mapping[str, float]]) -> Figure:
    """Share of each knob in what decides an objective, one panel per objective.

    Parameters
    ----------
    shares
        Objective to knob to share, 0 to 1; the shares of an objective add up to 1.

    Returns
    -------
    Figure
        The bars of an objective have the gid ``importance OBJECTIVE``, longest first.
    """
    count = max(len(shares), 1)
    figure = new_figure(6.4, 0.6 + sum(0.5 + 0.3 * len(of) for of in shares.values()))
    panels = figure.subplots(count, 1, squeeze=False)[:, 0]
    for axes, (objective, of), colour in zip(panels, shares.items(), PALETTE, strict=False):
        ranked = sorted(of.items(), key=lambda pair: -pair[1])
        bars = plain(axes).barh([label(name) for name, _ in ranked], [share for _, share in ranked], color=colour)
        for bar in bars:
            bar.set_gid(f"importance {objective}")
        axes.bar_label(bars, [f"{share:.0%}" for _, share in ranked], padding=3, fontsize=8)
        axes.invert_yaxis()
        axes.set_xlim(0, 1.1)
        axes.set_xlabel(f"share in what decides {label(objective)}")
    return figure
