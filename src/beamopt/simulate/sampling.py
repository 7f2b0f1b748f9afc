"""Where a diffraction pattern is sampled, and how samples add up to pixels."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Samples", "samples"]

_UNROLLED = 4  # weights come in groups of so many, the last ones 0


@dataclass(frozen=True)
class _Grid:
    """Samples per pixel, which need not be whole, and how many around one enter its integral."""

    per_pixel: float
    taps: int

    @classmethod
    def whole(cls, band: float) -> "_Grid":
        """The same samples for every pixel, at least 2.2 per 1/W."""
        fine = max(1, math.ceil(2.2 * band))
        return cls(fine, fine + 10)

    @classmethod
    def any(cls, band: float) -> "_Grid":
        """2.6 samples per 1/W wherever the pixels lie; more of them, for a pixel's middle may be between two."""
        return cls(2.6 * band, math.ceil(2.6 * band) + 20)

    def total(self, pixels: int) -> float:
        """Samples for so many pixels in a row."""
        return self.per_pixel * pixels + self.taps


@dataclass(frozen=True)
class Samples:
    """Samples along one half axis of the camera and the weights that integrate a pattern over its pixels.

    Parameters
    ----------
    frequencies
        Where the pattern is sampled [Å⁻¹], ascending, from a little below 0.
    first
        For each pixel from the middle outwards, the first of its samples.
    weights
        float32 ``(pixels, taps)`` of those samples.
    """

    frequencies: NDArray[np.float64]
    first: NDArray[np.intp]
    weights: NDArray[np.float32]

    @property
    def matrix(self) -> NDArray[np.float32]:
        """The weights as ``(samples, pixels)``."""
        dense = np.zeros((len(self.frequencies), len(self.first)), np.float32)
        taps = np.arange(self.weights.shape[1])
        dense[self.first[:, None] + taps, np.arange(len(self.first))[:, None]] = self.weights
        return dense


def samples(window: float, pixel: float, pixels: int) -> Samples:
    """Samples for the middle pixel of a camera and all on one side of it.

    A wave cut to one window has a spectrum whose squared modulus holds no detail finer than 1/W, so samples less than
    1/(2W) apart say everything about it. Its integral over a pixel is a weighted sum of the samples in and around the
    pixel: least squares over all that fits into the window, Σ_j w_j·exp(2πiu·t_j) = sinc(u·p) for |u| up to the band,
    with Σ w_j = 1.

    Parameters
    ----------
    window
        Side W of the window [Å].
    pixel
        Pixel size [Å⁻¹].
    pixels
        Pixels beside the middle one.

    Examples
    --------
    >>> sampling = samples(40.0, 0.01, 64)
    >>> wave = np.cos(2 * np.pi * 12.0 * sampling.frequencies)
    >>> float((wave @ sampling.matrix)[10].round(3)), float(np.round(np.cos(2.4 * np.pi) * np.sinc(0.12), 3))
    (0.302, 0.302)
    """
    band = window * pixel
    grid = min(_Grid.whole(band), _Grid.any(band), key=lambda grid: grid.total(pixels))
    centres = np.arange(pixels + 1) * grid.per_pixel
    first = np.round(centres).astype(np.intp)
    u = np.linspace(0, band / grid.per_pixel, 100)
    integrals = _waves(u, centres - first) * np.tile(np.sinc(u * grid.per_pixel), 2)[:, None]
    at_samples: Any = _waves(u, np.arange(grid.taps) - (grid.taps - 1) / 2)
    weights = np.linalg.pinv(at_samples) @ integrals
    padded = np.zeros((len(first), grid.taps + -grid.taps % _UNROLLED), np.float32)
    padded[:, : grid.taps] = (weights / weights.sum(0)).T
    places = np.arange(first[-1] + padded.shape[1]) - (grid.taps - 1) / 2
    return Samples(places * (pixel / grid.per_pixel), first, padded)


def _waves(u: NDArray[np.float64], places: NDArray[np.floating]) -> NDArray[np.float64]:
    """Cosines and sines ``(waves, places)`` of u cycles per sample."""
    turns = 2 * np.pi * np.outer(u, places)
    return np.concatenate([np.cos(turns), np.sin(turns)])
