"""The full limit: its laws for random probes and objects, and its trace."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.limit import centred, full, ring_shifts

Waves = Callable[..., NDArray[np.complex128]]


def _random_waves(seed: int, n: int, strength: float, aberration: float) -> NDArray[np.complex128]:
    """A speckled probe with odd and even aberrations on a random phase object, four positions."""
    rng = np.random.default_rng(seed)
    h = np.arange(n) - n // 2
    k0 = rng.uniform(0.1, 0.3) * n
    aperture = (np.hypot(h[:, None], h[None, :]) <= k0) * np.exp(1j * aberration * rng.standard_normal((n, n)))
    probe = np.fft.ifft2(np.fft.ifftshift(aperture))
    probe /= np.sqrt(np.sum(np.abs(probe) ** 2))
    transmission = np.exp(1j * strength * rng.standard_normal((n, n)))
    moved = (np.roll(transmission, rng.integers(0, n, 2), axis=(0, 1)) for _ in range(4))
    return np.stack([np.fft.fftshift(np.fft.fft2(probe * t, norm="ortho")) for t in moved])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([12, 17, 24]), st.floats(0, 3), st.floats(0, 3), st.floats(0, 1e-3))
def test_linear_is_below_full_is_below_quantum(
    seed: int, n: int, strength: float, aberration: float, background: float
) -> None:
    waves = _random_waves(seed, n, strength, aberration)
    shifts = np.random.default_rng(seed + 1).integers(-n, n, (12, 2))
    shifts[(shifts == 0).all(axis=1)] = (1, 1)
    found = full(waves, shifts, background=background)
    assert np.all(found.linear <= found.full + 1e-9)
    assert np.all(found.full <= found.quantum + 1e-9)
    assert np.all(found.quantum <= 4 + 1e-9)
    assert np.all(found.linear >= 0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 2))
def test_coarser_or_smaller_cameras_know_less(seed: int, strength: float) -> None:
    """Of dark fields above rounding: at 1e-5 rad a fine camera's pixels fall below it and a coarse one's do not."""
    n = 16
    waves = _random_waves(seed, n, strength, 0.5)
    shifts = np.array([(1, 0), (2, 3), (5, 1)])
    whole = full(waves, shifts)
    index = np.arange(n)
    binned = full(waves, shifts, camera=(index[:, None] // 2) * 8 + index[None, :] // 2)
    ring = np.hypot(index[:, None] - 8, index[None, :] - 8) < 5
    cut = full(waves, shifts, camera=np.where(ring, index[:, None] * n + index[None, :], -1))
    for less in (binned, cut):
        assert np.all(less.full <= whole.full + 1e-9)
        assert np.all(less.linear <= whole.linear + 1e-9)


@pytest.mark.parametrize("pixels", [24, 36])
def test_trace_is_two_per_pixel_whatever_the_pixel(pixels: int) -> None:
    """Σ_q F/N = 2 per pixel, for a speckled exit wave that fills its band, at two pixel sizes of one window."""
    rng = np.random.default_rng(pixels)
    waves = rng.standard_normal((8, pixels, pixels)) + 1j * rng.standard_normal((8, pixels, pixels))
    waves /= np.sqrt(np.sum(np.abs(waves) ** 2, axis=(1, 2), keepdims=True))
    reach = np.arange(-pixels + 1, pixels)
    shifts = np.array([(i, j) for i in reach for j in reach if i or j])
    assert full(waves, shifts).full.sum() / pixels**2 == pytest.approx(2.0, abs=0.03)


def test_full_is_two_beyond_the_overlap_on_a_strong_object(disc: Waves, exit_waves: Waves) -> None:
    rng = np.random.default_rng(5)
    n = 64
    transmission = np.exp(3j * rng.standard_normal((n, n)))
    waves = exit_waves(disc(n, 8.0), transmission, rng.integers(0, n, (12, 2)))
    shifts = ring_shifts((1.0, 1.0), np.linspace(17, 27, 11))
    found = full(waves, shifts)
    # Half of the sidebands of beams near the edge of the lattice are missing: count those that are there.
    held = (1 - np.abs(shifts[:, 0]) / n) * (1 - np.abs(shifts[:, 1]) / n)
    assert np.mean(found.full / held) == pytest.approx(2.0, abs=0.06)


def test_is_the_fisher_information_of_the_patterns(disc: Waves, exit_waves: Waves) -> None:
    """Derivative of the patterns to a cosine and a sine of the phase by finite differences, Poisson information."""
    rng = np.random.default_rng(11)
    n, shift = 20, (2, 1)
    aperture = disc(n, 4.0, 0.05)
    phase = 0.4 * rng.standard_normal((n, n))
    positions = rng.integers(0, n, (6, 2))
    x, y = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    angle = 2 * np.pi * (shift[0] * x + shift[1] * y) / n
    expected = 0.0
    step = 1e-5
    for mode in (np.cos(angle), np.sin(angle)):
        unit = np.sqrt(2) * mode  # times 1/√P for unit norm; N electrons fall on each of P pixels, so P drops out
        up, down, here = (
            np.abs(exit_waves(aperture, np.exp(1j * (phase + s * step * unit)), positions)) ** 2 for s in (1, -1, 0)
        )
        expected += np.mean(np.sum(((up - down) / (2 * step)) ** 2 / here, axis=(1, 2))) / 2
    big = np.zeros((len(positions), 2 * n, 2 * n), dtype=np.complex128)
    waves = exit_waves(aperture, np.exp(1j * phase), positions)
    big[:, n // 2 : n // 2 + n, n // 2 : n // 2 + n] = waves
    # On the periodic lattice the sidebands wrap; compare through the sums that wrap.
    gamma = np.conj(waves) * np.roll(waves, shift, axis=(1, 2)) - waves * np.conj(
        np.roll(waves, (-shift[0], -shift[1]), axis=(1, 2))
    )
    wrapped = np.mean(np.sum(np.abs(gamma) ** 2 / np.abs(waves) ** 2, axis=(1, 2)))
    assert wrapped == pytest.approx(expected, rel=1e-5)
    inner = np.zeros((n, n), dtype=bool)
    inner[4:-4, 4:-4] = True
    camera = np.where(inner, np.arange(n * n).reshape(n, n), -1)
    found = full(waves, np.array([shift]), camera=camera).full[0]
    kept = np.mean(np.sum((np.abs(gamma) ** 2 / np.abs(waves) ** 2)[:, inner], axis=1))
    assert found == pytest.approx(kept, rel=1e-9)


def test_centring_takes_the_scan_position_out(disc: Waves, exit_waves: Waves) -> None:
    """An engine gives beams in window coordinates; centred they equal those of an object moved the other way."""
    n, window = 24, 12.0
    rng = np.random.default_rng(2)
    transmission = np.exp(0.3j * rng.standard_normal((n, n)))
    aperture = disc(n, 5.0, 0.1)
    position = np.array([3, 7])
    k = (np.arange(n) - n // 2) / window
    metres = position * window / n
    wave = np.exp(-2j * np.pi * (k[:, None] * metres[0] + k[None, :] * metres[1]))
    probe = np.fft.ifft2(np.fft.ifftshift(aperture * wave), norm="ortho")
    engine = np.fft.fftshift(np.fft.fft2(probe * transmission, norm="ortho"))
    found = centred(engine[None], metres[None], (k, k))
    assert np.allclose(found, exit_waves(aperture, transmission, position[None]), atol=1e-12)


def test_size_of_mof_lowdose_takes_under_two_seconds() -> None:
    """137 × 129 beams, 32 positions, 60 frequencies; once before, because the first call compiles."""
    rng = np.random.default_rng(0)
    waves = (rng.standard_normal((32, 137, 129)) + 1j * rng.standard_normal((32, 137, 129))).astype(np.complex64)
    waves /= np.sqrt(np.sum(np.abs(waves) ** 2, axis=(1, 2), keepdims=True))
    full(waves[:1], np.array([[1, 0]]))
    start = time.process_time()
    full(waves, ring_shifts((1 / 44, 1 / 41.5), np.linspace(0.02, 1.2, 60), 1))
    assert time.process_time() - start < 2.0


def test_rings_hold_vectors_of_their_radius() -> None:
    q = np.linspace(0.1, 1.0, 10)
    shifts = ring_shifts((1 / 44, 1 / 41), q, 8)
    length = np.hypot(shifts[:, 0] / 44, shifts[:, 1] / 41).reshape(10, 8)
    assert np.abs(length - q[:, None]).max() < 0.75 / 41
    assert (ring_shifts((1.0, 1.0), np.array([0.1])) != 0).any(axis=1).all()
