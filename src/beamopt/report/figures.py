"""What all figures share: no global state, one look, and their way to a file."""

import io
import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

__all__ = ["FRESH", "FRONT", "MUTED", "PALETTE", "bare", "decades", "heading", "new_figure", "plain", "png"]

# Okabe & Ito, Color universal design (2008): told apart by everybody.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MANY = 300  # times the lower end of an axis: labels of more ticks would run into each other
FRONT, FRESH, MUTED = "#D55E00", "#0072B2", "#666666"


def new_figure(width: float = 6.4, height: float = 4.4) -> Figure:
    """An empty figure [inch], free of pyplot's state."""
    return Figure(figsize=(width, height), layout="constrained")


def plain(axes: Axes) -> Axes:
    """Axes with a faint grid and no box."""
    axes.grid(visible=True, alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def bare(axes: Axes) -> Axes:
    """Axes of an image that carries its own scale bar: no ticks, no frame."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


def heading(axes: Axes, text: str, width: int = 70) -> None:
    """Title at the left in the weight of the text, wrapped after `width` letters."""
    axes.set_title(textwrap.fill(text, width), loc="left", fontsize=10)


def png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as a PNG file.

    Parameters
    ----------
    figure
        Any figure of this room.
    dpi
        Dots per inch.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": "beamopt"})
    return buffer.getvalue()


def decades(axes: Axes) -> None:
    """A logarithmic axis of x whose ticks are plain numbers at 1, 2 and 5, over more than two decades at 1 and 3."""
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < _MANY * low else (1, 3)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
