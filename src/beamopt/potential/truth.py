"""The image every reconstruction is compared with: the specimen's projected transmission function."""

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.potential.sliced import Potential

__all__ = ["on_pixels", "true_transmission"]

_FINER = 3


def true_transmission(
    potential: Potential,
    energy: float,
    *,
    sampling: tuple[float, float],
    origin: tuple[float, float],
    shape: tuple[int, int],
) -> NDArray[np.complex64]:
    """Transmission function exp(iσV) of the whole thickness on any pixel grid.

    The function is periodic with the cell, so its Fourier series is known: terms at or above the Nyquist frequency of
    the wanted pixels are dropped, the others are summed exactly at each pixel. Nothing is interpolated.

    Parameters
    ----------
    potential
        The sliced specimen; V is the sum of all its slices, all repeats included.
    energy
        Beam energy [eV].
    sampling
        Pixel size along x and y [Å].
    origin
        Specimen coordinates of pixel ``[0, 0]`` [Å].
    shape
        Pixels along x and y.

    Returns
    -------
    ndarray
        complex64 of the given shape.
    """
    projected = _refined(potential.slices.sum(axis=0, dtype=np.float64) * potential.repeats)
    series = np.fft.fft2(np.exp(1j * physics.interaction_parameter(energy) * projected), norm="forward")
    return on_pixels(series, potential.cell, sampling=sampling, origin=origin, shape=shape)


def on_pixels(
    series: NDArray[np.complexfloating],
    cell: tuple[float, float],
    *,
    sampling: tuple[float, float],
    origin: tuple[float, float],
    shape: tuple[int, int],
) -> NDArray[np.complex64]:
    """A function with the period of a cell on any pixel grid, from its Fourier series; nothing is interpolated.

    Parameters
    ----------
    series
        complex ``(nx, ny)`` coefficients in FFT order, zero frequency at ``[0, 0]``.
    cell
        Sides of the cell [Å].
    sampling, origin, shape
        As for `true_transmission`; terms at or above the Nyquist frequency of the pixels are dropped.

    Returns
    -------
    ndarray
        complex64 of the given shape.
    """
    rows, waves_x = _waves(cell[0], series.shape[0], sampling[0], origin[0], shape[0])
    columns, waves_y = _waves(cell[1], series.shape[1], sampling[1], origin[1], shape[1])
    return np.asarray(waves_x @ series[np.ix_(rows, columns)] @ waves_y.T, dtype=np.complex64)


def _refined(projected: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same Fourier series on a grid three times finer.

    A phase of several rad makes exp(iσV) much finer than V. On the grid of V its series would fold over: for 103 Å of
    UiO-66 by 10 % of the contrast, on this one by 0.02 %.
    """
    nx, ny = projected.shape
    series = np.zeros((_FINER * nx, _FINER * ny), np.complex128)
    orders = [np.fft.fftfreq(n, 1 / n).astype(np.int64) for n in (nx, ny)]
    kept = [h[2 * np.abs(h) < n] for h, n in zip(orders, (nx, ny), strict=True)]
    series[np.ix_(*kept)] = np.fft.fft2(projected, norm="forward")[np.ix_(*kept)]
    return np.asarray(np.fft.ifft2(series, norm="forward").real)


def _waves(
    side: float, n: int, pixel: float, origin: float, count: int
) -> tuple[NDArray[np.intp], NDArray[np.complex128]]:
    """Series terms below both Nyquist frequencies, and their waves at the pixel positions ``(count, terms)``."""
    order = np.fft.fftfreq(n, 1 / n)
    kept = np.flatnonzero((np.abs(order) / side < 0.5 / pixel * (1 - 1e-9)) & (2 * np.abs(order) < n))
    positions = origin + pixel * np.arange(count)
    return kept, np.exp(2j * np.pi * np.outer(positions, order[kept] / side))
