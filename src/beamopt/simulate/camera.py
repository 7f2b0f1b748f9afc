"""From exit-wave beams to what an isotropic pixelated camera collects."""

import itertools
import math
from dataclasses import dataclass
from functools import cache

import numba
import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import Block
from beamopt.threads import in_threads

__all__ = ["Camera", "box_weights"]

_BATCH = 8  # patterns at a time; their spectra should stay in the processor's cache
_OVERSAMPLING = 2.2  # points per 1/W of angle; 2 is the Nyquist limit of an intensity
_TAPS = 5  # points beyond each side of a pixel that enter its integral


@dataclass(frozen=True)
class Camera:
    """A square camera; pixel ``n // 2`` looks along the beam.

    The exit wave lives in a window that repeats. Centred on the probe and cut to one window it has a continuous
    spectrum, Ψ(k) = Σ_h a_h sinc(kx·Wx - hx) sinc(ky·Wy - hy), whose squared modulus integrates to Σ|a_h|²/(Wx·Wy).
    That density has no detail finer than 1/W, so points less than 1/(2W) apart say everything about it, and its
    integral over a pixel is a weighted sum of the points in and around the pixel (`box_weights`).

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
        fine = max(1, math.ceil(_OVERSAMPLING * self.pixel * max(block.window)))
        weights = box_weights(fine, max(block.window) * self.pixel / fine)
        to_x, to_y = (self._kernel(block, axis, fine, len(weights)) for axis in (0, 1))
        to_y = np.concatenate([to_y[phase::fine] for phase in range(fine)])
        back_x, back_y = (block.ramps(axis, -r0) for axis, r0 in enumerate(positions))
        scaled = (weights * math.sqrt(block.window[0] * block.window[1]) * self.pixel).astype(np.float32)

        def run(place: tuple[int, int]) -> None:
            i, some = place[0], slice(place[1], place[1] + _BATCH)
            planes = _centre(amplitudes[i, some], back_x[i], back_y[some])
            wide = planes.reshape(-1, block.shape[1]) @ to_y.T
            spectrum = np.matmul(to_x, wide.reshape(-1, block.shape[0], len(to_y)))
            _integrate(spectrum.reshape(2, -1, len(to_x), len(to_y)), scaled, fine, patterns[i, some])

        nx, ny = amplitudes.shape[:2]
        in_threads(run, itertools.product(range(nx), range(0, ny, _BATCH)))

    def _kernel(self, block: Block, axis: int, fine: int, reach: int) -> NDArray[np.float32]:
        """Weights ``(points, beams)`` that carry beams to points, `fine` of them per pixel and `reach` around each."""
        points = -(-(self.pixels * fine + reach - fine) // fine) * fine
        k = ((np.arange(points) + (fine + 1 - reach) / 2) / fine - 0.5 - self.pixels // 2) * self.pixel
        return np.sinc(k[:, None] * block.window[axis] - block.orders(axis)).astype(np.float32)


@cache
def box_weights(fine: int, band: float) -> NDArray[np.float64]:
    """Weights that integrate a band-limited function over a pixel from samples in and around it.

    Least squares over the band: Σ_j w_j·cos(2πu·t_j) = sinc(fine·u) for all |u| up to `band`, with Σ w_j = 1.

    Parameters
    ----------
    fine
        Samples per pixel.
    band
        Finest detail, in cycles per sample, below 1/2.

    Returns
    -------
    ndarray
        `fine` + 10 weights, symmetric about the middle of the pixel.

    Examples
    --------
    >>> float(box_weights(2, 0.3).sum().round(6))
    1.0
    """
    odd = fine % 2
    t = np.arange(_TAPS + (fine + 1) // 2) + (0.0 if odd else 0.5)
    u = np.linspace(0, band, 400)
    waves = 2 * np.cos(2 * np.pi * np.outer(u, t))
    if odd:
        waves[:, 0] = 1
    exact_sum = np.where(u == 0, 1e3, 1.0)
    half = np.linalg.lstsq(waves * exact_sum[:, None], np.sinc(fine * u) * exact_sum)[0]
    return np.concatenate([half[:0:-1], half]) if odd else np.concatenate([half[::-1], half])


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
def _integrate(
    spectrum: NDArray[np.float32], weights: NDArray[np.float32], fine: int, patterns: NDArray[np.float32]
) -> None:
    """Weighted sums of the squared modulus; along y, points with the same place in their pixel lie together."""
    _, n, _, my = spectrum.shape
    mx, pixels, each = patterns.shape[1], patterns.shape[2], my // fine
    line = np.empty(my, np.float32)
    density = np.empty(spectrum.shape[2:], np.float32)
    for p in range(n):
        for i in range(len(density)):
            re, im, row = spectrum[0, p, i], spectrum[1, p, i], density[i]
            for j in range(my):
                row[j] = re[j] * re[j] + im[j] * im[j]
        for i in range(mx):
            line[:] = 0
            for t in range(len(weights)):
                row = density[i * fine + t]
                for j in range(my):
                    line[j] += weights[t] * row[j]
            pixel = patterns[p, i]
            pixel[:] = 0
            for t in range(len(weights)):
                start = (t % fine) * each + t // fine
                for j in range(pixels):
                    pixel[j] += weights[t] * line[start + j]
            for j in range(pixels):
                pixel[j] = max(pixel[j], np.float32(0))
