"""A study on an instrument: apertures in the database, every trial with every limit, infeasible ones with a reason."""

from pathlib import Path

from beamopt.spec import Choice
from beamopt.study import pareto_front, run_study
from study.conftest import Tiny

TABLE = {"column": "uncorrected-200", "detector": "EMPAD-G2", "current": 5.0, "spherical_aberration": 0.0}
SESSION = {
    "dwell",
    "pixel_rate",
    "scan_time",
    "semiangle",
    "current",
    "column_energy",
    "detector_energy",
    "camera_pixels",
    "overlap",
    "resonance",
}
SIMULATION = {"probe_in_window", "detector_carried", "probe_in_camera_box", "field_left", "cube_memory"}


def test_a_study_on_an_instrument(tiny: Tiny, tmp_path: Path) -> None:
    """At 5 pA an EMPAD-G2 frame brings 3121 e, which the lower half of the doses never reaches: it is not asked for."""
    spec = tiny(instrument=TABLE, energy=200e3)
    outcome = run_study(spec, home=tmp_path)
    apertures = outcome.spec.search.semiangle_cutoff
    assert isinstance(apertures, Choice)
    assert {t.params["semiangle_cutoff"] for t in outcome.trials} <= set(apertures.root)
    assert {trial.state for trial in outcome.trials} <= {"finished", "failed"}  # nothing impossible is proposed
    for trial in outcome.trials:
        assert trial.constraints.keys() == SESSION | SIMULATION
        assert max(trial.constraints.values()) <= 0
        if trial.state == "finished":
            assert trial.metrics["session.current_picoamperes"] == 5.0
    assert outcome.front == pareto_front(spec.name, tmp_path)
    assert run_study(spec, home=tmp_path).trials == outcome.trials


def test_a_trial_that_cannot_be_carried_out_is_recorded_with_every_limit(tiny: Tiny, tmp_path: Path) -> None:
    """1 pA through 62.4 e per frame: 10 to 20 e/Å² at 0.6 to 0.7 Å never fill one, whatever is proposed."""
    few = {"dose_per_area": {"low": 10.0, "high": 20.0}, "scan_sampling": {"low": 0.6, "high": 0.7}}
    spec = tiny(instrument={"column": "corrected-300", "detector": "EMPAD-G2", "current": 1.0}, **few)
    outcome = run_study(spec, home=tmp_path)
    assert {trial.state for trial in outcome.trials} == {"infeasible"}
    for trial in outcome.trials:
        assert trial.constraints.keys() >= SESSION | SIMULATION
        assert trial.constraints["dwell"] > 0
        assert trial.reason.startswith("dwell=")
