"""What every lane of a descent does: light a group of patterns, compare them with the camera, carry the change back."""

from abc import ABC, abstractmethod

import numpy as np
import pyfftw
from numpy.typing import NDArray

from beamopt.reconstruct import kernels
from beamopt.reconstruct.shifted_probe import ShiftedProbe

__all__ = ["GROUP", "LANES", "Lane", "plan", "space"]

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


class Lane(ABC):
    """Work space of one thread: waves, probes and spectra of a group of patterns.

    Only the columns that the camera or the probe's disc reaches are transformed along x.

    Parameters
    ----------
    pixels, held
        Along each side of a wave, and of the square that camera and probe reach.
    apart
        Whether corrected waves have an array of their own, beside `work`.
    """

    def __init__(self, pixels: int, held: int, *, apart: bool = False) -> None:
        self.waves, self.probes = space(pixels, pixels), space(pixels, pixels)
        self.work, self.narrow = space(pixels, pixels), space(pixels, held)
        self.spread = space(pixels, pixels)  # zero outside the middle columns, where alone it is written
        self.corrected = space(pixels, pixels) if apart else self.work
        first = (pixels - held) // 2
        whole, middle = slice(pixels), slice(first, first + held)
        self.along_y = plan(self.work[..., whole], self.probes[..., whole], 2, direction="FFTW_BACKWARD")
        self.rows = plan(self.waves[..., whole], self.work[..., whole], 2)
        self.columns = plan(self.work[..., middle], self.narrow[..., :held], 1)
        self.back_columns = plan(self.narrow[..., :held], self.spread[..., middle], 1, direction="FFTW_BACKWARD")
        self.back_rows = plan(self.spread[..., whole], self.corrected[..., whole], 2, direction="FFTW_BACKWARD")

    def run(
        self,
        layers: NDArray[np.complex64],
        counts: NDArray[np.unsignedinteger],
        shifted: ShiftedProbe,
        order: NDArray[np.int64],
    ) -> float:
        """Add the gradient of the patterns in `order` to every slice; return their misfit."""
        pixels = self.waves.shape[1]
        rows, columns = shifted.places(order)
        corners = shifted.corners(rows, columns)
        narrow = self.narrow.view(np.float32)
        error = 0.0
        for first in range(0, order.size, GROUP):
            part = slice(first, first + GROUP)
            kernels.shift_rows(self.work, shifted.bank, shifted.ramps, rows[part], columns[part], shifted.first)
            self.along_y.execute()
            self.transmit(layers, corners[part])
            self.rows.execute()
            self.columns.execute()
            error += kernels.project(narrow, counts, order[part], shifted.unseen, 1 / pixels**2)
            self.back_columns.execute()
            self.back_rows.execute()
            error += pixels**2 * self.collect(layers, corners[part])
        return error

    @abstractmethod
    def transmit(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> None:
        """From `probes` to the waves that leave the specimen, in `waves`."""

    @abstractmethod
    def collect(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> float:
        """Add what `corrected` changes in `waves` to the gradient; return Σ|wave|²."""
