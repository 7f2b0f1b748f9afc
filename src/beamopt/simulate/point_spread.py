"""The camera's point spread: where an electron is recorded, which is not always where it landed."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d
from scipy.special import ndtr

from beamopt.threads import in_threads

__all__ = ["pixel_kernel", "spread"]


def pixel_kernel(deviation: float) -> NDArray[np.float64]:
    """Probability that an electron is recorded n pixels away, n from -N to N.

    It lands anywhere in its pixel alike and is displaced by a Gaussian: F(n + 1) - 2F(n) + F(n - 1), F the twofold
    integral of the Gaussian.

    Parameters
    ----------
    deviation
        Standard deviation of the displacement [camera pixels], above 0.

    Examples
    --------
    >>> [float(p) for p in pixel_kernel(0.3).round(3)[2:5]]
    [0.12, 0.761, 0.12]
    """
    reach = math.ceil(5 * deviation) + 2
    edges = np.arange(-reach, reach + 1, dtype=np.float64)
    density = np.exp(-((edges / deviation) ** 2) / 2) / np.sqrt(2 * np.pi)
    kernel = np.diff(edges * ndtr(edges / deviation) + deviation * density, 2)
    return np.asarray(kernel / kernel.sum())


def spread(patterns: NDArray[np.float32], deviation: float) -> None:
    """Blur patterns by a Gaussian point spread; what crosses the camera's edge is matched by as much from beyond it.

    Parameters
    ----------
    patterns
        float32 ``(x, y, kx, ky)``, overwritten; each keeps its sum.
    deviation
        Standard deviation [camera pixels]; 0 leaves the patterns as they are.
    """
    if deviation == 0:
        return
    kernel = pixel_kernel(deviation)

    def run(row: NDArray[np.float32]) -> None:
        row[:] = correlate1d(correlate1d(row, kernel, axis=1, mode="reflect"), kernel, axis=2, mode="reflect")

    in_threads(run, patterns)
