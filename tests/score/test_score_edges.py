"""First and last pixels and rings, lone coefficients, and judgements that must not hang on absolute power."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.score import LARGEST_SSNR, Region, score, scored_region
from beamopt.score.gauge import _highest, aligned
from beamopt.score.region import tukey
from beamopt.score.rings import RingCorrelation, band_limit, correlate, windowed_spectrum
from beamopt.score.spots import spots
from beamopt.score.summary import information

Complex = NDArray[np.complex128]
SAMPLING = 0.33


def noise(seed: int, *shape: int) -> Complex:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.standard_normal(shape) + 1j * rng.standard_normal(shape))


@pytest.mark.parametrize("place", [(2.1, 3.9), (3.9, 2.1), (3.0, 2.5), (2.0, 4.0)])
def test_the_highest_place_is_found_anywhere_in_a_box_beside_the_origin(place: tuple[float, float]) -> None:
    def height(u: NDArray[np.floating[Any]], v: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        return -((u[:, None] - place[0]) ** 2) - (v[None, :] - place[1]) ** 2

    box = np.array([2.0, 2.0]), np.array([4.0, 4.0])
    assert _highest(height, box, points=9) == pytest.approx(place, abs=1e-4)


def whole(shape: tuple[int, int]) -> Region:
    return Region.whole((slice(None), slice(None)), shape)


def ramp(shape: tuple[int, int], cycles: tuple[float, float]) -> Complex:
    """So many cycles across each side."""
    x, y = (c * np.arange(n) / n for c, n in zip(cycles, shape, strict=True))
    return np.asarray(np.exp(2j * np.pi * (x[:, None] + y[None, :])))


@pytest.mark.parametrize("cycles", [(0.95, -0.95), (-0.95, 0.2)])
def test_a_ramp_of_up_to_a_cycle_along_each_side_is_gauge(cycles: tuple[float, float], crystal: Any) -> None:
    truth = crystal(120, SAMPLING)[:, :70]
    obtained, wanted = aligned(truth * ramp((120, 70), cycles), truth, whole((120, 70)), (1.0, 1.0))
    assert obtained == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("cycles", [(3.0, 0.0), (0.0, -3.4), (3.0, 3.0), (7.3, 0.0)])
def test_a_ramp_of_many_cycles_is_an_error(cycles: tuple[float, float], crystal: Any, image: Any) -> None:
    truth = crystal(120, SAMPLING)[:, :70]
    found = image(truth * ramp((120, 70), cycles))
    metrics = score(found, truth, region=whole((120, 70)), scan_sampling=(1.0, 1.0)).metrics
    assert metrics["phase_nrmse"] > 1
    assert metrics["information"] < 1


@pytest.mark.parametrize("shift", [(4.2, -0.4), (-0.4, 4.2), (-3.2, -3.2)])
def test_a_shift_of_many_pixels_is_undone_to_the_rim_of_the_region(shift: tuple[float, float], crystal: Any) -> None:
    """Up to thirteen pixels of a coarse step; the image goes on around the region, so nothing is lost at its edge."""
    truth, moved = (crystal(140, SAMPLING, width=0.7, offset=o) for o in ((0.0, 0.0), shift))
    region = Region.whole((slice(40, 100), slice(30, 110)), truth.shape)
    reach = abs(shift[0]) / SAMPLING + 0.1, abs(shift[1]) / SAMPLING + 0.1
    obtained, wanted = aligned(moved, truth, region, reach)
    assert wanted.shape == (60, 80)
    assert obtained == pytest.approx(wanted, abs=0.03)


def test_an_image_inside_the_field_counts_from_its_first_pixel_to_its_last(image: Any) -> None:
    """The image covers 5 to 34 Å and 5 to 24 Å of a field of 44 Å, of which 2 to 42 Å got the dose."""
    region = scored_region(image(np.ones((30, 20), complex), 1.0, (5.0, 5.0)), (44.0, 44.0), 2.0)
    assert region.slices == (slice(0, 30), slice(0, 20))
    assert region.window == pytest.approx(np.outer(*(tukey(5.0 + np.arange(n), 2.0, 42.0) for n in (30, 20))))


def test_pixels_on_the_border_of_the_dose_are_scored(image: Any) -> None:
    region = scored_region(image(np.ones((30, 40), complex), 1.0, (0.0, -4.0)), (20.0, 30.0), 3.0)
    assert region.slices == (slice(3, 18), slice(7, 32))


def test_rings_hold_what_lies_between_their_edges() -> None:
    """Frequency and power of each ring coefficient by coefficient; zero, lower and higher ones belong to none."""
    a, b, flat = noise(0, 40, 30), noise(1, 40, 30), np.ones((40, 30))
    q = np.hypot(np.fft.fftfreq(40, 0.5)[:, None], np.fft.fftfreq(30, 0.5)[None, :])
    power = np.abs(np.fft.fft2(b - b.mean())) ** 2
    for lowest in (0.0, 0.0507, 0.31):
        found = correlate(a, b, flat, (0.5, 0.5), width=0.1013, lowest=lowest, highest=0.8077)
        edges = np.minimum(np.arange(lowest, 0.8077 + 0.1013, 0.1013), 0.8077)
        held = [(q > 0) & (q >= low) & (q < high) for low, high in pairwise(edges)]
        assert found.frequency == pytest.approx([q[ring].mean() for ring in held])
        assert found.truth_power == pytest.approx([power[ring].mean() for ring in held])
        assert found.modes == pytest.approx(np.pi * np.diff(edges**2))


def test_a_ring_of_one_coefficient_is_a_ring() -> None:
    """4 × 4 pixels of 1 Å: the corner of the plane, √½ Å⁻¹, is its own mirror image."""
    found = correlate(noise(0, 4, 4), noise(1, 4, 4), np.ones((4, 4)), (1.0, 1.0), 0.05, 0.0, 0.75)
    assert found.frequency == pytest.approx([0.25, 0.125**0.5, 0.5, 0.3125**0.5, 0.5**0.5])
    assert np.abs(found.correlation[-1]) > 0


def test_correlation_stays_within_one_whatever_is_rounded() -> None:
    window = whole((24, 24)).window
    for seed in range(20):
        a = noise(seed, 24, 24)
        for factor in (0.3, -0.3):
            found = correlate(a, factor * a, window, (1.0, 1.0), 0.05, 0.0, 0.5).correlation
            assert np.abs(found).max() <= 1
            assert found == pytest.approx(np.sign(factor))


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_correlation_of_an_image_does_not_hang_on_its_scale(scale: float) -> None:
    a, b, window = noise(0, 30, 30), noise(1, 30, 30), whole((30, 30)).window
    plain, scaled = (correlate(s * a, b / s, window, (1.0, 1.0), 0.05, 0.0, 0.5) for s in (1.0, scale))
    assert scaled.correlation == pytest.approx(plain.correlation)
    assert scaled.independent == pytest.approx(plain.independent)
    assert band_limit(scale * a, (1.0, 1.0)) == band_limit(a, (1.0, 1.0))


def test_an_empty_image_correlates_with_nothing() -> None:
    a, zero, window = noise(0, 20, 20), np.zeros((20, 20), complex), whole((20, 20)).window
    for left, right in ((a, zero), (zero, a), (zero, zero), (a, zero + 1), (zero + 1, a)):
        assert not correlate(left, right, window, (1.0, 1.0), 0.05, 0.0, 0.5).correlation.any()


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_spots_do_not_hang_on_the_absolute_power(scale: float, crystal: Any) -> None:
    window = whole((90, 90)).window
    power = np.abs(windowed_spectrum(crystal(90, SAMPLING), window)) ** 2
    plain, scaled = (spots(s * power, window, (SAMPLING, SAMPLING)) for s in (1.0, scale))
    assert np.array_equal(plain.own, scaled.own)
    assert plain.frequency == pytest.approx(scaled.frequency)


def bits(**given: list[float]) -> float:
    one = np.ones(3)
    bands = {
        "frequency": one,
        "correlation": one / 2**0.5,
        "modes": np.array([2.0, 4.0, 8.0]),
        "independent": 1e9 * one,
    }
    powers = {"image_power": one, "truth_power": one, "own": one}
    return information(RingCorrelation(**(bands | powers | {n: np.array(v) for n, v in given.items()})))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_bands_count_by_their_share_of_the_strongest(scale: float) -> None:
    """Half a bit per mode in bands of 2, 4 and 8 modes, each of which may be too faint."""
    assert bits() == pytest.approx(7)
    assert bits(truth_power=[scale, 1.1e-6 * scale, 0.9e-6 * scale]) == pytest.approx(3)
    assert bits(truth_power=[0.9e-6 * scale, scale, 1.1e-6 * scale]) == pytest.approx(6)
    assert bits(image_power=[scale, 1.1e-4 * scale, 0.9e-4 * scale]) == pytest.approx(3)


def test_bands_count_where_the_truth_has_a_tenth_of_their_power_and_the_sign_is_right() -> None:
    """Of 100 independent numbers -0.3 is three standard deviations of chance: an FRC² of 0.29² counts, debiased."""
    assert bits(own=[1.0, 0.11, 0.09]) == pytest.approx(3)
    chance = -0.5 * 4 * np.log2(1 - (100 * 0.29**2 - 1) / 99)
    wrong = bits(correlation=[0.5**0.5, -0.29, -0.31], independent=[1e9, 1e2, 1e2])
    assert wrong == pytest.approx(1 + chance)
    assert bits(correlation=[1.0, 0.0, 0.0]) == pytest.approx(np.log2(1 + LARGEST_SSNR))


def test_pictures_are_compared_in_windows_of_seven_pixels(crystal: Any, image: Any) -> None:
    """The mean over every 7 × 7 window of the published formula, constants 0.01 and 0.03 of the range."""
    truth, area = crystal(60, SAMPLING, spread=0.1), whole((60, 60))
    found = truth * np.exp(0.1j * np.random.default_rng(0).normal(size=truth.shape))
    metrics = score(image(found), truth, region=area, scan_sampling=(1e-3, 1e-3)).metrics
    core = np.s_[4:56, 4:56]  # the flanks are an eighth of the side, and the window is a half in their middle
    mean = np.average(truth, weights=area.window)
    phase, seen = (np.angle(f * mean.conj())[core] for f in (truth, found))
    span = np.ptp(phase)
    x, y = (np.lib.stride_tricks.sliding_window_view(f, (7, 7)).reshape(-1, 49) for f in (phase, seen))
    both = 2 * np.mean((x - x.mean(1, keepdims=True)) * (y - y.mean(1, keepdims=True)), axis=1) * 49 / 48
    bright, rough = (0.01 * span) ** 2, (0.03 * span) ** 2
    alike = (2 * x.mean(1) * y.mean(1) + bright) / (x.mean(1) ** 2 + y.mean(1) ** 2 + bright)
    alike *= (both + rough) / (x.var(1, ddof=1) + y.var(1, ddof=1) + rough)
    assert metrics["ssim"] == pytest.approx(alike.mean(), abs=0.005)
    assert metrics["psnr"] == pytest.approx(20 * np.log10(span / np.std(phase - seen)), abs=0.05)
