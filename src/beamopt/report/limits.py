"""What physics allows over spatial frequency."""

from matplotlib.figure import Figure

from beamopt.limit import Limits
from beamopt.measurement import HALF_BIT
from beamopt.report.figures import MUTED, PALETTE, heading, new_figure, plain

__all__ = ["limit_figure"]


def limit_figure(limits: Limits, *, title: str = "") -> Figure:
    """Fisher information per electron and the best correlation with the truth, for every limit.

    Parameters
    ----------
    limits
        The curves of one acquisition.
    title
        Headline, for instance the acquisition in words.

    Returns
    -------
    Figure
        Two panels; the lines have the gids ``quantum``, ``full`` and ``linear``, and ``quantum frc`` and so on. The
        correlation is drawn where the specimen has signal, as dots.
    """
    figure = new_figure(9.6, 4.2)
    left, right = (plain(axes) for axes in figure.subplots(1, 2))
    curves = {"quantum": limits.quantum, "full": limits.full, "linear": limits.linear}
    for colour, (name, curve) in zip(PALETTE, curves.items(), strict=False):
        if curve is None:
            continue
        left.plot(limits.frequency, curve.fisher, color=colour, linewidth=1.6, label=name, gid=name)
        held = curve.ssnr > 0
        right.plot(
            limits.frequency[held], curve.frc[held], ".", color=colour, markersize=3, gid=f"{name} frc", clip_on=False
        )
    right.axhline(HALF_BIT, color=MUTED, linestyle="--", linewidth=1)
    right.text(0.995, HALF_BIT + 0.015, "half a bit", transform=right.get_yaxis_transform(), ha="right", color=MUTED)
    left.set_ylim(0, 4.2)
    left.set_ylabel("Fisher information per incident electron F/N")
    right.set_ylim(0, 1.02)
    right.set_ylabel("best correlation with the truth")
    for axes in (left, right):
        axes.set_xlim(0, limits.frequency[-1])
        axes.set_xlabel("spatial frequency [Å⁻¹]")
    if title:
        heading(left, title, 60)
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=3)
    return figure
