"""Laws of counting: means, variances, independence, dose, and the same chance twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2, kstest, norm, poisson

from beamopt.errors import InputError
from beamopt.expose import _ask, _place, expose
from beamopt.measurement import Counts, Expectation

SPARSE = 0.02  # electrons per pixel, below the change of method
DENSE = 3.0


def expectation(
    block: tuple[int, int] = (2, 3),
    pixels: int = 16,
    repeats: tuple[int, int] = (1, 1),
    caught: float = 0.97,
    steps: tuple[float, float] = (0.978, 0.988),
) -> Expectation:
    """A disc with a faint halo, different at every position."""
    k = np.arange(pixels) - pixels // 2
    radius = np.hypot(k[:, None], k[None, :])
    rng = np.random.default_rng(5)
    patterns = ((radius < pixels / 4) + 0.05 * np.exp(-radius / pixels)) * rng.uniform(
        0.5, 1.5, (*block, pixels, pixels)
    )
    patterns *= caught / patterns.sum(axis=(2, 3), keepdims=True)
    return Expectation(array=patterns.astype(np.float32), scan_sampling=steps, angular_sampling=1.0, repeats=repeats)


def dose_for(per_pixel: float, expected: Expectation) -> float:
    sx, sy = expected.scan_sampling
    return float(per_pixel * expected.array[0, 0].size / (0.97 * sx * sy))


def many(per_pixel: float, repeats: tuple[int, int] = (80, 80)) -> tuple[Expectation, Counts]:
    expected = expectation(block=(1, 2), repeats=repeats)
    return expected, expose(expected, dose_for(per_pixel, expected), np.random.default_rng(11))


def by_repetition(counts: Counts, expected: Expectation) -> NDArray[np.unsignedinteger]:
    """Axes (repetition, i, j, kx, ky)."""
    (m, n), (i, j) = expected.repeats, expected.array.shape[:2]
    tiles = counts.array.reshape(m, i, n, j, *expected.array.shape[2:])
    return np.moveaxis(tiles, 2, 1).reshape(m * n, *expected.array.shape)


@pytest.mark.parametrize("per_pixel", [SPARSE, DENSE])
def test_mean_and_variance_are_those_of_poisson(per_pixel: float) -> None:
    expected, counts = many(per_pixel)
    drawn = by_repetition(counts, expected).astype(np.float64)
    mean = expected.array.astype(np.float64) * counts.electrons_per_pattern
    n = len(drawn)
    z_mean = (drawn.mean(axis=0) - mean) / np.sqrt(mean / n)
    z_variance = (drawn.var(axis=0, ddof=1) - mean) / np.sqrt((mean + 2 * mean**2) / n)
    assert abs(z_mean.mean()) < 5 / np.sqrt(mean.size)
    assert np.abs(z_mean).max() < 6
    assert z_mean.std() == pytest.approx(1, abs=0.15)
    assert abs(z_variance.mean()) < 0.25


@pytest.mark.parametrize("per_pixel", [SPARSE, DENSE])
def test_counts_of_a_pixel_follow_the_poisson_law(per_pixel: float) -> None:
    expected, counts = many(per_pixel)
    drawn = by_repetition(counts, expected)[:, 0, 1, 8, 8]
    mean = float(expected.array[0, 1, 8, 8]) * counts.electrons_per_pattern
    bins = np.arange(int(poisson.ppf(0.999, mean)) + 1)
    observed = np.array([np.sum(drawn == b) for b in bins] + [np.sum(drawn > bins[-1])])
    law = len(drawn) * np.append(poisson.pmf(bins, mean), poisson.sf(bins[-1], mean))
    kept = law > 5
    statistic = float(((observed - law) ** 2 / law)[kept].sum())
    assert kept.sum() >= 2
    assert statistic < chi2.ppf(0.9999, kept.sum())


@pytest.mark.parametrize("per_pixel", [SPARSE, DENSE])
def test_pixels_positions_and_repetitions_are_independent(per_pixel: float) -> None:
    expected, counts = many(per_pixel)
    drawn = by_repetition(counts, expected).astype(np.float64)
    mean = expected.array.astype(np.float64) * counts.electrons_per_pattern
    z = (drawn - mean) / np.sqrt(mean)
    limit = 5 / np.sqrt(z.size)
    assert abs(np.mean(z[1:] * z[:-1])) < limit  # neighbouring repetitions
    assert abs(np.mean(z[:, 0, 0] * z[:, 0, 1])) < limit * np.sqrt(2)  # neighbouring positions
    assert abs(np.mean(z[..., 1:] * z[..., :-1])) < limit  # neighbouring pixels
    assert abs(np.mean(z[..., 1:, :] * z[..., :-1, :])) < limit
    totals = drawn[:, 0, 0].sum(axis=(1, 2))
    assert totals.var() == pytest.approx(mean[0, 0].sum(), rel=0.1)  # a multinomial would have no spread


def test_both_ways_of_drawing_give_one_law() -> None:
    pattern = expectation().array[0, 0]
    repeats = (100, 100)
    placed = _place(pattern, 60.0, repeats, np.random.default_rng(1)).reshape(-1, *pattern.shape)
    asked = _ask(pattern, 60.0, repeats, np.random.default_rng(2)).reshape(-1, *pattern.shape)
    spread = np.sqrt(2 * 60.0 * pattern.astype(np.float64) / len(placed))
    difference = ((placed.mean(axis=0) - asked.mean(axis=0)) / spread).ravel()
    assert kstest(difference, norm.cdf).pvalue > 1e-4


@settings(max_examples=30, deadline=None)
@given(
    dose=st.floats(20, 5e4),
    caught=st.floats(0.3, 1.0),
    steps=st.tuples(st.floats(0.3, 4), st.floats(0.3, 4)),
    repeats=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_total_is_dose_times_area_times_what_is_caught(
    dose: float, caught: float, steps: tuple[float, float], repeats: tuple[int, int]
) -> None:
    expected = expectation(repeats=repeats, caught=caught, steps=steps)
    counts = expose(expected, dose, np.random.default_rng(3))
    area = counts.field[0] * counts.field[1]
    wanted = dose * area * caught
    assert counts.electrons_per_pattern == pytest.approx(dose * steps[0] * steps[1])
    assert counts.array.shape[:2] == expected.scan_shape
    assert abs(float(counts.array.sum()) - wanted) < 6 * np.sqrt(wanted) + 1e-5 * wanted


def test_counts_per_pattern_within_one_percent_of_dose_times_step_squared() -> None:
    expected = expectation(block=(5, 5), repeats=(4, 4), caught=1.0, steps=(1.0, 1.0))
    counts = expose(expected, 100.0, np.random.default_rng(4))
    assert counts.array.sum(axis=(2, 3)).mean() == pytest.approx(100.0, rel=0.01)


@pytest.mark.parametrize("per_pixel", [SPARSE, DENSE])
def test_repetitions_lie_where_the_held_block_says(per_pixel: float) -> None:
    """Position [i + m·block] has the expectation of held position i, along both axes."""
    pixels = 8
    block = np.zeros((2, 3, pixels, pixels), dtype=np.float32)
    for i, j in np.ndindex(2, 3):
        block[i, j, i, j] = 1.0
    expected = Expectation(array=block, scan_sampling=(1.0, 1.0), angular_sampling=1.0, repeats=(2, 4))
    counts = expose(expected, per_pixel * pixels**2 * 20, np.random.default_rng(0))
    for x, y in np.ndindex(counts.array.shape[:2]):
        lit = np.argwhere(counts.array[x, y])
        assert lit.tolist() in ([[x % 2, y % 3]], [])
    assert counts.array.sum() > 100


@pytest.mark.parametrize("per_pixel", [SPARSE, DENSE])
def test_same_chance_same_counts(per_pixel: float) -> None:
    expected = expectation(repeats=(2, 2))
    dose = dose_for(per_pixel, expected)
    first, again, other = (expose(expected, dose, np.random.default_rng(seed)).array for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_global_state_of_numpy_is_left_alone() -> None:
    before = np.random.get_state(legacy=False)  # noqa: NPY002
    expose(expectation(), 100.0, np.random.default_rng(0))
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert np.array_equal(before["state"]["key"], after["state"]["key"])


@pytest.mark.parametrize(
    ("per_pixel", "kind"), [(SPARSE, np.uint8), (DENSE, np.uint8), (1e3, np.uint16), (1e6, np.uint32)]
)
def test_smallest_type_that_cannot_overflow(per_pixel: float, kind: type) -> None:
    expected = expectation(repeats=(3, 3))
    counts = expose(expected, dose_for(per_pixel, expected), np.random.default_rng(0))
    assert counts.array.dtype == kind
    means = expected.array.astype(np.float64) * counts.electrons_per_pattern
    assert float(counts.array.sum()) == pytest.approx(float(means.sum()) * 9, rel=0.05)


@pytest.mark.parametrize("dose", [0.0, -1.0, float("nan"), float("inf"), 1e18])
def test_impossible_dose_is_refused(dose: float) -> None:
    with pytest.raises(InputError, match="dose_per_area"):
        expose(expectation(), dose, np.random.default_rng(0))


@pytest.mark.parametrize("value", [-1e-3, float("nan")])
def test_an_expectation_that_is_none_is_a_bug(value: float) -> None:
    expected = expectation()
    expected.array[0, 0, 0, 0] = value
    with pytest.raises(ValueError, match="fractions of the beam"):
        expose(expected, 100.0, np.random.default_rng(0))
