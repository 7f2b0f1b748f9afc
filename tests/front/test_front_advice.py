"""What is recommended: the knee first, no slot for what a little more dose beats, and what did not keep its promise."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from beamopt.front import CHOOSING, TELLING, Redraw, choose, expected_of, recommend, role, traded_score
from beamopt.front.noise import half_width
from beamopt.spec import StudySpec
from beamopt.study.outcome import recommended
from beamopt.study.redraws import pending
from beamopt.trial import Trial
from report.studies import spec

DOSE = {"metric": "dose_per_area", "direction": "minimize"}
INFORMATION = {"metric": "information", "direction": "maximize"}
SPACING = {"metric": "frc_resolution", "direction": "minimize"}
MOF = spec()
SHARP = spec(objectives=[DOSE, SPACING])
SCORE = "ptychography.information"


def trial(number: int, dose: float, bits: float) -> Trial:
    params = {
        "semiangle_cutoff": 12.0,
        "defocus": 200.0 + number,
        "detector_outer": 20.0,
        "scan_sampling": 1.0,
        "dose_per_area": dose,
    }
    metrics = {SCORE: bits, "ptychography.frc_resolution": 2.0}
    return Trial(number=number, state="finished", params=params, values=(dose, bits), metrics=metrics)


def judged(number: int, *values: float) -> Trial:
    """A trial with these values of whatever objectives."""
    return replace(trial(number, 10.0, 0.1), values=values)


def drawn(one: Trial, bits: float, replicates: Sequence[int] = (*CHOOSING, *TELLING), noise: float = 0.0) -> Redraw:
    rng = np.random.default_rng(one.number)
    values = {r: bits + noise * float(rng.standard_normal()) for r in replicates}
    return Redraw(trial=one.number, params=dict(one.params), draws={SCORE: values})


# Dose and information of a study of UiO-66 that spent a slot on 5.02 e/Å², after fresh noise.
ISSUE = [
    trial(0, 5.02, 0.089),
    trial(1, 6.33, 0.268),
    trial(2, 15.0, 0.40),
    trial(3, 22.0, 0.459),
    trial(4, 43.0, 0.535),
]


def test_the_knee_comes_first_and_no_slot_goes_to_what_a_little_more_dose_beats_several_times() -> None:
    picked = recommend(ISSUE, MOF)
    assert [one.values[0] for one in picked] == [22.0, 6.33, 43.0]
    assert [role(one, picked, MOF) for one in picked] == ["knee", "cheaper", "dearer"]
    only = recommend([ISSUE[0], trial(1, 6.9, 0.268)], MOF)
    assert [one.values[0] for one in only] == [6.9], "the slot stays empty"


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(5, 500), st.floats(0.01, 3)), min_size=1, max_size=12))
def test_it_is_on_the_front_and_never_outclassed(points: list[tuple[float, float]]) -> None:
    trials = [trial(i, *point) for i, point in enumerate(points)]
    picked = recommend(trials, MOF)
    assert 1 <= len(picked) <= 3
    for one in picked:
        assert not any(t.values[0] <= one.values[0] and t.values[1] > one.values[1] for t in trials)
    for one in picked[1:]:
        assert not any(t.values[0] <= 1.5 * one.values[0] and t.values[1] >= 2 * one.values[1] for t in trials)


def test_one_that_does_not_keep_its_promise_gives_way_to_the_next_which_is_drawn_in_its_turn() -> None:
    lucky = trial(9, 21.0, 0.60)
    trials = [*ISSUE, lucky]
    assert recommend(trials, MOF)[0] == lucky
    first = pending(trials, MOF, {})
    assert first[9] == CHOOSING
    truth = {t.number: t.values[1] for t in trials} | {9: 0.40}
    redraws: dict[int, Redraw] = {}
    rounds = 0
    while True:
        lacking = pending(trials, MOF, redraws)
        assert all(draws == (CHOOSING if n not in redraws else ()) for n, draws in lacking.items())
        redraws |= {n: drawn(next(t for t in trials if t.number == n), truth[n]) for n in lacking}
        rounds += 1
        if not lacking:
            break
    assert 1 < rounds < 9
    assert 9 not in {one.number for one in recommend(trials, MOF, redraws)}
    assert 0 not in redraws, "what could never be recommended costs no draw"
    assert pending(trials, MOF, redraws) == {}
    assert recommend(trials, MOF, redraws)[0] == ISSUE[3]


def test_more_dose_that_tells_more_is_recommended() -> None:
    dear = trial(5, 45.0, 0.46)
    trials = [ISSUE[1], ISSUE[3], dear]
    still = {t.number: drawn(t, t.values[1]) for t in trials}
    assert dear in recommend(trials, MOF, still)


@pytest.mark.parametrize(("gained", "told"), [(0.009, True), (0.0075, False)])
@pytest.mark.parametrize(
    ("study", "score", "before", "sign"), [(MOF, SCORE, 0.459, 1), (SHARP, "ptychography.frc_resolution", 5.0, -1)]
)
def test_more_dose_must_tell_more_beyond_the_noise(
    study: StudySpec,
    score: str,
    before: float,
    sign: int,
    gained: float,
    told: bool,  # noqa: FBT001
) -> None:
    """Three draws 0.01 apart have a standard error of 0.01/√3, the difference of two such means one of 0.0082."""
    ends = {0: before, 1: before + sign * gained}
    trials = [judged(0, 22.0, ends[0]), judged(1, 45.0, ends[1])]
    redraws = {
        t.number: Redraw(
            trial=t.number,
            params=t.params,
            draws={score: {r: ends[t.number] + shift for r, shift in zip(CHOOSING, (-0.01, 0, 0.01), strict=True)}},
        )
        for t in trials
    }
    assert [t.number for t in recommend(trials, study, redraws)] == ([0, 1] if told else [0])


@pytest.mark.parametrize(("study", "twice", "almost"), [(MOF, 0.2, 0.19), (SHARP, 10.0, 11.0)])
def test_it_is_outclassed_where_half_as_much_again_of_dose_tells_twice_as_much(
    study: StudySpec, twice: float, almost: float
) -> None:
    gentle = judged(0, 6.0, 0.1 if study is MOF else 20.0)
    assert recommend([gentle, judged(1, 9.0, twice)], study) == (judged(1, 9.0, twice),)
    assert recommend([gentle, judged(1, 9.0, almost)], study) == (judged(1, 9.0, almost), gentle)
    assert recommend([gentle, judged(1, 9.1, twice)], study) == (judged(1, 9.1, twice), gentle)


@pytest.mark.parametrize(
    ("objectives", "values"),
    [
        ([INFORMATION, SPACING], [(0.5, 3.0), (0.6, 12.0), (0.4, 1.0)]),
        ([SPACING, INFORMATION], [(3.0, 0.5), (1.0, 0.4), (12.0, 0.6)]),
        ([INFORMATION, DOSE], [(0.459, 22.0), (0.268, 6.33), (0.535, 43.0)]),
    ],
)
def test_cheaper_is_what_needs_less_dose_or_else_is_better_in_the_first_objective(
    objectives: list[dict[str, str]], values: list[tuple[float, float]]
) -> None:
    study = spec(objectives=objectives)
    picked = recommend([judged(i, *pair) for i, pair in enumerate(values)], study)
    assert [one.values for one in picked] == values
    assert [role(one, picked, study) for one in picked] == ["knee", "cheaper", "dearer"]


def test_what_could_not_be_drawn_again_is_not_recommended() -> None:
    lost = Redraw(trial=3, params=ISSUE[3].params)
    assert ISSUE[3] in recommend(ISSUE, MOF)
    assert recommend(ISSUE, MOF, {3: lost}) == recommend([t for t in ISSUE if t.number != 3], MOF)


def test_the_score_that_is_traded_is_the_first_that_is_no_knob() -> None:
    assert traded_score(MOF) == SCORE
    assert traded_score(spec(objectives=[DOSE, {**SPACING, "metric": "icom.frc_resolution"}, INFORMATION])) == (
        "icom.frc_resolution"
    )
    assert traded_score(spec(objectives=[DOSE])) == ""


def test_draws_belong_to_a_trial_and_not_to_its_number() -> None:
    other = Redraw(trial=3, params={**ISSUE[3].params, "defocus": 1.0}, draws={SCORE: dict.fromkeys(CHOOSING, 0.01)})
    assert recommend(ISSUE, MOF, {3: other}) == recommend(ISSUE, MOF)


def test_nothing_is_chosen_by_the_draws_that_are_told() -> None:
    """Else the interval would be that of the luckiest."""
    plain = {t.number: drawn(t, t.values[1]) for t in ISSUE}
    swapped = {n: one.joined({SCORE: dict.fromkeys(TELLING, 9.0 - n)}) for n, one in plain.items()}
    assert recommend(ISSUE, MOF, swapped) == recommend(ISSUE, MOF, plain)
    told = recommended(ISSUE, MOF, swapped)
    assert [one.traded and one.traded.mean for one in told] == [6.0, 8.0, 5.0]
    assert [one.traded and one.traded.draws for one in told] == [len(TELLING)] * 3


def test_a_dose_is_answered_by_what_fresh_noise_gave() -> None:
    lucky = trial(9, 20.0, 0.60)
    fresh = {9: drawn(lucky, 0.3), 2: drawn(ISSUE[2], 0.40)}
    assert choose(MOF, [*ISSUE[:3], lucky], max_dose=20.0) == lucky
    assert choose(MOF, [*ISSUE[:3], lucky], max_dose=20.0, redraws=fresh) == ISSUE[2]


def test_intervals_are_students_and_cover_as_they_say() -> None:
    rng = np.random.default_rng(4)
    covered = [
        abs(e.mean) <= e.high - e.mean for e in (expected_of(rng.standard_normal(4).tolist()) for _ in range(4000))
    ]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)
    assert half_width(1.0, 8) == pytest.approx(stats.t.ppf(0.975, 7) / np.sqrt(8))
    one = expected_of([0.5])
    assert (one.low, one.mean, one.high, one.draws) == (0.5, 0.5, 0.5, 1)


def test_a_search_for_one_thing_recommends_its_best_by_fresh_noise() -> None:
    best = spec(objectives=[{"metric": "information", "direction": "maximize"}])
    alone = [replace(one, values=one.values[1:]) for one in ISSUE]
    assert [one.number for one in recommend(alone, best)] == [4]
    (told,) = recommended(alone, best, {4: drawn(alone[4], 0.2), 3: drawn(alone[3], 0.45), 2: drawn(alone[2], 0.4)})
    assert (told.trial.number, told.role) == (3, "best")
