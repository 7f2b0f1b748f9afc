"""The hypervolume that is shown is the one that is recorded."""

from pathlib import Path

import pytest

from beamopt.front import choose, front_trials, history, more_dose, recommend, volume
from beamopt.trial import Trial
from faults.harness import run
from faults.standins import study
from report.studies import spec


def test_the_volume_of_a_front_is_the_end_of_its_history(tmp_path: Path) -> None:
    spec, trials = study(24), run(tmp_path, 24)
    for count in range(25):
        front, grown = front_trials(trials[:count], spec.objectives), history(trials[:count], spec)
        assert volume(front, spec) == pytest.approx(grown[-1] if grown else 0.0, rel=1e-12)


def trial(number: int, dose: float, bits: float, spacing: float) -> Trial:
    params = {
        "semiangle_cutoff": 12.0,
        "defocus": 200.0,
        "detector_outer": 20.0,
        "scan_sampling": 1.0,
        "dose_per_area": dose,
    }
    metrics = {"ptychography.information": bits, "ptychography.frc_resolution": spacing}
    metrics |= {"ptychography.unresolved": 1.0} if spacing > 50.0 else {}
    return Trial(number=number, state="finished", params=params, values=(dose, bits), metrics=metrics)


def test_an_image_that_resolves_nothing_is_not_recommended_while_others_remain() -> None:
    mof = spec()
    blind, sharp = trial(0, 5.0, 0.05, 53.3), trial(1, 20.0, 0.5, 2.0)
    assert recommend((blind, sharp), mof) == (sharp,)
    assert recommend((blind,), mof) == (blind,)
    failed = Trial(number=2, state="failed", params=sharp.params)
    assert recommend((blind, failed), mof) == (blind,), "a trial that failed is none that remains"


def test_dose_that_is_left_over_is_accounted_for() -> None:
    mof = spec()
    tried = (trial(0, 20.0, 0.5, 2.0), trial(1, 90.0, 0.4, 2.5), trial(2, 300.0, 0.2, 5.0))
    best = choose(mof, tried, max_dose=100.0)
    assert best.number == 0
    said = more_dose(mof, tried, best, max_dose=100.0)
    assert said.startswith("more dose told no more: the best of 1 trial between 20 and 100 e/Å², trial 1 with 90 e/Å²")
    assert said.endswith("reached information 0.4 bits/Å²")
    assert more_dose(mof, tried[:1], best, max_dose=100.0).startswith("more dose was not tried")
    assert more_dose(mof, tried, best, max_dose=40.0) == "", "half of it is used"
    assert more_dose(mof, tried, best, max_dose=50.0).startswith("more dose was not tried")


def test_what_is_too_coarse_is_no_answer_to_dose_that_is_left_over() -> None:
    mof = spec()
    tried = (trial(0, 20.0, 0.5, 2.0), trial(1, 90.0, 0.4, 2.5))
    for coarsest, said in ((2.5, "more dose told no more"), (2.4, "more dose was not tried")):
        assert more_dose(mof, tried, tried[0], max_dose=100.0, min_resolution=coarsest).startswith(said)
