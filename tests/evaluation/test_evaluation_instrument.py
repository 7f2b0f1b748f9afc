"""The instrument in the whole chain: what it forbids costs no simulation, what it allows carries its numbers."""

import pytest

from beamopt.catalogue import load_column
from beamopt.errors import InfeasibleError
from beamopt.evaluation import Evaluator
from beamopt.rehearsal import forecast
from beamopt.spec import Choice, StudySpec, load_study

SMALL: dict[str, object] = {
    "methods": ["icom"],
    "sample.thickness": 8.0,
    "sample.window": 19.0,
    "sample.field": 15.0,
    "camera.pixels": 32,
    "dose_per_area": {"low": 10.0, "high": 1e4, "log": True},
    "scan_sampling": {"low": 0.5, "high": 5.0},
}
KNOBS = {"semiangle_cutoff": 15.0, "defocus": 60.0, "detector_outer": 20.0}


def study(**changes: object) -> StudySpec:
    table = {"column": "corrected-300", "detector": "EMPAD-G2", "current": 1.0}
    return load_study("srtio3_quick", SMALL | {"instrument": table} | changes)


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    return Evaluator.prepare(study())


def test_a_step_that_outruns_the_detector_is_infeasible_before_any_simulation(evaluator: Evaluator) -> None:
    """2 Å at 50 e/Å² and 1 pA: 200 e in 32 µs, and a frame takes 100 µs."""
    proposal = evaluator.spec.propose(KNOBS | {"scan_sampling": 2.0, "dose_per_area": 50.0})
    stages: list[str] = []
    with pytest.raises(InfeasibleError, match=r"dwell=32\.04 µs is below the 100 µs of one EMPAD-G2 frame.*3\.53 Å"):
        evaluator.evaluate(proposal, trial=0, stage=lambda name, _: stages.append(name))
    assert stages == []
    margins = evaluator.feasibility.margins(proposal.acquisition)
    assert {name for name, margin in margins.items() if margin > 0} == {"dwell", "overlap"}
    assert {"probe_in_window", "dwell", "pixel_rate", "scan_time", "semiangle", "current"} <= margins.keys()


def test_weights_are_shares_of_the_same_limits(evaluator: Evaluator) -> None:
    acquisition = evaluator.spec.propose(KNOBS | {"scan_sampling": 2.0, "dose_per_area": 50.0}).acquisition
    margins, weights = evaluator.feasibility.margins(acquisition), evaluator.feasibility.weights(acquisition)
    assert margins.keys() == weights.keys()
    assert all((weights[name] > 0) == (margin > 0) for name, margin in margins.items())
    assert weights["dwell"] == pytest.approx(margins["dwell"] / 100)
    assert weights["cube_memory"] == pytest.approx(margins["cube_memory"] / 2)


def test_without_an_instrument_the_weights_are_the_margins() -> None:
    plain = Evaluator.prepare(load_study("srtio3_quick", SMALL))
    acquisition = plain.spec.propose(KNOBS | {"scan_sampling": 2.0, "dose_per_area": 50.0}).acquisition
    assert plain.feasibility.weights(acquisition) == plain.feasibility.margins(acquisition)
    assert "dwell" not in plain.feasibility.margins(acquisition)


def test_a_feasible_evaluation_carries_the_session_numbers(evaluator: Evaluator) -> None:
    """A step of 2/13 cells, 0.6008 Å; the 15 Å field takes 26 of them a side."""
    proposal = evaluator.spec.propose(KNOBS | {"scan_sampling": 0.6, "dose_per_area": 5e3})
    result = evaluator.evaluate(proposal, trial=0)
    assert result.session is not None
    assert result.session.dwell == pytest.approx(5e3 * 0.60081**2 / 6.2415, rel=1e-4)
    metrics = result.metrics()
    assert metrics["session.dwell_microseconds"] == result.session.dwell
    assert metrics["session.camera_length_millimetres"] == pytest.approx(9.6e3 / 20, rel=1e-3)
    assert metrics["session.scan_time_seconds"] == pytest.approx(676 * result.session.dwell * 1e-6)


def test_the_forecast_speaks_of_the_session(evaluator: Evaluator) -> None:
    said = forecast(evaluator)
    assert said["instrument"] == "EMPAD-G2 on corrected-300, 1 pA, scans of at most 600 s"
    assert said["current_picoamperes_at_middle"] == 1.0


