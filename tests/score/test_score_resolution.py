"""The finest spacing that is right, on rings that carry signal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.measurement import HALF_BIT
from beamopt.score.rings import RingCorrelation
from beamopt.score.summary import resolution, signal_rings


def rings(frc: list[float], power: list[float] | None = None) -> RingCorrelation:
    n = len(frc)
    one = np.ones(n)
    return RingCorrelation(
        frequency=np.arange(1, n + 1) / 40,
        correlation=np.array(frc),
        modes=one,
        independent=50 * one,
        image_power=one,
        truth_power=one if power is None else np.array(power),
        own=one,
    )


def test_half_a_bit() -> None:
    """½log2(1 + SSNR) = ½ at SSNR = √2 - 1, where FRC = √(SSNR/(1 + SSNR)) = 0.541."""
    ssnr = 2**0.5 - 1
    assert np.sqrt(ssnr / (1 + ssnr)) == pytest.approx(HALF_BIT, abs=5e-4)


@given(st.integers(3, 38))
def test_a_step_is_found_where_it_is(passing: int) -> None:
    frc = [0.95] * passing + [0.05] * (40 - passing)
    assert resolution(rings(frc), coarsest=40.0) == pytest.approx(40 / passing)


@given(st.integers(4, 16), st.integers(22, 38))
def test_one_odd_ring_changes_nothing(low: int, high: int) -> None:
    frc = [0.95] * 20 + [0.1] * 20
    frc[low], frc[high] = 0.1, 0.95
    assert resolution(rings(frc), coarsest=40.0) == pytest.approx(40 / 20)


def test_nothing_resolved_is_the_side() -> None:
    assert resolution(rings([0.1, -0.2, 0.3, 0.0]), coarsest=40.0) == 40.0


def test_rings_between_bragg_spots_are_not_judged() -> None:
    spot = [ring % 5 == 0 for ring in range(1, 41)]
    power = [1.0 if s else 1e-3 for s in spot]
    frc = [0.9 if s and r < 25 else 0.0 for r, s in enumerate(spot)]
    found = rings(frc, power)
    assert signal_rings(found).tolist() == spot
    assert resolution(found, coarsest=40.0) == pytest.approx(40 / 25)


def test_the_first_and_the_last_ring_weigh_as_much_as_any() -> None:
    """A lone ring is its own average; at an end the ring itself stands for the missing neighbour."""
    assert resolution(rings([0.6]), coarsest=100.0) == 40
    assert resolution(rings([0.95, 0.95, 0.95, 0.6]), coarsest=40.0) == 10
    assert resolution(rings([0.6, 0.5, 0.0, 0.0]), coarsest=100.0) == 40


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_rings_carry_signal_by_their_share_of_the_strongest(scale: float) -> None:
    """Of the strongest of all and of the strongest within six; the first and the last ring are like any."""
    power = [1.1e-6] + [0.0] * 6 + [1.0, 0.04, 0.06, 0, 0, 0, 0.04, 0.04] + [0.0] * 6 + [0.9e-6]
    assert np.flatnonzero(signal_rings(rings([0.9] * 22, [scale * p for p in power]))).tolist() == [0, 7, 9, 14]
