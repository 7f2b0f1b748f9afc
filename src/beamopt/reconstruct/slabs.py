"""One thread of a multislice descent: waves through all slices and back, at the speed of their Fourier transforms.

The algorithm of py4DSTEM's ``MultislicePtychography.reconstruct`` with ``fix_probe=True``. Per pattern, iteration and
gap between two slices there are four transforms; camera and probe cost what they cost `descent`.
"""

import numpy as np
from numpy.typing import NDArray

from beamopt.physics import wavelength
from beamopt.reconstruct import kernels
from beamopt.reconstruct.shifted_probe import ShiftedProbe
from beamopt.reconstruct.workspace import GROUP, plan, space

__all__ = ["SlabLane", "propagator"]


def propagator(pixels: int, sampling: float, energy: float, distance: float) -> NDArray[np.complex64]:
    """Fresnel propagator exp(-iπλ·distance·k²), complex64 ``(pixels, pixels)`` with the zero angle in the middle.

    Kirkland, Advanced Computing in Electron Microscopy (2010), equation 6.65.

    Parameters
    ----------
    pixels, sampling
        Of the waves [Å].
    energy
        Beam energy [eV].
    distance
        Between two slices [Å].

    Examples
    --------
    >>> middle = propagator(4, 0.5, 300e3, 10.0)[2, 2]
    >>> complex(middle)
    (1+0j)
    """
    k = (np.arange(pixels) - pixels // 2) / (pixels * sampling)
    line = np.exp(-1j * np.pi * wavelength(energy) * distance * k**2)
    return np.asarray(line[:, None] * line, dtype=np.complex64)


class SlabLane:
    """Work space of one thread, and its sums over every slice of the object.

    Parameters
    ----------
    pixels, held
        Along each side of a wave, and of the square that camera and probe reach.
    totals, lights
        Gradient and illumination, one for every slice.
    gap
        `propagator` from a slice to the next.
    """

    def __init__(
        self,
        pixels: int,
        held: int,
        totals: NDArray[np.complex64],
        lights: NDArray[np.float32],
        gap: NDArray[np.complex64],
    ) -> None:
        self.waves, self.work, self.narrow = space(pixels, pixels), space(pixels, pixels), space(pixels, held)
        self.spread, self.change = space(pixels, pixels), space(pixels, pixels)
        self.probes = [space(pixels, pixels) for _ in totals]
        self.totals, self.lights = [total.view(np.float32) for total in totals], lights
        self.ahead, self.back = ((g / pixels**2).astype(np.complex64).view(np.float32) for g in (gap, gap.conj()))
        first = (pixels - held) // 2
        whole, middle = slice(pixels), slice(first, first + held)
        backward = "FFTW_BACKWARD"
        self.along_y = plan(self.work[..., whole], self.probes[0][..., whole], 2, direction=backward)
        self.leave = plan(self.waves[..., whole], self.work[..., whole], 1, 2)
        self.arrive = [
            plan(self.work[..., whole], probes[..., whole], 1, 2, direction=backward) for probes in self.probes[1:]
        ]
        self.rows = plan(self.waves[..., whole], self.work[..., whole], 2)
        self.columns = plan(self.work[..., middle], self.narrow[..., :held], 1)
        self.back_columns = plan(self.narrow[..., :held], self.spread[..., middle], 1, direction=backward)
        self.back_rows = plan(self.spread[..., whole], self.change[..., whole], 2, direction=backward)
        self.return_ = plan(self.change[..., whole], self.work[..., whole], 1, 2)
        self.returned = plan(self.work[..., whole], self.change[..., whole], 1, 2, direction=backward)

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
        error = 0.0
        for first in range(0, order.size, GROUP):
            part = slice(first, first + GROUP)
            kernels.shift_rows(self.work, shifted.bank, shifted.ramps, rows[part], columns[part], shifted.first)
            self.along_y.execute()
            self._pass_through(layers, corners[part])
            self.rows.execute()
            self.columns.execute()
            narrow = self.narrow.view(np.float32)
            error += kernels.project(narrow, counts, order[part], shifted.unseen, 1 / pixels**2)
            self.back_columns.execute()
            self.back_rows.execute()
            change, waves = self.change.view(np.float32), self.waves.view(np.float32)
            error += pixels**2 * kernels.subtract(change, waves, corners[part].shape[0])
            self._go_back(layers, corners[part])
        return error

    def _pass_through(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> None:
        """Transmit and propagate; the waves that leave the last slice stand in `waves`."""
        kernels.illuminate(self.waves, self.probes[0], layers[0], corners)
        for layer, probes, arrive in zip(layers[1:], self.probes[1:], self.arrive, strict=True):
            self.leave.execute()
            kernels.filtered(self.work.view(np.float32), self.ahead)
            arrive.execute()
            kernels.illuminate(self.waves, probes, layer, corners)

    def _go_back(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> None:
        """Give every slice its gradient, and carry the change back to the one before."""
        for s in range(len(layers) - 1, -1, -1):
            change, probes = self.change.view(np.float32), self.probes[s].view(np.float32)
            kernels.collect(self.totals[s], self.lights[s], change, probes, layers[s].view(np.float32), corners)
            if s:
                self.return_.execute()
                kernels.filtered(self.work.view(np.float32), self.back)
                self.returned.execute()
