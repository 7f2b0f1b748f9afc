"""Frozen phonons through the whole chain, and what a study is told they cost."""

import numpy as np
import pytest

from beamopt.cache import Cache
from beamopt.errors import InputError
from beamopt.evaluation import Evaluator
from beamopt.rehearsal import forecast
from beamopt.spec import load_study

SMALL: dict[str, object] = {
    "methods": ["icom"],
    "sample.thickness": 8.0,
    "sample.window": 15.0,
    "sample.field": 15.0,
    "camera.pixels": 32,
    "scan_sampling": {"low": 0.5, "high": 5.0},
}
FROZEN = {"displacement": "catalogue", "model": "frozen phonons", "configurations": 3}
KNOBS = {"semiangle_cutoff": 15.0, "defocus": 20.0, "detector_outer": 25.0, "scan_sampling": 0.5, "dose_per_area": 1e5}


def prepared(**changes: object) -> Evaluator:
    return Evaluator.prepare(load_study("srtio3_quick", SMALL | changes), cache=Cache())


def test_a_frozen_study_says_so_and_scans_the_window_once() -> None:
    evaluator = prepared(thermal=FROZEN)
    first, again = (evaluator.evaluate(evaluator.spec.propose(KNOBS), trial=0) for _ in range(2))
    assert first.engine == "multislice, 3 frozen phonon configurations"
    assert first.expected.repeats == (1, 1)
    assert first.expected.field == pytest.approx((15.0, 15.0))
    np.testing.assert_array_equal(first.expected.array, again.expected.array)
    assert any("thermal displacement (Sr 0.089, Ti 0.075, O 0.096 Å at 295 K) is quoted" in w for w in first.warnings)
    other = prepared(thermal=FROZEN, seed=2)
    assert np.any(other.engine().expectation(first.acquisition).array != first.expected.array)


def test_its_image_is_close_to_that_of_debye_waller_factors() -> None:
    """Thin and well counted: the same truth, and nearly the same information."""
    frozen, smeared = (prepared(thermal=table) for table in (FROZEN, {"displacement": "catalogue"}))
    told = [e.evaluate(e.spec.propose(KNOBS), trial=0) for e in (frozen, smeared)]
    assert told[1].engine == "crystal"
    scores = [result.value("information") for result in told]
    assert scores[0] == pytest.approx(scores[1], rel=0.15)
    truths = [np.std(np.angle(result.methods["icom"].truth)) for result in told]
    assert truths[0] == pytest.approx(truths[1], rel=0.05)  # of fields that differ by half a step


def test_a_field_wider_than_the_window_is_refused_in_one_line() -> None:
    with pytest.raises(InputError, match=r"sample\.field = 40 Å is wider than the 15\.62 Å window"):
        prepared(thermal=FROZEN, **{"sample.field": 40.0})


def test_check_states_the_cost() -> None:
    plain, real, frozen = (
        forecast(prepared(**table))
        for table in (
            {},
            {"coherence.source_size": 0.5, "coherence.focal_spread": 50.0},
            {"thermal": FROZEN, "coherence.source_size": 0.5, "coherence.focal_spread": 50.0},
        )
    )
    assert "frozen_phonons" not in plain
    assert plain["patterns_simulated_per_trial"] < real["patterns_simulated_per_trial"]
    assert plain["seconds_per_trial_roughly"] <= real["seconds_per_trial_roughly"]
    assert real["seconds_per_trial_roughly"] < frozen["seconds_per_trial_roughly"]
    assert frozen["frozen_phonons"].startswith("3 configurations, ")
    assert "multislice propagations" in frozen["frozen_phonons"]


def test_a_frozen_study_reads_back_and_has_its_own_fingerprint() -> None:
    spec = load_study("srtio3_quick", SMALL | {"thermal": FROZEN})
    assert type(spec).model_validate(spec.resolved()) == spec
    smeared = load_study("srtio3_quick", SMALL | {"thermal": {"displacement": "catalogue"}})
    assert smeared.fingerprint() != spec.fingerprint()
    assert smeared.resolved()["thermal"] == {"displacement": "catalogue"}
