"""How well each linear method passes on a weak phase, over spatial frequency."""

import numpy as np
from matplotlib.figure import Figure

from beamopt.acquisition import Acquisition
from beamopt.limit import IDEAL, QUANTUM, Conditions, icom, linear, single_sideband
from beamopt.report.figures import MUTED, PALETTE, heading, new_figure, plain

__all__ = ["transfer_figure"]

_POINTS = 200


def transfer_figure(acquisition: Acquisition, conditions: Conditions = IDEAL, *, title: str = "") -> Figure:
    """Fisher information per electron that each method draws from a weak phase object.

    Parameters
    ----------
    acquisition
        Energy, convergence and defocus; dose and step do not enter.
    conditions
        Coherence, thickness, camera pixel and background enter optimum bright field; the other two curves are ideal.
    title
        Headline.

    Returns
    -------
    Figure
        Lines with the gids ``optimum bright field``, ``single sideband``, ``in-focus iCOM`` and ``quantum``; the upper
        axis counts aperture radii.
    """
    cutoff = acquisition.cutoff
    q = np.linspace(0, 2.05 * cutoff, _POINTS)
    curves = {
        "optimum bright field": linear(acquisition, q, conditions),
        "single sideband": single_sideband(acquisition, q),
        "in-focus iCOM": icom(acquisition, q),
    }
    figure = new_figure()
    axes = plain(figure.add_subplot())
    for colour, (name, curve) in zip(PALETTE, curves.items(), strict=False):
        axes.plot(q, curve, color=colour, linewidth=1.6, label=name, gid=name)
    axes.axhline(QUANTUM, color=MUTED, linestyle="--", linewidth=1, gid="quantum")
    axes.text(0.995, QUANTUM - 0.15, "quantum limit", transform=axes.get_yaxis_transform(), ha="right", color=MUTED)
    axes.set_xlim(0, q[-1])
    axes.set_ylim(0, 1.05 * QUANTUM)
    axes.set_xlabel("spatial frequency [Å⁻¹]")
    axes.set_ylabel("Fisher information per incident electron F/N")
    top = axes.secondary_xaxis("top", functions=(lambda k: np.asarray(k) / cutoff, lambda x: np.asarray(x) * cutoff))
    top.set_xlabel("aperture radii")
    top.spines["top"].set_visible(False)
    if title:
        heading(axes, title)
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=3)
    return figure
