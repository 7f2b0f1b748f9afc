"""Limits beside every trial: recorded, in order, converged; a score beyond one is said."""

from typing import Any

import numpy as np
import pytest

from beamopt.evaluation import Evaluator, bounds, ceiling
from beamopt.evaluation.allowed import excesses
from beamopt.evaluation.result import MethodResult
from beamopt.measurement import Reconstruction, Scores
from beamopt.spec import load_study
from evaluation.test_evaluation_laws import WEAK


@pytest.fixture(scope="module")
def strong() -> Evaluator:
    return Evaluator.prepare(load_study("srtio3_quick", {"methods": ["icom", "obf"]}))


@pytest.fixture(scope="module")
def weak() -> Evaluator:
    return Evaluator.prepare(load_study("srtio3_quick", WEAK))


def params(evaluator: Evaluator, **given: float) -> dict[str, float]:
    return {name: knob.at(0.5) for name, knob in evaluator.spec.searched().items()} | given


def test_every_trial_records_limits_efficiencies_and_doubt(strong: Evaluator) -> None:
    result = strong.evaluate(strong.spec.propose(params(strong, dose_per_area=1e3)), trial=0)
    told = result.metrics()
    assert 0 < told["limit.linear"] < told["limit.full"] < told["limit.quantum"]
    for name, limit in {"efficiency": "linear", "efficiency_full": "full", "efficiency_quantum": "quantum"}.items():
        for method in ("icom", "obf"):
            assert told[f"{name}.{method}"] == told[f"{method}.information"] / told[f"limit.{limit}"]
    assert [w for w in result.warnings if "weak-object model is doubtful" in w] == [strong.weak.doubt]
    assert "seconds.limits" in told


def test_a_linear_image_of_a_strong_object_does_not_wrap(strong: Evaluator) -> None:
    """Near focus the linear estimate of SrTiO3 reaches tens of radians; as exp(iφ) it held 0.00 bits/Å²."""
    setting = {"semiangle_cutoff": 20.0, "defocus": 20.0, "detector_outer": 25.0, "scan_sampling": 0.5}
    result = strong.evaluate(strong.spec.propose(setting | {"dose_per_area": 1e5}), trial=0)
    assert result.methods["obf"].mean()["information"] > 1.5


@pytest.mark.parametrize("specimen", ["weak", "strong"])
def test_linear_is_below_full_is_below_quantum_in_every_trial(specimen: str, request: Any) -> None:
    evaluator: Evaluator = request.getfixturevalue(specimen)
    rng = np.random.default_rng(4)
    for _ in range(12):
        drawn = {name: knob.at(float(rng.random())) for name, knob in evaluator.spec.searched().items()}
        acquisition = evaluator.spec.propose(drawn).acquisition
        if any(margin > 0 for margin in evaluator.feasibility.margins(acquisition).values()):
            continue
        found = evaluator.allowed(acquisition)
        assert found.limits.full is not None
        assert np.all(found.limits.linear.fisher <= found.limits.full.fisher)
        assert np.all(found.limits.full.fisher <= 4)
        told = found.information()
        assert told["linear"] <= told["full"] <= told["quantum"]


@pytest.mark.parametrize(("semiangle_cutoff", "defocus"), [(20.0, 100.0), (12.0, 0.0)])
def test_few_positions_and_rings_do(semiangle_cutoff: float, defocus: float, strong: Evaluator) -> None:
    acquisition = strong.spec.propose(
        params(strong, semiangle_cutoff=semiangle_cutoff, defocus=defocus, dose_per_area=1e3)
    ).acquisition
    few = strong.allowed(acquisition).information()["full"]
    dense = ceiling(strong.engine(), strong.feasibility, acquisition, positions=7, rings=240)
    assert bounds(strong.weak, acquisition, ceiling=dense).information()["full"] == pytest.approx(few, rel=0.02)


def found(*information: float) -> MethodResult:
    image = np.ones((2, 2), np.complex64)
    made = Reconstruction(method="x", transmission=image, sampling=(1.0, 1.0), origin=(0.0, 0.0), settings={})
    return MethodResult(
        scores=[Scores(metrics={"information": i}) for i in information], reconstruction=made, truth=image
    )


LIMITS = {"linear": 1.0, "full": 2.0, "quantum": 4.0}


@pytest.mark.parametrize(
    ("information", "limit", "reason"),
    [(1.5, "linear", "dark field"), (2.6, "full", "prior knowledge"), (5.0, "quantum", "prior knowledge")],
)
def test_a_score_beyond_a_limit_is_said_with_what_may_make_it_right(
    information: float, limit: str, reason: str
) -> None:
    (sentence,) = excesses({"ptychography": found(information)}, LIMITS, "")
    assert f"more than the {limit} limit of {LIMITS[limit]:g}" in sentence
    assert sentence.startswith("ptychography: ")
    assert reason in sentence
    assert "doubtful" not in sentence
    assert "doubtful" in excesses({"ptychography": found(information)}, LIMITS, "strong")[0]


def test_chance_is_no_excess() -> None:
    assert excesses({"icom": found(0.9), "obf": found(1.05)}, LIMITS, "") == ()
    assert excesses({"obf": found(1.0, 1.3, 0.9)}, LIMITS, "") == ()
    assert len(excesses({"obf": found(1.20, 1.21, 1.20)}, LIMITS, "")) == 1