def test_apertures_are_searched_as_such() -> None:
    table = {"column": "uncorrected-200", "detector": "EMPAD-G2"}
    prepared = Evaluator.prepare(study(instrument=table, energy=200e3))
    apertures = load_column("uncorrected-200").semiangles.model_dump()["angles"]
    searched = prepared.spec.searched()["semiangle_cutoff"]
    assert searched == Choice(tuple(angle for angle in apertures if 10 <= angle <= 25))
    params = KNOBS | {"semiangle_cutoff": searched.high, "scan_sampling": 0.6, "dose_per_area": 5e3}
    assert prepared.feasibility.margins(prepared.spec.propose(params).acquisition)["semiangle"] < 0
    between = prepared.spec.propose(params | {"semiangle_cutoff": searched.high - 1.0}).acquisition
    assert prepared.feasibility.margins(between)["semiangle"] > 0


def test_resonance_is_refused_in_a_session_and_told_elsewhere() -> None:
    """At 300 Å each pixel of 40/24 = 1.667 mrad shifts its bright-field image by 0.5 Å, one whole step."""
    odd, plain = (
        Evaluator.prepare(one)
        for one in (study(**{"camera.pixels": 24}), load_study("srtio3_quick", SMALL | {"camera.pixels": 24}))
    )
    params = KNOBS | {"defocus": 300.0, "scan_sampling": 0.5, "dose_per_area": 5e3, "semiangle_cutoff": 10.0}
    with pytest.raises(InfeasibleError, match="sample the same positions"):
        odd.evaluate(odd.spec.propose(params), trial=0)
    result = plain.evaluate(plain.spec.propose(params), trial=0)
    assert any("sample the same positions" in said for said in result.warnings)
    result = odd.evaluate(odd.spec.propose(params | {"defocus": 100.0}), trial=0)
    assert any("camera.pixels=24 is no whole binning" in said for said in result.warnings)


def test_every_broken_limit_is_named_in_one_sentence_the_worst_first(evaluator: Evaluator) -> None:
    """40 mrad are half beyond what the potential carries; 40 e take 6.4 µs of the 100 µs of a frame at 1 pA."""
    params = KNOBS | {"detector_outer": 40.0, "scan_sampling": 2.0, "dose_per_area": 10.0}
    acquisition = evaluator.spec.propose(params).acquisition
    weights = evaluator.feasibility.weights(acquisition)
    worst_first = sorted((name for name, share in weights.items() if share > 0), key=lambda name: -weights[name])
    assert set(worst_first) == {"dwell", "detector_carried", "overlap"}
    with pytest.raises(InfeasibleError) as refused:
        evaluator.feasibility.require(acquisition)
    sentence = str(refused.value)
    starts = {"dwell": "dwell=", "detector_carried": "detector_outer=40 mrad is beyond", "overlap": "scan_sampling="}
    places = [sentence.index(starts[name]) for name in worst_first]
    assert places == sorted(places)
    assert places[0] == 0
    assert "\n" not in sentence


def test_session_numbers_are_those_of_the_step_that_fits_the_crystal(evaluator: Evaluator) -> None:
    """0.61 Å does not fit 3.905 Å six times, 0.651 does not either within 2 %: 13 steps in two cells, 0.6008 Å."""
    proposal = evaluator.spec.propose(KNOBS | {"scan_sampling": 0.61, "dose_per_area": 5e3})
    result = evaluator.evaluate(proposal, trial=0)
    assert result.session is not None
    (sx, sy), (nx, ny) = result.expected.scan_sampling, result.expected.array.shape[:2]
    assert sx == pytest.approx(2 * 3.90528 / 13)
    assert result.session.dwell == pytest.approx(result.electrons_per_pattern / 6.2415, rel=1e-4)
    assert result.electrons_per_pattern == pytest.approx(5e3 * sx * sy)
    positions = nx * ny * result.expected.repeats[0] * result.expected.repeats[1]
    assert result.session.scan_time == pytest.approx(positions * result.session.dwell * 1e-6)
    margin = evaluator.feasibility.margins(proposal.acquisition)["dwell"]
    assert margin == pytest.approx(100 - result.session.dwell)
