"""What is told of a trial, of its noise and of the scale it is weighed on."""

import math

import pytest

from beamopt.front import Recommended, expected_of, noise_of, promised, reference, volume_of
from beamopt.trial import Trial
from report.studies import spec

DOSE = {"metric": "dose_per_area", "direction": "minimize"}
MOF = spec()
METRICS = {"ptychography.information": 0.5, "ptychography.information_std": 0.03}
TRIAL = Trial(number=0, state="finished", params={}, values=(20.0, 0.5), metrics=METRICS)


def test_the_noise_of_an_objective_is_that_of_its_own_score() -> None:
    dose, information = MOF.objectives
    assert noise_of(TRIAL, information, MOF) == 0.03
    assert noise_of(TRIAL, dose, MOF) == 0.0, "a knob is what it was set to"
    (other,) = spec(objectives=[{"metric": "icom.information", "direction": "maximize"}]).objectives
    assert math.isnan(noise_of(TRIAL, other, MOF)), "icom was drawn once"


def test_a_setting_promises_its_cost_and_what_was_recorded_or_drawn_again() -> None:
    plain = Recommended(trial=TRIAL, role="knee")
    assert promised(MOF, plain) == "dose_per_area 20 e/Å², information 0.5 bits/Å²"
    again = Recommended(trial=TRIAL, role="knee", expected={"ptychography.information": expected_of([0.25])})
    assert promised(MOF, again) == "dose_per_area 20 e/Å², information 0.25 bits/Å² (one fresh draw)"
    elsewhere = Recommended(trial=TRIAL, role="knee", expected={"icom.information": expected_of([0.25])})
    assert promised(MOF, elsewhere) == promised(MOF, plain)


def test_a_spacing_is_measured_from_the_side_of_the_window() -> None:
    """From 500 e/Å² and 40 Å, a trial of 50 e/Å² and 4 Å dominates one decade times 36 Å."""
    sharp = spec(objectives=[DOSE, {"metric": "frc_resolution", "direction": "minimize"}])
    assert reference(sharp) == (500.0, 40.0)
    assert volume_of([(50.0, 4.0), (60.0, 5.0), (400.0, 41.0)], sharp) == pytest.approx(36.0)
    assert reference(MOF) == (500.0, 0.0)


def test_a_knob_that_is_sought_large_is_measured_from_its_lower_end() -> None:
    """From 0.5 Å a step of 5 Å is one decade, on the logarithmic scale of the search."""
    coarse = spec(
        objectives=[
            {"metric": "scan_sampling", "direction": "maximize"},
            {"metric": "information", "direction": "maximize"},
        ]
    )
    assert reference(coarse) == (0.5, 0.0)
    assert volume_of([(5.0, 1.0)], coarse) == pytest.approx(1.0)
