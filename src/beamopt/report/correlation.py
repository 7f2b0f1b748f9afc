"""Fourier ring correlations with the truth, beside the best that physics allows."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from beamopt.limit import Limits
from beamopt.measurement import HALF_BIT, METRICS, Scores
from beamopt.report.figures import MUTED, PALETTE, new_figure, plain
from beamopt.report.words import label

__all__ = ["frc_figure"]

_MARKS = {"quantum": "-", "full": "--", "linear": ":"}
_SPACINGS = (20, 10, 5, 3, 2, 1.5, 1.2, 1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)  # Å


def frc_figure(scores: Mapping[str, Scores], limits: Limits | None = None) -> Figure:
    """Fourier ring correlation with the truth, one line per method, a dot at its half-bit resolution.

    Parameters
    ----------
    scores
        By method.
    limits
        Curves of the same acquisition; drawn in grey where the specimen has signal.

    Returns
    -------
    Figure
        One line per method with the method as gid, and ``limit quantum``, ``limit full``, ``limit linear``; the upper
        axis reads the spacing.
    """
    figure = new_figure()
    axes = plain(figure.add_subplot())
    for colour, (method, score) in zip(PALETTE, scores.items(), strict=False):
        spacing = score.metrics["frc_resolution"]
        name = f"{label(method)}: {spacing:.2f} {METRICS['frc_resolution'].unit}"
        axes.plot(score.frequency, score.frc, color=colour, linewidth=1.6, label=name, gid=method)
        if score.frequency.size and 1 / spacing >= score.frequency[0]:
            at = np.interp(1 / spacing, score.frequency, score.frc)
            axes.plot([1 / spacing], [at], "o", color=colour, markersize=5, clip_on=False, zorder=3)
    ends = [float(s.frequency[-1]) for s in scores.values() if s.frequency.size]
    if limits is not None:
        _bounds(axes, limits)
        ends = ends or [float(limits.frequency[-1])]
    axes.axhline(HALF_BIT, color=MUTED, linestyle="--", linewidth=1)
    axes.text(0.995, HALF_BIT + 0.015, "half a bit", transform=axes.get_yaxis_transform(), ha="right", color=MUTED)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.set_xlim(0, max(ends, default=1.0))
    axes.set_ylim(min([-0.15, *(float(s.frc.min()) - 0.05 for s in scores.values() if s.frc.size)]), 1.02)
    axes.set_xlabel("spatial frequency [Å⁻¹]")
    axes.set_ylabel("correlation with the truth")
    _spacings(axes)
    if scores or limits is not None:
        figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=3)
    return figure


def _bounds(axes: Axes, limits: Limits) -> None:
    for name, mark in _MARKS.items():
        curve = getattr(limits, name)
        if curve is not None:
            held = curve.ssnr > 0
            axes.plot(
                limits.frequency[held],
                curve.frc[held],
                mark,
                color=MUTED,
                linewidth=1,
                label=f"{name} limit",
                gid=f"limit {name}",
                zorder=1,
            )


def _spacings(axes: Axes) -> None:
    """Second axis above: 1/frequency [Å]."""
    top = axes.secondary_xaxis("top")
    end = axes.get_xlim()[1]
    marks = [d for d in _SPACINGS if 0.06 * end <= 1 / d <= end]
    top.set_xticks([1 / d for d in marks], [f"{d:g}" for d in marks])
    top.set_xlabel("spacing [Å]")
    top.spines["top"].set_visible(False)
