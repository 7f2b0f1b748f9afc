"""What all figures share: no global state, a fixed look, and their way to a file."""

import io

from matplotlib.figure import Figure

__all__ = ["GREY", "ORANGE", "PALETTE", "label", "new_figure", "png"]

# Okabe & Ito's colours, told apart by everybody.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
ORANGE, GREY = "#D55E00", "#666666"


def new_figure(width: float = 6.4, height: float = 4.4) -> Figure:
    """An empty figure [inch], free of pyplot's state."""
    return Figure(figsize=(width, height), layout="constrained")


def label(name: str, unit: str = "") -> str:
    """Axis label with its unit.

    Examples
    --------
    >>> label("dose_per_area", "e/Å²")
    'dose per area [e/Å²]'
    """
    words = name.replace("_", " ").replace(".", " ")
    return f"{words} [{unit}]" if unit else words


def png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": "beamopt"})
    return buffer.getvalue()
