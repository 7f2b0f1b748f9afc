"""From exit-wave beams to what an isotropic pixelated camera collects."""

import itertools
import math
from dataclasses import dataclass
from functools import cache
from queue import Empty, SimpleQueue
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import Block
from beamopt.threads import in_threads

__all__ = ["Camera", "box_weights"]

_BATCH = 4  # patterns at a time; their spectra should stay in the processor's cache
_OVERSAMPLING = 2.2  # points per 1/W of angle; 2 is the Nyquist limit of an intensity
_UNROLLED = 4  # weights that one pass over a line takes in
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
        """Fractions of the beam that each pixel collects, summed over waves that do not interfere.

        Parameters
        ----------
        amplitudes
            complex64 ``(waves, x, y, bx, by)``, exit-wave beams of a block for each probe position.
        block
            Which beams they are.
        positions
            Probe positions along each axis [Å].
        patterns
            float32 ``(x, y, pixels, pixels)``, written. Along either axis there may be one pixel more, so that the
            camera reaches as far up as it does down.
        """
        fine = max(1, math.ceil(_OVERSAMPLING * self.pixel * max(block.window)))
        weights = box_weights(fine, max(block.window) * self.pixel / fine)
        weights = np.concatenate([weights, np.zeros(-len(weights) % _UNROLLED)])
        to_x, to_y = (self._kernels(block, axis, fine, len(weights)) for axis in (0, 1))
        to_y = np.concatenate([to_y[:, phase::fine] for phase in range(fine)], axis=1).transpose(0, 2, 1)
        back_x, back_y = (block.ramps(axis, -r0) for axis, r0 in enumerate(positions))
        scaled = (weights * math.sqrt(block.window[0] * block.window[1]) * self.pixel).astype(np.float32)

        spaces: SimpleQueue[_Space] = SimpleQueue()

        def run(place: tuple[int, int]) -> None:
            i, some = place[0], slice(place[1], place[1] + _BATCH)
            try:
                space = spaces.get_nowait()
            except Empty:
                space = _Space.for_block(block, to_x.shape[1], to_y.shape[2])
            count = len(back_y[some])
            space.density[:count] = 0
            for waves in amplitudes[:, i, some]:
                _centre(waves, back_x[i], back_y[some], space.planes)
                np.matmul(space.planes.reshape(2, -1, space.planes.shape[-1]), to_y, out=space.lines)
                np.matmul(to_x[:, None, None], space.wide, out=space.spectrum)
                _add_density(space.spectrum[:, :, :, :count], space.density)
            _integrate(space.density[:count], scaled, fine, self.pixels // 2, patterns[i, some])
            spaces.put(space)

        nx, ny = amplitudes.shape[1:3]
        in_threads(run, itertools.product(range(nx), range(0, ny, _BATCH)))

    def _kernels(self, block: Block, axis: int, fine: int, reach: int) -> NDArray[np.float32]:
        """Weights ``(2, points, orders)`` that carry even and odd parts over ±h to the points of one half of the camera.

        A sum over h is Σ (a_h ± a_-h)·(sinc(kW - h) ± sinc(kW + h))/2 over h ≥ 0: for k and for -k together half the
        products of the plain sum. There are `fine` points per pixel and `reach` around each.
        """
        points = -(-((self.pixels // 2) * fine + reach) // fine) * fine
        k = ((np.arange(points) + (1 - fine) / 2 - _TAPS) / fine) * self.pixel
        orders = np.arange(block.half[axis] + 1)
        here, there = (np.sinc(k[:, None] * block.window[axis] - sign * orders) / 2 for sign in (1, -1))
        return np.stack([here + there, here - there]).astype(np.float32)


class _Space(NamedTuple):
    """Memory of one thread, taken once; fresh memory would cost as much as filling it."""

    planes: NDArray[np.float32]
    lines: NDArray[np.float32]
    spectrum: NDArray[np.float32]
    density: NDArray[np.float32]

    @classmethod
    def for_block(cls, block: Block, mx: int, my: int) -> "_Space":
        """For `_BATCH` patterns of so many points in each quadrant."""
        hx, hy = (half + 1 for half in block.half)
        return cls(
            planes=np.zeros((2, 2, 2, _BATCH, hx, hy), np.float32),
            lines=np.empty((2, 4 * _BATCH * hx, my), np.float32),
            spectrum=np.empty((2, 2, 2, _BATCH, mx, my), np.float32),
            density=np.empty((_BATCH, 4, mx, my), np.float32),
        )

    @property
    def wide(self) -> NDArray[np.float32]:
        """The lines as ``(y parity, x parity, re or im, n, hx, points)``."""
        return self.lines.reshape(*self.planes.shape[:-1], -1)


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
    amplitudes: NDArray[np.complex64],
    back_x: NDArray[np.complex64],
    back_y: NDArray[np.complex64],
    planes: NDArray[np.float32],
) -> None:
    """Waves with the probe moved to the origin, even and odd parts ``(y parity, x parity, re or im, n, hx, hy)``."""
    n, bx, by = amplitudes.shape
    mx, my = bx // 2, by // 2
    one = np.complex64(0.5)
    for p in range(n):
        for i in range(mx + 1):
            for j in range(my + 1):
                a = amplitudes[p, mx + i, my + j] * (back_x[mx + i] * back_y[p, my + j])
                b = amplitudes[p, mx - i, my + j] * (back_x[mx - i] * back_y[p, my + j])
                c = amplitudes[p, mx + i, my - j] * (back_x[mx + i] * back_y[p, my - j])
                d = amplitudes[p, mx - i, my - j] * (back_x[mx - i] * back_y[p, my - j])
                if i == 0:
                    a, b, c, d = a * one, b * one, c * one, d * one
                if j == 0:
                    a, b, c, d = a * one, b * one, c * one, d * one
                for plane, value in enumerate((a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d)):
                    planes[plane // 2, plane % 2, 0, p, i, j] = value.real
                    planes[plane // 2, plane % 2, 1, p, i, j] = value.imag


@numba.njit(cache=True, nogil=True, fastmath=True)
def _add_density(spectrum: NDArray[np.float32], density: NDArray[np.float32]) -> None:
    """Add the squared moduli in the four quadrants (++, -+, +-, --) of what even and odd parts sum to."""
    _, _, _, n, mx, my = spectrum.shape
    for p in range(n):
        for i in range(mx):
            for part in range(2):
                ee, eo = spectrum[0, 0, part, p, i], spectrum[0, 1, part, p, i]
                oe, oo = spectrum[1, 0, part, p, i], spectrum[1, 1, part, p, i]
                to = density[p, :, i]
                for j in range(my):
                    up, down = ee[j] + eo[j], ee[j] - eo[j]
                    along, against = oe[j] + oo[j], oe[j] - oo[j]
                    to[0, j] += (up + along) ** 2
                    to[1, j] += (down + against) ** 2
                    to[2, j] += (up - along) ** 2
                    to[3, j] += (down - against) ** 2


@numba.njit(cache=True, nogil=True, fastmath=True)
def _integrate(
    density: NDArray[np.float32], weights: NDArray[np.float32], fine: int, middle: int, patterns: NDArray[np.float32]
) -> None:
    """Weighted sums of the density; along y, points with the same place in their pixel lie together."""
    n, _, _, my = density.shape
    each = my // fine
    line = np.empty(my, np.float32)
    pixel = np.empty(middle + 1, np.float32)
    for p in range(n):
        for quadrant in range(4):
            to_x, to_y = 1 - 2 * (quadrant % 2), 1 - 2 * (quadrant // 2)
            for i in range(middle + 1):
                x = middle + to_x * i
                if x >= patterns.shape[1]:
                    continue
                line[:] = 0
                for t in range(0, len(weights), 4):
                    a, b, c, d = weights[t], weights[t + 1], weights[t + 2], weights[t + 3]
                    at = density[p, quadrant, i * fine + t : i * fine + t + 4]
                    for j in range(my):
                        line[j] += (a * at[0, j] + b * at[1, j]) + (c * at[2, j] + d * at[3, j])
                pixel[:] = 0
                for t in range(len(weights)):
                    start = (t % fine) * each + t // fine
                    for j in range(middle + 1):
                        pixel[j] += weights[t] * line[start + j]
                for j in range(middle + 1):
                    y = middle + to_y * j
                    if y < patterns.shape[2]:
                        patterns[p, x, y] = max(pixel[j], np.float32(0))
