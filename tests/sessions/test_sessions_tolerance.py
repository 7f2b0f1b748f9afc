"""How far a knob may drift: a tolerance is the width at which a score has lost 5 %; and what optimising it costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.evaluation import Evaluator
from beamopt.rehearsal import forecast
from beamopt.sessions.patterns import striking
from beamopt.sessions.tolerance import LOSS, Mean, tolerance
from beamopt.spec import load_study
from sessions.test_sessions_robustness import SMALL, evaluator, proposal


@given(st.floats(0.02, 3.0), st.floats(0.02, 3.0), st.sampled_from(["maximize", "minimize"]))
def test_tolerance_of_a_parabola(low: float, high: float, direction: str) -> None:
    """A loss that grows with the square reaches 5 % at the widths it was made with, or beyond the range looked at."""
    sign = -1.0 if direction == "maximize" else 1.0

    def score(off: float) -> Mean:
        return Mean(value=2.0 * (1 + sign * LOSS * (off / (high if off > 0 else low)) ** 2))

    found = tolerance(
        score,
        calm=Mean(value=2.0),
        direction="minimize" if direction == "minimize" else "maximize",
        reach=(1.0, 1.0),
        knob="defocus",
    )
    assert found.low is not None
    assert found.high is not None
    for width, told, beyond in ((low, -found.low, found.low_is_beyond), (high, found.high, found.high_is_beyond)):
        assert beyond == (width > 1.0 + 1e-9)
        assert told == pytest.approx(1.0 if beyond else width, rel=1e-6) or width < 0.01


def test_a_side_that_cannot_be_looked_at_has_no_tolerance() -> None:
    one = Mean(value=1.0)
    found = tolerance(lambda _off: one, calm=one, direction="maximize", reach=(1.0, 0.0), knob="detector_outer")
    assert (found.low, found.low_is_beyond, found.high, found.unit) == (-1.0, True, None, "mrad")


def test_the_range_of_a_tolerance_holds_the_truth_as_often_as_it_says() -> None:
    """Means with 1 % standard error around a parabola that loses 5 % at 0.3."""
    rng = np.random.default_rng(8)

    def noisy(off: float) -> Mean:
        return Mean(value=1 - LOSS * (off / 0.3) ** 2 + 0.01 * float(rng.standard_normal()), error=0.01)

    held = []
    for _ in range(300):
        found = tolerance(noisy, calm=noisy(0.0), direction="maximize", reach=(0.0, 1.0), knob="defocus")
        assert found.high_range is not None
        assert found.high_range[0] <= (found.high or 0) <= found.high_range[1]
        held.append(found.high_range[0] <= 0.3 <= found.high_range[1])
    assert np.mean(held) > 0.9


def test_check_tells_what_optimising_costs() -> None:
    plain = forecast(evaluator())
    assert "sessions_per_trial" not in plain
    costly = forecast(Evaluator.prepare(load_study("srtio3_quick", SMALL | {"robustness": {"optimise": "mean"}})))
    assert costly["sessions_per_trial"] == 1 + len(striking(evaluator(), proposal().acquisition))
    assert costly["seconds_per_trial_roughly"] > 8 * plain["seconds_per_trial_roughly"]
    assert costly["scattering_matrices"] == 5
