"""Quantum limits: Zernike attains 4, a focused probe leaves 4(1 - O²)."""

import numpy as np
import pytest

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.limit import QUANTUM, Conditions, probe_limit


def test_zernike_plane_wave_attains_the_quantum_limit() -> None:
    """Plane wave, weak cosine, undiffracted beam turned by a quarter wave: the counts' Fisher information is 4N."""
    n = 24
    x, y = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    mode = np.sqrt(2) / n * np.cos(2 * np.pi * (3 * x + 2 * y) / n)  # unit norm over n² pixels

    def image(amount: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        wave = np.fft.fft2(np.exp(1j * amount * mode))
        wave[0, 0] *= 1j
        return np.asarray(np.abs(np.fft.ifft2(wave)) ** 2)

    step = 1e-4
    slope = (image(step) - image(-step)) / (2 * step)
    assert np.sum(slope**2 / image(0.0)) == pytest.approx(QUANTUM, rel=1e-4)


def test_focused_probe() -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15, scan_sampling=0.4, dose_per_area=100
    )
    x = np.linspace(0, 2.5, 51)
    assert np.allclose(probe_limit(a, x * a.cutoff), 4 * (1 - physics.disc_overlap(x) ** 2), atol=1e-9)


@pytest.mark.parametrize(("defocus", "cs"), [(250.0, 0.0), (-600.0, 0.0), (600.0, 5e6)])
def test_probe_limit_is_the_variance_of_the_mode_under_the_probe(defocus: float, cs: float) -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=12, defocus=defocus, detector_outer=15, scan_sampling=0.4, dose_per_area=100
    )
    n, beam = 512, 1 / 120  # a window of 120 Å
    k = np.fft.fftfreq(n, 1 / (n * beam))
    radius = np.hypot(k[:, None], k[None, :])
    edge = np.clip((a.cutoff - radius) / beam + 0.5, 0, 1)
    wave = edge * np.exp(-1j * physics.aberration_phase(radius, a.energy, defocus, cs))
    intensity = np.abs(np.fft.ifft2(wave)) ** 2
    transform = np.fft.fft2(intensity / intensity.sum())[:, 0]
    expected = 4 * (1 - np.abs(transform) ** 2)
    found = probe_limit(a, np.abs(k), Conditions(spherical_aberration=cs))
    assert np.abs(found - expected).max() < 0.06
