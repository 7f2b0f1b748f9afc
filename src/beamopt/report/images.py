"""Images beside their truth, and projected potentials."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from beamopt.measurement import Reconstruction
from beamopt.report.figures import bare, heading, new_figure
from beamopt.report.words import label

__all__ = ["images_figure", "potential_figure", "round_length"]

_BARS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # Å


def images_figure(
    truth: NDArray[np.complexfloating], reconstructions: Sequence[Reconstruction], *, title: str = ""
) -> Figure:
    """Phase of the truth and of each reconstruction on one scale, over the same part of the specimen.

    The mean phase of every panel is taken out, since no measurement knows it. The scale is that of the truth.

    Parameters
    ----------
    truth
        Complex transmission on the pixels of the first reconstruction.
    reconstructions
        One panel each, on their own pixels.
    title
        Headline, for instance the acquisition in words.

    Returns
    -------
    Figure
        Axes in the order truth, then methods, with specimen coordinates in Å.
    """
    first = reconstructions[0]
    named = [(f"{r.method} (doubtful)" if r.doubt else r.method, r) for r in reconstructions]
    panels = [("truth", truth, first), *((name, r.transmission, r) for name, r in named)]
    phases = [_phase(np.asarray(transmission)) for _, transmission, _ in panels]
    low, high = (float(v) for v in np.percentile(phases[0], [0.5, 99.7]))
    columns = min(4, len(panels))
    rows = -(-len(panels) // columns)
    left, right, bottom, top = _extent(first)
    tall = float(np.clip((top - bottom) / (right - left), 0.4, 2.5))
    figure = new_figure(0.9 + 2.7 * columns, 0.4 + (0.25 + 2.6 * tall) * rows)
    places = [bare(axes) for axes in figure.subplots(rows, columns, squeeze=False).ravel()]
    for axes in places[len(panels) :]:
        axes.remove()
    for axes, (name, _, grid), phase in zip(places[: len(panels)], panels, phases, strict=True):
        drawn = axes.imshow(
            phase.T, origin="lower", extent=_extent(grid), cmap="cividis", vmin=low, vmax=max(high, low + 1e-9)
        )
        axes.set_xlim(left, right)
        axes.set_ylim(bottom, top)
        heading(axes, label(name))
    _scale_bar(places[0])
    bar = figure.colorbar(drawn, ax=figure.axes, label=label("phase", "rad"), extend="both", shrink=0.9, pad=0.01)
    bar.outline.set_visible(False)
    if title:
        figure.suptitle(title, fontsize=10)
    return figure


def potential_figure(
    projected: NDArray[np.floating], sampling: tuple[float, float], tiles: tuple[int, int], *, title: str = ""
) -> Figure:
    """Projected potential of a crystal cell, tiled, with a scale bar.

    The scale ends at the 99.5th percentile, so that light atoms show beside heavy ones.

    Parameters
    ----------
    projected
        Potential of one cell ``(x, y)`` [V Å].
    sampling
        Pixel size along each axis [Å].
    tiles
        Cells drawn along each axis.
    title
        Headline.
    """
    image = np.tile(np.asarray(projected, dtype=np.float64), tiles)
    width, height = (n * pixel for n, pixel in zip(image.shape, sampling, strict=True))
    figure = new_figure(6.4, 0.6 + 5.2 * float(np.clip(height / width, 0.4, 2.5)))
    axes = bare(figure.add_subplot())
    top = max(float(np.percentile(image, 99.5)), 1e-9)
    drawn = axes.imshow(
        image.T, origin="lower", extent=(0, width, 0, height), cmap="cividis", vmin=float(image.min()), vmax=top
    )
    _scale_bar(axes)
    bar = figure.colorbar(drawn, ax=axes, label=label("projected potential", "V Å"), extend="max", shrink=0.9, pad=0.01)
    bar.outline.set_visible(False)
    if title:
        heading(axes, title)
    return figure


def round_length(width: float) -> float:
    """Length of a scale bar [Å]: a round number near a quarter of the width [Å].

    Examples
    --------
    >>> round_length(40.0)
    10
    """
    return min(_BARS, key=lambda bar: abs(bar - width / 4))


def _phase(transmission: NDArray[np.complexfloating]) -> NDArray[np.float64]:
    """Phase against the mean [rad], wrapped around it."""
    return np.asarray(np.angle(transmission * np.conj(transmission.mean())), dtype=np.float64)


def _extent(image: Reconstruction) -> tuple[float, float, float, float]:
    """Outer edges of the pixels in specimen coordinates [Å]."""
    (x, dx), (y, dy) = zip(image.origin, image.sampling, strict=True)
    nx, ny = image.transmission.shape
    return x - dx / 2, x + (nx - 0.5) * dx, y - dy / 2, y + (ny - 0.5) * dy


def _scale_bar(axes: Axes) -> None:
    """A bar of a round length near a quarter of the width, instead of ticks."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    length = round_length(right - left)
    x, y = left + 0.05 * (right - left), bottom + 0.06 * (top - bottom)
    axes.add_line(Line2D([x, x + length], [y, y], color="white", linewidth=3, gid="scale bar", solid_capstyle="butt"))
    axes.text(x + length / 2, y + 0.025 * (top - bottom), f"{length:g} Å", color="white", ha="center", va="bottom")
