"""The camera: energy, geometry, and the sinc against a zero-padded Fourier transform."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.simulate.camera import Camera
from beamopt.simulate.lattice import Block, illuminate
from beamopt.simulate.sampling import samples
from simulate.simulate_cases import setting

WAVELENGTH = 0.0196875


def patterns(
    camera: Camera, block: Block, waves: NDArray[np.complex128], x: float = 0.0, y: float = 0.0
) -> NDArray[np.float64]:
    out = np.empty((1, 1, camera.pixels, camera.pixels), np.float32)
    camera.collect(waves[None, None, None].astype(np.complex64), block, (np.array([x]), np.array([y])), out)
    return np.asarray(out[0, 0], dtype=np.float64)


def random_waves(block: Block, seed: int = 1) -> NDArray[np.complex128]:
    rng = np.random.default_rng(seed)
    waves = rng.normal(size=block.shape) + 1j * rng.normal(size=block.shape)
    return np.asarray(waves / np.linalg.norm(waves))


@pytest.mark.parametrize("pixels", [12, 64, 200])
def test_everything_is_collected_by_a_camera_that_is_large_enough(pixels: int) -> None:
    block = Block((20.0, 16.0), (9, 7))
    camera = Camera(pixels, 2 * 60 / pixels, WAVELENGTH)
    lost = 1 - patterns(camera, block, random_waves(block)).sum()
    assert 0 < lost < 0.02  # a window with sharp edges has slow tails in angle


@pytest.mark.parametrize("pixel", [1 / 200, 1 / 80, 1 / 30, 1 / 13])
def test_pattern_is_the_fourier_integral_over_one_window(pixel: float) -> None:
    # Ψ(k) = ∫ψ(r)·exp(-2πi k·r) dr over the window around the probe, here as a sum over midpoints in real space, and
    # |Ψ|² over each pixel by Gauss-Legendre quadrature.
    block = Block((20.0, 16.0), (11, 9))
    waves, camera = random_waves(block), Camera(16, 1e3 * WAVELENGTH * pixel, WAVELENGTH)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    k = ((np.arange(16) - 8)[:, None] + nodes / 2).ravel() * pixel
    to_angle = []
    for axis, side in enumerate(block.window):
        r = ((np.arange(1024) + 0.5) / 1024 - 0.5) * side
        beams = np.exp(2j * np.pi * np.outer(r, block.frequencies(axis))) / 1024
        to_angle.append(np.exp(-2j * np.pi * np.outer(k, r)) @ beams)
    density = np.abs(to_angle[0] @ waves @ to_angle[1].T) ** 2 * (20.0 * 16.0)
    expected = np.einsum("iajb,a,b->ij", density.reshape(16, 8, 16, 8), weights / 2, weights / 2) * pixel**2
    np.testing.assert_allclose(patterns(camera, block, waves), expected, atol=3e-4 * expected.max())


@given(window=st.floats(10, 100), pixel=st.floats(1e-3, 0.1), pixels=st.integers(1, 80), share=st.floats(0, 1))
def test_samples_integrate_every_wave_that_fits_into_the_window(
    window: float, pixel: float, pixels: int, share: float
) -> None:
    found, r = samples(window, pixel, pixels), share * window
    integrals = np.cos(2 * np.pi * r * found.frequencies) @ found.matrix
    wanted = np.cos(2 * np.pi * r * pixel * np.arange(pixels + 1)) * np.sinc(r * pixel)
    np.testing.assert_allclose(integrals, wanted, atol=2e-3)
    np.testing.assert_allclose(found.matrix.sum(0), 1, atol=1e-6)


def test_patterns_follow_the_probe_not_its_place() -> None:
    acquisition = setting(semiangle_cutoff=10.0, defocus=300.0)
    camera = Camera.of(acquisition, 64)
    block, probe = illuminate(acquisition, (30.0, 22.0))
    here = patterns(camera, block, probe)
    moved = probe * block.ramps(0, np.array([7.3])).T * block.ramps(1, np.array([11.1]))
    np.testing.assert_allclose(patterns(camera, block, moved, 7.3, 11.1), here, atol=1e-6 * here.max())


@pytest.mark.parametrize("window", [(30.0, 30.0), (44.0, 41.5)])
def test_vacuum_is_a_disc_of_the_right_radius_and_place(window: tuple[float, float]) -> None:
    acquisition = setting(semiangle_cutoff=10.0, defocus=0.0, detector_outer=16.0)
    camera = Camera.of(acquisition, 128)
    block, probe = illuminate(acquisition, window)
    pattern = patterns(camera, block, probe)
    at = (np.arange(128) - 64) * 0.25
    radius = np.hypot(at[:, None], at[None, :])
    level = np.median(pattern[radius < 7])
    assert pattern[radius < 10].sum() == pytest.approx(1, abs=0.03)
    assert np.sqrt(np.sum(pattern > level / 4) / np.pi) * 0.25 == pytest.approx(10, abs=0.15)
    assert abs(np.sum(pattern * at[:, None])) < 1e-3
    assert abs(np.sum(pattern * at[None, :])) < 1e-3
    assert level == pytest.approx(0.25**2 / (np.pi * 10**2), rel=0.03)
