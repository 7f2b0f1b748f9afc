"""What the lanes of a descent share: aligned arrays for a group of patterns, and plans of their Fourier transforms."""

import numpy as np
import pyfftw
from numpy.typing import NDArray

__all__ = ["GROUP", "LANES", "plan", "space"]

LANES = 4
"""Sums kept apart and added in fixed order: up to four threads, and the same bits with any number of them."""
GROUP = 4
"""Patterns per call: their waves and probes fit a processor's own cache."""
_PAD = 8
"""Pixels after each row; rows a power of two apart share cache lines and cost FFTW up to four times as much."""


def space(pixels: int, columns: int) -> NDArray[np.complex64]:
    """Room for a group of waves, complex64 ``(GROUP, pixels, columns + padding)``, zero."""
    return np.asarray(pyfftw.zeros_aligned((GROUP, pixels, columns + _PAD), dtype=np.complex64))


def plan(
    source: NDArray[np.complex64], target: NDArray[np.complex64], *axes: int, direction: str = "FFTW_FORWARD"
) -> pyfftw.FFTW:
    """A plan from one array to another, without any factor; that is up to twice as fast as in place.

    Estimated plans are the same in every process; measured ones are not, and neither are their last bits.
    """
    return pyfftw.FFTW(source, target, axes=axes, direction=direction, flags=("FFTW_ESTIMATE",))
