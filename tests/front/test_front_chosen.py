"""The trial that a dose allows, where the goal is to be large and where it is to be small, and why there is none."""

import pytest

from beamopt.errors import InputError, NothingFeasibleError
from beamopt.front import CHOOSING, Redraw, choose, more_dose
from beamopt.spec import StudySpec
from beamopt.trial import Trial
from report.studies import spec

DOSE = {"metric": "dose_per_area", "direction": "minimize"}
MOF = spec()
SHARP = spec(objectives=[DOSE, {"metric": "frc_resolution", "direction": "minimize"}])


def trial(number: int, dose: float, reached: float) -> Trial:
    params = {
        "semiangle_cutoff": 12.0,
        "defocus": 200.0,
        "detector_outer": 20.0,
        "scan_sampling": 1.0,
        "dose_per_area": dose,
    }
    return Trial(number=number, state="finished", params=params, values=(dose, reached))


def test_where_every_trial_needs_more_the_gentlest_is_named() -> None:
    tried = [trial(0, 40.0, 0.5), trial(1, 20.0, 0.4), trial(2, 30.0, 0.45)]
    with pytest.raises(NothingFeasibleError, match="needs at most 15 e/Å²; the gentlest, trial 1, needs 20 e/Å²"):
        choose(MOF, tried, max_dose=15.0)
    assert choose(MOF, tried, max_dose=20.0 * (1 - 1e-12)) == tried[1], "what rounding adds is no dose"


def test_a_study_of_dose_alone_has_nothing_to_choose_by() -> None:
    with pytest.raises(InputError, match="sought a low dose and nothing else"):
        choose(spec(objectives=[DOSE]), [trial(0, 20.0, 0.5)], max_dose=50.0)


def test_a_goal_that_falls_is_best_where_it_is_least() -> None:
    tried = [trial(0, 20.0, 2.0), trial(1, 30.0, 1.5), trial(2, 90.0, 1.0)]
    assert choose(SHARP, tried, max_dose=40.0) == tried[1]
    worse = trial(3, 80.0, 2.5)
    assert more_dose(SHARP, tried[1:], tried[1], max_dose=100.0) == "", "trial 2 resolves more"
    said = more_dose(SHARP, [tried[1], worse], tried[1], max_dose=100.0)
    assert said.startswith("more dose told no more: the best of 1 trial between 30 and 100 e/Å², trial 3")
    assert said.endswith("reached frc_resolution 2.5 Å")


@pytest.mark.parametrize(
    ("study", "score", "drawn", "fresh", "recorded", "chosen"),
    [
        (MOF, "ptychography.information", (0.2, 0.6), (0.2, 0.4), 0.5, 1),
        (MOF, "ptychography.information", (0.2, 0.6), (0.2, 0.4), 0.55, 2),
        (SHARP, "ptychography.frc_resolution", (3.0, 1.0), (3.0, 2.0), 1.7, 1),
        (SHARP, "ptychography.frc_resolution", (3.0, 1.0), (3.0, 2.0), 1.5, 2),
    ],
)
def test_what_was_not_drawn_again_is_taken_to_have_flattered_as_much_as_what_was(
    study: StudySpec,
    score: str,
    drawn: tuple[float, float],
    fresh: tuple[float, float],
    recorded: float,
    chosen: int,
) -> None:
    """Of 0.8 bits/Å² fresh noise left 0.6, of 4 Å it made 5: 0.5 counts as 0.375, 1.7 Å as 2.125."""
    tried = [trial(0, 10.0, drawn[0]), trial(1, 30.0, drawn[1]), trial(2, 20.0, recorded)]
    redraws = {
        t.number: Redraw(trial=t.number, params=t.params, draws={score: dict.fromkeys(CHOOSING, mean)})
        for t, mean in zip(tried[:2], fresh, strict=True)
    }
    assert choose(study, tried, max_dose=40.0, redraws=redraws) == tried[chosen]


def test_a_trial_that_gave_no_image_when_drawn_again_is_not_chosen() -> None:
    tried = [trial(0, 10.0, 0.3), trial(1, 18.0, 0.6)]
    failed = Redraw(trial=1, params=tried[1].params)
    assert choose(MOF, tried, max_dose=20.0) == tried[1]
    assert choose(MOF, tried, max_dose=20.0, redraws={1: failed}) == tried[0]


def test_draws_of_other_parameters_are_none_of_a_trials_own() -> None:
    tried = [trial(0, 10.0, 0.3), trial(1, 18.0, 0.4)]
    score = "ptychography.information"
    other = Redraw(trial=1, params=tried[0].params, draws={score: dict.fromkeys(CHOOSING, 0.1)})
    assert choose(MOF, tried, max_dose=20.0, redraws={1: other}) == tried[1]
    own = Redraw(trial=1, params=tried[1].params, draws={score: dict.fromkeys(CHOOSING, 0.1)})
    poor = Redraw(trial=0, params=tried[0].params, draws={score: dict.fromkeys(CHOOSING, 0.2)})
    assert choose(MOF, tried, max_dose=20.0, redraws={0: poor, 1: own}) == tried[0]
