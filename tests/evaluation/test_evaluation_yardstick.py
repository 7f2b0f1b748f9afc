"""The yardstick: scores do not hang on where the camera ends, limits not on the window, starts not on the truth."""

from dataclasses import replace

import numpy as np
import pytest

from beamopt.cache import Cache
from beamopt.evaluation import Evaluator, bounds, ceiling
from beamopt.evaluation.allowed import doubted
from beamopt.reconstruct import reconstruct
from beamopt.spec import METHODS, PtychographySettings, load_study

SETTING = {"semiangle_cutoff": 15.0, "defocus": 150.0, "scan_sampling": 1.0, "dose_per_area": 300.0}


@pytest.fixture(scope="module")
def thin() -> Evaluator:
    changes = {"sample.thickness": 12.0, "sample.field": 20.0, "camera.pixels": 48, "methods": ["ptychography", "obf"]}
    return Evaluator.prepare(load_study("srtio3_quick", changes), cache=Cache())


def test_scores_are_alike_whatever_the_camera_holds_beyond_the_disc(thin: Evaluator) -> None:
    """From 1.2 to 1.7 α, over every Bragg ring that used to enter with the edge; means of three draws."""
    told = []
    for outer in (18.0, 20.0, 22.0, 25.0):
        proposal = thin.spec.propose(SETTING | {"detector_outer": outer})
        told.append(thin.evaluate(proposal, trial=0, replicates=3).methods["ptychography"].mean()["information"])
    assert max(told) < 1.15 * min(told), told


def test_both_truths_are_scored_and_named(thin: Evaluator) -> None:
    result = thin.evaluate(thin.spec.propose(SETTING | {"detector_outer": 20.0}), trial=0)
    metrics = result.metrics()
    both = metrics["ptychography.information"], metrics["ptychography.information_exit_wave"]
    assert min(both) > 0.5
    assert abs(both[0] - both[1]) > 1e-6, "12 Å are not nothing"


@pytest.mark.parametrize("window", [45.0])
def test_limits_are_those_of_a_larger_window(thin: Evaluator, window: float) -> None:
    changes = {"sample.thickness": 12.0, "sample.field": None, "camera.pixels": 48, "sample.window": window}
    wide = Evaluator.prepare(load_study("srtio3_quick", changes), cache=Cache())
    found = []
    for evaluator in (thin, wide):
        acquisition = evaluator.spec.propose(SETTING | {"detector_outer": 20.0}).acquisition
        known = ceiling(evaluator.engine(), evaluator.feasibility, acquisition)
        found.append(bounds(evaluator.weak, acquisition, ceiling=known).information())
    for name, value in found[0].items():
        assert found[1][name] == pytest.approx(value, rel=0.03), name


def test_doubt_reaches_the_methods_that_want_a_weak_object(thin: Evaluator) -> None:
    result = thin.evaluate(thin.spec.propose(SETTING | {"detector_outer": 20.0}), trial=0)
    assert thin.weak.doubt
    assert METHODS["obf"].weak
    assert "values in rad are not" in result.methods["obf"].reconstruction.doubt
    assert result.metrics()["obf.doubtful"] == 1
    assert "ptychography.doubtful" not in result.metrics()
    assert doubted(result.methods, "")["obf"].reconstruction.doubt == ""


def test_a_start_that_the_step_ruins_is_dropped_and_which_went_on_is_recorded() -> None:
    """Two MoS2 layers at 10 mrad and a step of 2 Å: from the centre of mass contrast comes back reversed."""
    changes = {"sample.field": 20.0, "sample.window": 40.0, "camera.pixels": 64}
    study = Evaluator.prepare(load_study("mos2_cao2022", changes), cache=Cache())
    knobs = {"semiangle_cutoff": 10.0, "defocus": 300.0, "scan_sampling": 2.0}
    proposal = study.spec.propose(knobs)
    result = study.evaluate(proposal, trial=0)
    settings = PtychographySettings(start="flat")
    flat = study.evaluate(replace(proposal, settings={"ptychography": settings}), trial=0)
    told, plain = (one.methods["ptychography"].mean()["information"] for one in (result, flat))
    assert result.methods["ptychography"].reconstruction.settings["begun"] in ("flat", "icom")
    assert told > 0.9 * plain
    image = reconstruct(
        result.counted, proposal.acquisition, "ptychography", settings, thickness=study.potential.thickness, seed=1
    )
    assert image.settings["begun"] == "flat"
    assert np.isfinite(image.transmission).all()


def test_the_kind_of_object_follows_the_specimen_and_the_dose_of_the_study() -> None:
    """39 Å of SrTiO3 under many electrons are no pure phase object; under few nobody could tell.

    One setting beyond the study's doses is reconstructed as it deserves.
    """
    found = {}
    for most, dose in ((500.0, 400.0), (1e5, 400.0), (500.0, 2e4)):
        changes = {"dose_per_area": {"low": 100.0, "high": most, "log": True}, "sample.field": 12.0}
        study = Evaluator.prepare(load_study("srtio3_quick", changes | {"methods": ["ptychography"]}), cache=Cache())
        proposal = study.spec.propose(SETTING | {"detector_outer": 20.0, "dose_per_area": dose, "defocus": 50.0})
        settings = study.evaluate(proposal, trial=0).methods["ptychography"].reconstruction.settings
        found[most, dose] = settings["object_type"]
    assert found == {(500.0, 400.0): "phase", (1e5, 400.0): "complex", (500.0, 2e4): "complex"}
