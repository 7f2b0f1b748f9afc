"""Acquisitions and a small forward model of their own, in plain numpy."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition

Make = Callable[..., Acquisition]


@pytest.fixture
def setting() -> Make:
    def make(**given: float) -> Acquisition:
        knobs = {"energy": 300e3, "semiangle_cutoff": 10.0, "defocus": 0.0, "detector_outer": 15.0}
        return Acquisition(**(knobs | {"scan_sampling": 0.4, "dose_per_area": 100.0} | given))

    return make


@pytest.fixture
def disc() -> Callable[..., NDArray[np.complex128]]:
    """Aperture function on an n × n lattice of beams, k0 given in beams, defocus as phase per beam squared."""

    def make(n: int, k0: float, curvature: float = 0.0) -> NDArray[np.complex128]:
        h = np.arange(n) - n // 2
        k2 = h[:, None] ** 2 + h[None, :] ** 2
        a = (k2 <= k0**2) * np.exp(1j * curvature * k2)
        return np.asarray(a / np.sqrt(np.sum(np.abs(a) ** 2)), dtype=np.complex128)

    return make


@pytest.fixture
def exit_waves() -> Callable[..., NDArray[np.complex128]]:
    """Exit waves centred on the probe, for an aperture function and a transmission on the same periodic grid."""

    def make(
        aperture: NDArray[np.complex128], transmission: NDArray[np.complex128], positions: NDArray[np.int64]
    ) -> NDArray[np.complex128]:
        probe = np.fft.ifft2(np.fft.ifftshift(aperture), norm="ortho")
        moved = (np.roll(transmission, (-x, -y), axis=(0, 1)) for x, y in positions)
        return np.stack([np.fft.fftshift(np.fft.fft2(probe * t, norm="ortho")) for t in moved])

    return make
