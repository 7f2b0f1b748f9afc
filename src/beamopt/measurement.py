"""The values that travel from the simulated beam to the scored image.

Axes are ``(scan_x, scan_y, kx, ky)``. Scan position ``[i, j]`` lies at ``(i, j)·scan_sampling`` in specimen
coordinates, whose origin is the corner of the simulated window. The zero angle is at camera index ``n // 2``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["BAND", "FAINT", "HALF_BIT", "METRICS", "Counts", "Expectation", "Metric", "Reconstruction", "Scores"]


@dataclass(frozen=True)
class Metric:
    """A score.

    Parameters
    ----------
    unit
        Symbol.
    direction
        Which way is better.
    worst
        What an image that tells nothing is worth, from where fronts are measured; infinite where that is the side of
        the simulated window.
    meaning
        One sentence on what it says.
    """

    unit: str
    direction: Literal["minimize", "maximize"]
    worst: float
    meaning: str


METRICS: Mapping[str, Metric] = {
    "information": Metric("bits/Å²", "maximize", 0.0, "information about the specimen per area; what to search on"),
    "information_exit_wave": Metric("bits/Å²", "maximize", 0.0, "the same, against the exit wave at mid-thickness"),
    "frc_resolution": Metric("Å", "minimize", math.inf, "finest spacing that agrees with the truth at half a bit"),
    "phase_nrmse": Metric("", "minimize", 2.0, "rms error of the transmission over the spread of the truth"),
    "ssim": Metric("", "maximize", 0.0, "structural similarity; a diagnostic that rewards blurring"),
    "psnr": Metric("dB", "maximize", 0.0, "peak signal to noise; a diagnostic that rewards blurring"),
}
"""Every score of every method; the only table of them."""

HALF_BIT = 0.541
"""Correlation with the truth at which a coefficient carries half a bit of information, √(1 - 1/√2)."""

BAND = 0.1
"""Width of the bands that information is summed over [Å⁻¹]; fixed, so that a crystal scores alike in any field."""

FAINT = 1e-6
"""Share of the truth's strongest band below which one counts nothing: there a window leaks, and rounding lies."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """Noise-free patterns as fractions of the incident beam.

    Parameters
    ----------
    array
        float32 ``(scan_x, scan_y, kx, ky)``; each pattern sums to 1 minus what leaves the camera. In a perfect crystal
        only the positions of one scan period are held.
    scan_sampling
        Actual step along each axis [Å].
    angular_sampling
        Angle per camera pixel [mrad], the same along both axes.
    repeats
        How often the held block of positions is repeated along each scan axis to fill the field.
    """

    array: NDArray[np.float32]
    scan_sampling: tuple[float, float]
    angular_sampling: float
    repeats: tuple[int, int] = (1, 1)

    @property
    def scan_shape(self) -> tuple[int, int]:
        """Scan positions of the whole field along each axis."""
        return self.array.shape[0] * self.repeats[0], self.array.shape[1] * self.repeats[1]

    @property
    def field(self) -> tuple[float, float]:
        """Extent of the scanned field along each axis [Å]."""
        return self.scan_shape[0] * self.scan_sampling[0], self.scan_shape[1] * self.scan_sampling[1]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Detected electrons of the whole field.

    Parameters
    ----------
    array
        Unsigned integers ``(scan_x, scan_y, kx, ky)``.
    scan_sampling
        Actual step along each axis [Å].
    angular_sampling
        Angle per camera pixel [mrad].
    electrons_per_pattern
        Incident electrons per scan position (not what the camera caught).
    """

    array: NDArray[np.unsignedinteger]
    scan_sampling: tuple[float, float]
    angular_sampling: float
    electrons_per_pattern: float

    @property
    def field(self) -> tuple[float, float]:
        """Extent of the scanned field along each axis [Å]."""
        return self.array.shape[0] * self.scan_sampling[0], self.array.shape[1] * self.scan_sampling[1]


@dataclass(frozen=True, kw_only=True)
class Reconstruction:
    """An image of the specimen as a complex transmission function; a phase image φ is carried as exp(iφ).

    Parameters
    ----------
    method
        Name of the method, for instance ``ptychography``.
    transmission
        complex64 ``(x, y)``.
    sampling
        Pixel size along each axis [Å].
    origin
        Specimen coordinates of pixel ``[0, 0]`` [Å].
    settings
        The settings that made it, complete enough to make it again.
    unsolved
        What was taken as known instead of being solved for, for instance ``("probe", "positions")``.
    errors
        Data error after each iteration; empty for direct methods.
    doubt
        Why its values are not to be trusted on this specimen, in one sentence; empty where they are.
    """

    method: str
    transmission: NDArray[np.complex64]
    sampling: tuple[float, float]
    origin: tuple[float, float]
    settings: Mapping[str, object]
    unsolved: tuple[str, ...] = ()
    errors: tuple[float, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What one reconstruction is worth against the truth.

    Parameters
    ----------
    metrics
        Name to value: ``information``, ``information_exit_wave`` [bits/Å²], ``frc_resolution`` [Å], ``phase_nrmse``,
        ``ssim``, ``psnr`` [dB].
    frequency
        Ring centres of the Fourier ring correlation [Å⁻¹].
    frc
        Correlation with the truth per ring, -1 to 1.
    resolved
        Whether anything finer than the first ring was resolved; else ``frc_resolution`` is the side of the region.
    """

    metrics: Mapping[str, float]
    frequency: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    frc: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    resolved: bool = True
