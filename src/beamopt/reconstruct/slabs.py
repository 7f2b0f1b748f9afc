"""One thread of a multislice descent: waves through all slices and back, at the speed of their Fourier transforms.

The algorithm of py4DSTEM's ``MultislicePtychography.reconstruct`` with ``fix_probe=True``. Per pattern, iteration and
gap between two slices there are four transforms; camera and probe cost what they cost `descent`.
"""

import numpy as np
from numpy.typing import NDArray

from beamopt.physics import wavelength
from beamopt.reconstruct import kernels
from beamopt.reconstruct.lane import Lane, plan, space

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


class SlabLane(Lane):
    """A lane through several slices, and its sums over each of them.

    Parameters
    ----------
    pixels, held
        As of `Lane`.
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
        super().__init__(pixels, held, apart=True)
        self.at = [self.probes, *(space(pixels, pixels) for _ in totals[1:])]  # the probe that reaches each slice
        self.totals, self.lights = [total.view(np.float32) for total in totals], lights
        self.ahead, self.back = ((g / pixels**2).astype(np.complex64).view(np.float32) for g in (gap, gap.conj()))
        whole, backward = slice(pixels), "FFTW_BACKWARD"
        self.leave = plan(self.waves[..., whole], self.work[..., whole], 1, 2)
        self.arrive = [plan(self.work[..., whole], a[..., whole], 1, 2, direction=backward) for a in self.at[1:]]
        self.leave_back = plan(self.corrected[..., whole], self.work[..., whole], 1, 2)
        self.arrive_back = plan(self.work[..., whole], self.corrected[..., whole], 1, 2, direction=backward)

    def transmit(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> None:
        """Transmit and propagate, slice by slice."""
        kernels.illuminate(self.waves, self.at[0], layers[0], corners)
        for layer, probes, arrive in zip(layers[1:], self.at[1:], self.arrive, strict=True):
            self.leave.execute()
            kernels.filtered(self.work.view(np.float32), self.ahead)
            arrive.execute()
            kernels.illuminate(self.waves, probes, layer, corners)

    def collect(self, layers: NDArray[np.complex64], corners: NDArray[np.int64]) -> float:
        """Give every slice its gradient, and carry the change back to the one before."""
        change = self.corrected.view(np.float32)
        power = float(kernels.subtract(change, self.waves.view(np.float32), len(corners)))
        for s in range(len(layers) - 1, -1, -1):
            probes = self.at[s].view(np.float32)
            kernels.collect(self.totals[s], self.lights[s], change, probes, layers[s].view(np.float32), corners)
            if s:
                self.leave_back.execute()
                kernels.filtered(self.work.view(np.float32), self.back)
                self.arrive_back.execute()
        return power
