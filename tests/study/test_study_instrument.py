"""A study on an instrument: apertures in the database, every trial with every limit, infeasible ones with a reason."""

from pathlib import Path

from beamopt.spec import Choice
from beamopt.study import pareto_front, run_study
from study.conftest import Tiny

TABLE = {"column": "uncorrected-200", "detector": "EMPAD-G2", "current": 5.0}


def test_a_study_on_an_instrument(tiny: Tiny, tmp_path: Path) -> None:
    """At 5 pA an EMPAD-G2 frame brings 3121 e, which the lower half of the doses never reaches."""
    spec = tiny(instrument=TABLE, energy=200e3)
    outcome = run_study(spec, home=tmp_path)
    apertures = outcome.spec.search.semiangle_cutoff
    assert isinstance(apertures, Choice)
    assert {t.params["semiangle_cutoff"] for t in outcome.trials} <= set(apertures.root)
    states = {trial.state for trial in outcome.trials}
    assert {"finished", "infeasible"} <= states
    for trial in outcome.trials:
        assert {"dwell", "scan_time", "probe_in_window"} <= trial.constraints.keys()
        if trial.state == "finished":
            assert trial.metrics["session.current_picoamperes"] == 5.0
    said = [trial.reason for trial in outcome.trials if trial.state == "infeasible"]
    assert any(reason.startswith("dwell=") for reason in said)
    assert outcome.front == pareto_front(spec.name, tmp_path)
    assert run_study(spec, home=tmp_path).trials == outcome.trials
