"""From exit-wave beams to what an isotropic pixelated camera collects."""

import itertools
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import Block
from beamopt.simulate.sampling import samples
from beamopt.threads import in_threads

__all__ = ["Camera"]

_BATCH = 4  # patterns at a time; their spectra should stay in the processor's cache


@dataclass(frozen=True)
class Camera:
    """A square camera; pixel ``n // 2`` looks along the beam.

    The exit wave lives in a window that repeats. Centred on the probe and cut to one window it has a continuous
    spectrum, Ψ(k) = Σ_h a_h sinc(kx·Wx - hx) sinc(ky·Wy - hy), whose squared modulus integrates to Σ|a_h|²/(Wx·Wy).
    It is sampled and integrated over pixels as `samples` says.

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
        return cls(pixels, acquisition.angular_sampling(pixels), physics.wavelength(acquisition.energy))

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
        window, pixels = block.window, self.pixels // 2
        rows, columns = (samples(side, self.pixel, pixels) for side in window)
        to_x, to_y = (_kernels(block, axis, s.frequencies) for axis, s in enumerate((rows, columns)))
        to_y = np.ascontiguousarray(to_y.swapaxes(1, 2))
        to_pixels = columns.matrix * np.float32(window[0] * window[1] * self.pixel**2)
        back_x, back_y = (block.ramps(axis, -r0) for axis, r0 in enumerate(positions))
        spaces: SimpleQueue[_Space] = SimpleQueue()

        def run(place: tuple[int, int]) -> None:
            i, some = place[0], slice(place[1], place[1] + _BATCH)
            try:
                space = spaces.get_nowait()
            except Empty:
                space = _Space.for_block(block, to_x.shape[1], to_y.shape[2], pixels + 1)
            count = len(back_y[some])
            space.density[:count] = 0
            for waves in amplitudes[:, i, some]:
                _centre(waves, back_x[i], back_y[some], space.planes)
                np.matmul(space.planes.reshape(2, -1, space.planes.shape[-1]), to_y, out=space.lines)
                np.matmul(to_x[:, None, None], space.wide, out=space.spectrum)
                _add_density(space.spectrum[:, :, :, :count], space.density)
            _integrate(space.density[:count], rows.first, rows.weights, space.sums[:count])
            _place(space.sums[:count] @ to_pixels, patterns[i, some])
            spaces.put(space)

        nx, ny = amplitudes.shape[1:3]
        in_threads(run, itertools.product(range(nx), range(0, ny, _BATCH)))


def _kernels(block: Block, axis: int, frequencies: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weights ``(2, samples, orders)`` that carry even and odd parts over ±h to the samples of half an axis.

    A sum over h is Σ (a_h ± a_-h)·(sinc(kW - h) ± sinc(kW + h))/2 over h ≥ 0: for k and for -k together half the
    products of the plain sum.
    """
    orders = np.arange(block.half[axis] + 1)
    here, there = (np.sinc(frequencies[:, None] * block.window[axis] - sign * orders) / 2 for sign in (1, -1))
    return np.stack([here + there, here - there]).astype(np.float32)


class _Space(NamedTuple):
    """Memory of one thread, taken once; fresh memory would cost as much as filling it."""

    planes: NDArray[np.float32]
    lines: NDArray[np.float32]
    spectrum: NDArray[np.float32]
    density: NDArray[np.float32]
    sums: NDArray[np.float32]

    @classmethod
    def for_block(cls, block: Block, mx: int, my: int, pixels: int) -> "_Space":
        """For `_BATCH` patterns of so many samples and rows of pixels in each quadrant."""
        hx, hy = (half + 1 for half in block.half)
        return cls(
            planes=np.zeros((2, 2, 2, _BATCH, hx, hy), np.float32),
            lines=np.empty((2, 4 * _BATCH * hx, my), np.float32),
            spectrum=np.empty((2, 2, 2, _BATCH, mx, my), np.float32),
            density=np.empty((_BATCH, 4, mx, my), np.float32),
            sums=np.empty((_BATCH, 4, pixels, my), np.float32),
        )

    @property
    def wide(self) -> NDArray[np.float32]:
        """The lines as ``(y parity, x parity, re or im, n, hx, points)``."""
        return self.lines.reshape(*self.planes.shape[:-1], -1)


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
    density: NDArray[np.float32], first: NDArray[np.intp], weights: NDArray[np.float32], sums: NDArray[np.float32]
) -> None:
    """Weighted sums of lines of samples, ``(n, 4, samples, y)`` to ``(n, 4, pixels, y)``; four lines at a time."""
    for p in range(density.shape[0]):
        for quadrant in range(4):
            for i in range(len(first)):
                line = sums[p, quadrant, i]
                line[:] = 0
                for t in range(0, weights.shape[1], 4):
                    a, b, c, d = weights[i, t], weights[i, t + 1], weights[i, t + 2], weights[i, t + 3]
                    at = density[p, quadrant, first[i] + t : first[i] + t + 4]
                    for j in range(len(line)):
                        line[j] += (a * at[0, j] + b * at[1, j]) + (c * at[2, j] + d * at[3, j])


@numba.njit(cache=True, nogil=True)
def _place(quadrants: NDArray[np.float32], patterns: NDArray[np.float32]) -> None:
    """Put the quadrants (++, -+, +-, --) side by side; a pixel is never negative."""
    n, _, rows, columns = quadrants.shape
    for p in range(n):
        for quadrant in range(4):
            for i in range(rows):
                x = rows - 1 + (1 - 2 * (quadrant % 2)) * i
                if x < patterns.shape[1]:
                    for j in range(columns):
                        y = columns - 1 + (1 - 2 * (quadrant // 2)) * j
                        if y < patterns.shape[2]:
                            patterns[p, x, y] = max(quadrants[p, quadrant, i, j], np.float32(0))
