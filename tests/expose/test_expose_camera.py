"""What a camera does to the counts: efficiency thins them, background adds to them, and they stay Poisson."""

import numpy as np
import pytest

from beamopt.errors import InputError
from beamopt.expose import expose
from beamopt.measurement import Counts, Expectation

ELECTRONS = {"sparse": 15.0, "dense": 900.0}
"""Electrons per pattern on either side of the change of method."""


def disc(repeats: tuple[int, int] = (90, 90)) -> Expectation:
    k = np.arange(16) - 8
    pattern = np.exp(-np.hypot(k[:, None], k[None, :]) / 3).astype(np.float32)
    return Expectation(
        array=(0.9 * pattern / pattern.sum())[None, None],
        scan_sampling=(1.0, 1.0),
        angular_sampling=1.0,
        repeats=repeats,
    )


def require_poisson(counts: Counts, mean: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    drawn = counts.array.reshape(-1, 16, 16).astype(np.float64)
    error = (drawn.mean(axis=0) - mean) / np.sqrt(mean / len(drawn))
    assert abs(error.mean()) < 5 / 16
    assert np.abs(error).max() < 5.5
    assert drawn.var(axis=0, ddof=1).sum() == pytest.approx(mean.sum(), rel=0.03)
    assert drawn.sum(axis=(1, 2)).var() == pytest.approx(mean.sum(), rel=0.1)  # totals vary too


@pytest.mark.parametrize("electrons", ELECTRONS.values(), ids=list(ELECTRONS))
def test_half_the_efficiency_counts_half_the_electrons_and_stays_poisson(electrons: float) -> None:
    expected = disc()
    counts = expose(expected, electrons, np.random.default_rng(3), dqe=0.5)
    assert counts.electrons_per_pattern == electrons  # incident, whatever is counted
    assert counts.array.sum() == pytest.approx(0.5 * 0.9 * electrons * 8100, rel=0.01)
    require_poisson(counts, 0.5 * electrons * expected.array[0, 0].astype(np.float64))


@pytest.mark.parametrize("electrons", ELECTRONS.values(), ids=list(ELECTRONS))
def test_background_is_the_same_in_every_pixel_and_not_thinned(electrons: float) -> None:
    expected = disc()
    counts = expose(expected, electrons, np.random.default_rng(4), dqe=0.8, background=0.03)
    require_poisson(counts, 0.8 * electrons * expected.array[0, 0].astype(np.float64) + 0.03)


def test_the_perfect_camera_is_the_default_to_the_last_bit() -> None:
    for electrons in ELECTRONS.values():
        plain = expose(disc((3, 3)), electrons, np.random.default_rng(5))
        perfect = expose(disc((3, 3)), electrons, np.random.default_rng(5), dqe=1.0, background=0.0)
        np.testing.assert_array_equal(plain.array, perfect.array)


@pytest.mark.parametrize(("dqe", "background"), [(0.0, 0.0), (1.2, 0.0), (float("nan"), 0.0), (1.0, -0.1)])
def test_impossible_cameras_are_refused(dqe: float, background: float) -> None:
    with pytest.raises(InputError, match="dqe"):
        expose(disc(), 10.0, np.random.default_rng(0), dqe=dqe, background=background)
