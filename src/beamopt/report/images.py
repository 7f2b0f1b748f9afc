"""Images beside their truth, patterns, and Fourier ring correlations."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from beamopt.measurement import Reconstruction, Scores
from beamopt.report.figures import GREY, PALETTE, label, new_figure

__all__ = ["frc_figure", "images_figure", "pattern_figure"]


def frc_figure(scores: Mapping[str, Scores]) -> Figure:
    """Fourier ring correlation with the truth, one line per method.

    Parameters
    ----------
    scores
        By method.
    """
    figure = new_figure()
    axes = figure.add_subplot()
    for colour, (method, score) in zip(PALETTE, scores.items(), strict=False):
        axes.plot(score.frequency, score.frc, color=colour, label=method)
    axes.axhline(0.541, color=GREY, linestyle="--", linewidth=1, label="half bit")
    axes.set_xlabel("spatial frequency [Å⁻¹]")
    axes.set_ylabel("correlation with the truth")
    axes.set_ylim(-0.3, 1.02)
    axes.legend(frameon=False)
    return figure


def images_figure(truth: NDArray[np.complex64], image: Reconstruction) -> Figure:
    """Truth, image and their difference as phase on one scale, with a scale bar.

    Parameters
    ----------
    truth
        Transmission on the image's pixels.
    image
        The reconstruction.
    """
    figure = new_figure(10, 3.6)
    wanted, found = (_phase(t) for t in (truth, image.transmission))
    limit = float(np.percentile(np.abs(wanted), 99.5)) or 1.0
    extent = (0.0, wanted.shape[0] * image.sampling[0], 0.0, wanted.shape[1] * image.sampling[1])
    panels = {"truth": wanted, image.method: found, "difference": _wrapped(found - wanted)}
    for place, (name, phase) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(1, 3, place)
        drawn = axes.imshow(phase.T, origin="lower", extent=extent, cmap="cividis", vmin=-limit, vmax=limit)
        axes.set_title(name)
        _scale_bar(axes, extent[1])
    figure.colorbar(drawn, ax=figure.axes, label=label("phase", "rad"))
    return figure


def pattern_figure(
    expected: NDArray[np.float32], counted: NDArray[np.unsignedinteger], angular_sampling: float
) -> Figure:
    """One pattern without and with the noise of its dose.

    Parameters
    ----------
    expected
        Fractions of the beam ``(kx, ky)``.
    counted
        Electrons ``(kx, ky)``.
    angular_sampling
        Camera pixel [mrad].
    """
    figure = new_figure(8, 3.8)
    half = expected.shape[0] * angular_sampling / 2
    for place, (name, pattern) in enumerate({"expected (root)": expected, "counted": counted}.items(), start=1):
        axes = figure.add_subplot(1, 2, place)
        shown = np.sqrt(pattern.astype(np.float64)) if place == 1 else pattern
        axes.imshow(shown.T, origin="lower", extent=(-half, half, -half, half), cmap="magma")
        axes.set_title(name)
        axes.set_xlabel("angle x [mrad]")
        axes.set_ylabel("angle y [mrad]")
    return figure


def _phase(transmission: NDArray[np.complex64]) -> NDArray[np.float64]:
    """Phase against the mean [rad]; the constant is nobody's knowledge."""
    return np.asarray(np.angle(transmission * np.conj(transmission.mean())), dtype=np.float64)


def _wrapped(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.angle(np.exp(1j * phase)), dtype=np.float64)


def _scale_bar(axes: Axes, width: float) -> None:
    """A bar of a round length near a quarter of the width [Å], instead of ticks."""
    length = min((1, 2, 5, 10, 20, 50, 100), key=lambda bar: abs(bar - width / 4))
    axes.plot([0.05 * width, 0.05 * width + length], [0.06 * width] * 2, color="white", linewidth=3)
    axes.text(0.05 * width, 0.1 * width, f"{length} Å", color="white")
    axes.set_xticks([])
    axes.set_yticks([])
