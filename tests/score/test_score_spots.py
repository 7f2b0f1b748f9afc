"""What a window leaks is nobody's information: every spot counts in the one band where it lies."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.score import LARGEST_SSNR, Region, score
from beamopt.score.rings import windowed_spectrum
from beamopt.score.spots import leakage, spots

SAMPLING = 0.3


def waves(side: float, *parts: tuple[float, float, float]) -> NDArray[np.complex128]:
    """exp(iφ) of cosines (frequency [Å⁻¹], direction, amplitude), square field; off-centre, so no symmetry helps."""
    x = np.arange(round(side / SAMPLING)) * SAMPLING
    phase = sum(
        a * np.cos(2 * np.pi * q * (np.cos(t) * x[:, None] + np.sin(t) * x[None, :]) + 7 * q + t) for q, t, a in parts
    )
    return np.asarray(np.exp(1j * np.asarray(phase)))


def whole(truth: NDArray[np.complex128]) -> Region:
    return Region.whole((slice(None), slice(None)), (truth.shape[0], truth.shape[1]))


def bits(image: Any, truth: NDArray[np.complex128], noise: float = 0.0, seed: int = 0) -> float:
    drawn = noise * np.random.default_rng(seed).standard_normal(truth.shape)
    found = image(truth * np.exp(1j * drawn), SAMPLING)
    return score(found, truth, region=whole(truth), scan_sampling=(0.5, 0.5)).metrics["information"]


def band(q: float) -> float:
    """Modes of the band that holds q [Å⁻²]."""
    low = 0.1 * np.floor(q / 0.1)
    return float(np.pi * ((low + 0.1) ** 2 - low**2))


@settings(max_examples=25, deadline=None)
@given(q=st.floats(0.22, 1.2), turn=st.floats(0, np.pi), side=st.floats(20, 45))
def test_one_wave_lights_one_band(q: float, turn: float, side: float) -> None:
    """Its second order, 2 % of the amplitude, lies beyond the flanks of the first or is not there."""
    assume(0.006 < q % 0.1 < 0.094)
    truth = waves(side, (q, turn, 0.005))
    power, region = np.abs(windowed_spectrum(truth, whole(truth).window)) ** 2, whole(truth)
    found = spots(power, region.window, (SAMPLING, SAMPLING))
    own = found.own & (power > 1e-3 * power.max())
    assert own.sum() == 2, "the wave and its mirror image"
    assert np.allclose(found.frequency[own], q, atol=0.006)
    # All that lies beside the spot is counted with it.
    assert power[np.floor(found.frequency / 0.1) == np.floor(q / 0.1)].sum() > 0.85 * power.sum()


@pytest.mark.parametrize("side", [21.0, 25.3, 40.0])
def test_a_perfect_image_of_a_wave_holds_one_full_band(side: float, image: Any) -> None:
    truth = waves(side, (0.47, 0.4, 0.001))
    assert bits(image, truth) == pytest.approx(0.5 * np.log2(1 + LARGEST_SSNR) * band(0.47), rel=0.01)


def test_information_of_few_spots_does_not_depend_on_the_field(image: Any) -> None:
    """Graphene's strongest six; a quarter of the bits were leakage before spots were told from it."""
    parts = [(q, t + i * np.pi / 3, 0.02) for q, t in ((0.469, 0.1), (0.813, 0.62)) for i in range(3)]
    found = []
    for side in (20.0, 26.0, 33.0, 45.0):
        truth = waves(side, *parts)
        found.append(np.mean([bits(image, truth, noise=0.1, seed=seed) for seed in range(4)]))
    # Power a²/2 of each wave over its band, white noise over the whole square; a few percent of a spot stay on flanks.
    expected = sum(
        0.5 * band(q) * np.log2(1 + (3 * 0.02**2 / 2) / (band(q) * SAMPLING**2 * 0.1**2)) for q in (0.469, 0.813)
    )
    assert np.allclose(found, expected, rtol=0.2)
    assert np.ptp(found) < 0.12 * np.mean(found)


def test_speckle_is_signal_in_every_band() -> None:
    rng = np.random.default_rng(3)
    truth = np.exp(0.05j * rng.standard_normal((80, 100)))
    region = whole(truth)
    found = spots(np.abs(windowed_spectrum(truth, region.window)) ** 2, region.window, (SAMPLING, SAMPLING))
    held = np.floor(found.frequency[found.own] / 0.1).astype(int)
    assert set(range(1, 16)) <= set(held.tolist())


def test_leakage_is_the_most_a_wave_of_any_frequency_leaks() -> None:
    side = whole(np.ones((50, 50), complex)).window.max(axis=1)
    bound, most = leakage(side), np.zeros(26)
    x = np.arange(50)
    for offset in np.linspace(-0.5, 0.5, 21):
        power = np.abs(np.fft.fft(side * np.exp(2j * np.pi * (10 + offset) * x / 50))) ** 2
        most = np.maximum(most, np.roll(power, -10)[:26] / side.sum() ** 2)
    assert np.all(most <= bound * 1.03 + 1e-9), "sampled more finely than the bound"
    assert np.all(np.diff(bound) <= 0)
    assert bound[1] < 0.7
