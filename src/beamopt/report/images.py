"""Images beside their truth, patterns, and Fourier ring correlations."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from beamopt.measurement import METRICS, Reconstruction, Scores
from beamopt.report.figures import MUTED, PALETTE, bare, heading, label, new_figure, plain
from beamopt.score import HALF_BIT

__all__ = ["frc_figure", "images_figure", "pattern_figure", "potential_figure"]

_BARS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # Å


def frc_figure(scores: Mapping[str, Scores]) -> Figure:
    """Fourier ring correlation with the truth, one line per method, a dot at its half-bit resolution.

    Parameters
    ----------
    scores
        By method.

    Returns
    -------
    Figure
        One line per method with the method as gid; the upper axis reads the spacing.
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
    axes.axhline(HALF_BIT, color=MUTED, linestyle="--", linewidth=1)
    axes.text(0.995, HALF_BIT + 0.015, "half a bit", transform=axes.get_yaxis_transform(), ha="right", color=MUTED)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    ends = [float(s.frequency[-1]) for s in scores.values() if s.frequency.size]
    axes.set_xlim(0, max(ends, default=1.0))
    axes.set_ylim(min([-0.15, *(float(s.frc.min()) - 0.05 for s in scores.values() if s.frc.size)]), 1.02)
    axes.set_xlabel("spatial frequency [Å⁻¹]")
    axes.set_ylabel("correlation with the truth")
    _spacings(axes)
    if scores:
        figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=min(3, len(scores)))
    return figure


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
    panels = [("truth", truth, first), *((r.method, r.transmission, r) for r in reconstructions)]
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


def pattern_figure(
    expected: NDArray[np.floating], counted: NDArray[np.unsignedinteger], angular_sampling: float
) -> Figure:
    """One pattern as it would be with endless dose, and as it was counted.

    Parameters
    ----------
    expected
        Fractions of the beam ``(kx, ky)``; drawn as its square root, so that the dark field shows.
    counted
        Electrons ``(kx, ky)``.
    angular_sampling
        Angle per camera pixel [mrad].
    """
    figure = new_figure(8.4, 3.8)
    nx, ny = expected.shape
    # The zero angle is the centre of pixel n // 2.
    x, y = ((np.array([0, n]) - n // 2 - 0.5) * angular_sampling for n in (nx, ny))
    caught = int(counted.sum())
    panels = (
        ("expected", np.sqrt(expected.astype(np.float64)), "root of the fraction per pixel"),
        (f"counted: {caught} electron{'s' if caught != 1 else ''}", counted.astype(np.float64), "electrons per pixel"),
    )
    for place, (name, pattern, meaning) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, 2, place)
        drawn = axes.imshow(pattern.T, origin="lower", extent=(x[0], x[1], y[0], y[1]), cmap="magma", vmin=0)
        bar = figure.colorbar(drawn, ax=axes, label=meaning, shrink=0.9, pad=0.02)
        bar.outline.set_visible(False)
        heading(axes, name)
        axes.set_xlabel("angle x [mrad]")
        axes.set_ylabel("angle y [mrad]")
    return figure


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
    length = min(_BARS, key=lambda bar: abs(bar - (right - left) / 4))
    x, y = left + 0.05 * (right - left), bottom + 0.06 * (top - bottom)
    axes.add_line(Line2D([x, x + length], [y, y], color="white", linewidth=3, gid="scale bar", solid_capstyle="butt"))
    axes.text(x + length / 2, y + 0.025 * (top - bottom), f"{length:g} Å", color="white", ha="center", va="bottom")


def _spacings(axes: Axes) -> None:
    """Second axis above: 1/frequency [Å]."""
    top = axes.secondary_xaxis("top")
    end = axes.get_xlim()[1]
    marks = [d for d in (20, 10, 5, 3, 2, 1.5, 1.2, 1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3) if 0.06 * end <= 1 / d <= end]
    top.set_xticks([1 / d for d in marks], [f"{d:g}" for d in marks])
    top.set_xlabel("spacing [Å]")
    top.spines["top"].set_visible(False)
