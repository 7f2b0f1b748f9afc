"""What is said of a setting beside its numbers: the window's bounds, the depth of field, the other truth."""

from dataclasses import replace

import pytest

from beamopt.evaluation import Evaluator
from beamopt.front import recommend
from beamopt.quantities import short
from beamopt.spec import load_study
from beamopt.study.remarks import bounds_said, remarks
from beamopt.study.window import kept_out, stored_kept_out, theory_kept_out
from beamopt.trial import Trial
from front.test_front_advice import ISSUE, MOF
from study.conftest import TINY


def bounded(changes: dict[str, object], **knobs: float) -> tuple[str, ...]:
    evaluator = Evaluator.prepare(load_study("srtio3_quick", TINY | changes))
    plain = {"semiangle_cutoff": 20.0, "detector_outer": 25.0, "scan_sampling": 1.0, "dose_per_area": 1e3}
    acquisition = evaluator.spec.propose(plain | knobs).acquisition
    return bounds_said(evaluator.spec, acquisition, evaluator.feasibility.margins(acquisition))


def test_a_setting_near_a_bound_of_the_simulation_names_it_and_what_to_raise_and_then_it_is_gone() -> None:
    """Raised as it says, the same setting is bounded no more; windows and fields are whole cells of 3.9 Å."""
    fine: dict[str, object] = {"camera.pixels": 96}
    assert bounded(fine, defocus=100.0) == ()
    (said,) = bounded(fine, defocus=240.0)
    assert said.startswith("the window bounds this advice, raise sample.field (and sample.window as far) to 17:")
    assert bounded(fine | {"sample.field": 17.0}, defocus=240.0) == ()
    coarse: dict[str, object] = {"sample.field": 17.0, "camera.pixels": 18}
    (camera,) = bounded(coarse, defocus=120.0)
    assert camera.startswith("the window bounds this advice, raise camera.pixels to 20:")
    assert "is within 10 % of" in camera
    assert bounded(coarse | {"camera.pixels": 20}, defocus=120.0) == ()
    wide = fine | {"sample.field": 60.0}
    (window,) = bounded(wide, defocus=350.0)
    assert window.startswith("the window bounds this advice, raise sample.window to 21:")
    assert bounded(wide | {"sample.window": 21.0}, defocus=350.0) == ()
    (beyond,) = bounded(wide, defocus=450.0)
    assert "is beyond" in beyond


def test_theory_is_asked_without_the_bounds_and_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Wide probes promise more to a fine step; a field that forbids them is said, one that holds them is not."""
    narrow = {"semiangle_cutoff": {"low": 14.0, "high": 25.0}, "defocus": {"low": 400.0, "high": 900.0}}
    evaluator = Evaluator.prepare(load_study("srtio3_quick", TINY | narrow))
    said = theory_kept_out(evaluator)
    assert said
    assert all(one.startswith("the window bounds this advice, raise ") for one in said)
    assert all("theory's best setting is" in one for one in said)
    home = tmp_path_factory.mktemp("kept")
    assert stored_kept_out(home, evaluator.spec) == ()
    assert kept_out(evaluator, home) == said == stored_kept_out(home, evaluator.spec)
    free = TINY | {"defocus": {"low": 0.0, "high": 40.0}}
    assert theory_kept_out(Evaluator.prepare(load_study("srtio3_quick", free))) == ()


def test_a_specimen_thicker_than_the_depth_of_field_is_said_so() -> None:
    """λ/α² at 300 keV: 137 Å at 12 mrad, so that 100 Å are no word and 200 Å are one."""
    one = ISSUE[3]
    assert not [said for said in remarks(one, ISSUE, MOF, {}) if "depth of field" in said]
    thick = MOF.model_copy(update={"sample": MOF.sample.model_copy(update={"thickness": 200.0})})
    (said,) = (said for said in remarks(one, ISSUE, thick, {}) if "depth of field" in said)
    assert said.startswith(f"200 Å of specimen are thicker than the depth of field of {short(0.0196875 / 0.012**2)} Å")


def with_exit_wave(one: Trial, bits: float) -> Trial:
    return replace(one, metrics={**one.metrics, "ptychography.information_exit_wave": bits})


def test_what_the_exit_wave_would_recommend_is_said_where_it_was_measured() -> None:
    knee = recommend(ISSUE, MOF)[0]
    assert not [said for said in remarks(knee, ISSUE, MOF, {}) if "exit wave" in said]
    alike = [with_exit_wave(one, 0.9 * one.values[1]) for one in ISSUE]
    (same,) = (said for said in remarks(alike[3], alike, MOF, {}) if "exit wave" in said)
    assert same == "judged against the exit wave at mid-thickness the same setting is recommended"
    other = [with_exit_wave(one, 0.8 if one.number == 2 else 0.3) for one in ISSUE]
    (changed,) = (said for said in remarks(other[3], other, MOF, {}) if "exit wave" in said)
    assert "the knee would be trial 2" in changed
    assert "0.8 bits/Å² of it were recorded there, 0.3 here" in changed
