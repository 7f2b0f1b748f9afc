"""From exit-wave beams to what an isotropic pixelated camera collects."""

import itertools
import math
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import Block
from beamopt.simulate.threads import in_threads

__all__ = ["Camera"]

_BATCH = 8  # patterns at a time; their spectra should stay in the processor's cache


@dataclass(frozen=True)
class Camera:
    """A square camera; pixel ``n // 2`` looks along the beam.

    The exit wave lives in a window that repeats. Centred on the probe and cut to one window it has a continuous
    spectrum, Ψ(k) = Σ_h a_h sinc(kx·Wx - hx) sinc(ky·Wy - hy), whose squared modulus integrates to Σ|a_h|²/(Wx·Wy).
    That density is integrated over each pixel by the midpoint rule on a grid fine enough (spacing at most 1/(2W)) that
    the whole sum is exact.

    Parameters
    ----------
    pixels
        Pixels per side, even.
    angular_sampling
        Angle per pixel [mrad].
    wavelength
        Electron wavelength [Å].
    """

    pixels: int
    angular_sampling: float
    wavelength: float

    @classmethod
    def of(cls, acquisition: Acquisition, pixels: int) -> "Camera":
        """The camera of an acquisition, `detector_outer` its half width."""
        return cls(pixels, 2 * acquisition.detector_outer / pixels, physics.wavelength(acquisition.energy))

    @property
    def pixel(self) -> float:
        """Pixel size [Å⁻¹]."""
        return self.angular_sampling * 1e-3 / self.wavelength

    def collect(
        self,
        amplitudes: NDArray[np.complex64],
        block: Block,
        positions: tuple[NDArray[np.float64], NDArray[np.float64]],
        patterns: NDArray[np.float32],
    ) -> None:
        """Fractions of the beam that each pixel collects.

        Parameters
        ----------
        amplitudes
            complex64 ``(x, y, bx, by)``, exit-wave beams of a block for each probe position.
        block
            Which beams they are.
        positions
            Probe positions along each axis [Å].
        patterns
            float32 ``(x, y, pixels, pixels)``, written.
        """
        fine = max(2, math.ceil(2 * self.pixel * max(block.window)))
        to_x, to_y = (self._kernel(block, axis, fine) for axis in (0, 1))
        back_x, back_y = (block.ramps(axis, -r0) for axis, r0 in enumerate(positions))
        area = np.float32(block.window[0] * block.window[1] * (self.pixel / fine) ** 2)

        def run(place: tuple[int, int]) -> None:
            i, some = place[0], slice(place[1], place[1] + _BATCH)
            planes = _centre(amplitudes[i, some], back_x[i], back_y[some])
            wide = planes.reshape(-1, block.shape[1]) @ to_y.T
            spectrum = np.matmul(to_x, wide.reshape(-1, block.shape[0], len(to_y)))
            _integrate(spectrum.reshape(2, -1, len(to_x), len(to_y)), fine, area, patterns[i, some])

        nx, ny = amplitudes.shape[:2]
        in_threads(run, itertools.product(range(nx), range(0, ny, _BATCH)))

    def _kernel(self, block: Block, axis: int, fine: int) -> NDArray[np.float32]:
        """Weights ``(pixels·fine, beams)`` that carry beams to points inside the pixels."""
        k = ((np.arange(self.pixels * fine) + 0.5) / fine - 0.5 - self.pixels // 2) * self.pixel
        return np.sinc(k[:, None] * block.window[axis] - block.orders(axis)).astype(np.float32)


@numba.njit(cache=True, nogil=True)
def _centre(
    amplitudes: NDArray[np.complex64], back_x: NDArray[np.complex64], back_y: NDArray[np.complex64]
) -> NDArray[np.float32]:
    """Real and imaginary planes ``(2, n, bx, by)`` of the waves with the probe moved to the origin."""
    n, bx, by = amplitudes.shape
    planes = np.empty((2, n, bx, by), np.float32)
    for p in range(n):
        for i in range(bx):
            for j in range(by):
                value = amplitudes[p, i, j] * (back_x[i] * back_y[p, j])
                planes[0, p, i, j] = value.real
                planes[1, p, i, j] = value.imag
    return planes


@numba.njit(cache=True, nogil=True, fastmath=True)
def _integrate(spectrum: NDArray[np.float32], fine: int, area: np.float32, patterns: NDArray[np.float32]) -> None:
    """Squared modulus summed over the points of each pixel, times the area of a point."""
    _, n, mx, my = spectrum.shape
    patterns[:] = 0
    for p in range(n):
        for i in range(mx):
            for j in range(my // fine):
                total = np.float32(0.0)
                for s in range(fine):
                    re, im = spectrum[0, p, i, j * fine + s], spectrum[1, p, i, j * fine + s]
                    total += re * re + im * im
                patterns[p, i // fine, j] += area * total
