"""Synthetic specimens with a known truth, sampled anywhere."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.measurement import Reconstruction

Complex = NDArray[np.complex128]
Maker = Callable[..., Complex]


def _crystal(
    pixels: int,
    sampling: float,
    *,
    cell: tuple[float, float] = (14.677, 20.757),
    atoms: int = 40,
    spread: float = 0.3,
    offset: tuple[float, float] = (0.0, 0.0),
    width: float = 0.35,
) -> Complex:
    """exp(iφ) of Gaussian atoms in a rectangular cell, φ of the given standard deviation, seen from an offset."""
    rng = np.random.default_rng(1)
    places = np.vstack([[0, 0], [0.5, 0.5], rng.uniform(size=(atoms, 2))]) * cell
    weights = np.concatenate([[6, 6], rng.uniform(0.3, 1, atoms)])

    def phase(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        rows = [
            np.exp(-((np.mod(axis[:, None] - places[:, i] + cell[i] / 2, cell[i]) - cell[i] / 2) ** 2) / (2 * width**2))
            for i, axis in enumerate((x, y))
        ]
        return np.asarray((rows[0] * weights) @ rows[1].T)

    x, y = (np.arange(pixels) * sampling + o for o in offset)
    one = phase(*(np.linspace(0, side, 64, endpoint=False) for side in cell))
    return np.asarray(np.exp(1j * spread * phase(x, y) / one.std()))


@pytest.fixture(scope="session")
def crystal() -> Maker:
    return _crystal


@pytest.fixture(scope="session")
def white() -> Callable[..., NDArray[np.float64]]:
    def make(rng: np.random.Generator, pixels: int, limit: float = 0.95) -> NDArray[np.float64]:
        """Gaussian noise of unit power per mode, within `limit` of Nyquist."""
        q = np.hypot(np.fft.fftfreq(pixels)[:, None], np.fft.fftfreq(pixels)[None, :])
        return np.asarray(np.fft.ifft2(np.fft.fft2(rng.normal(size=(pixels, pixels))) * (q < limit / 2)).real)

    return make


@pytest.fixture(scope="session")
def image() -> Callable[..., Reconstruction]:
    def make(transmission: Complex, sampling: float = 0.33, origin: tuple[float, float] = (0.0, 0.0)) -> Reconstruction:
        return Reconstruction(
            method="test",
            transmission=transmission.astype(np.complex64),
            sampling=(sampling, sampling),
            origin=origin,
            settings={},
        )

    return make
