"""Proposals are a pure function of seed and history, and are Optuna's own."""

import math
from collections.abc import Sequence

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.trial import FrozenTrial, TrialState

from beamopt.search.proposer import Direction, distributions, propose
from beamopt.search.start import start_points
from beamopt.spec import Range

RANGES = {"a": Range(low=0.0, high=1.0), "b": Range(low=0.01, high=10.0, log=True), "c": Range(low=-5.0, high=5.0)}
TWO: tuple[Direction, ...] = ("minimize", "maximize")


def history(count: int, objectives: int, bad: TrialState = TrialState.PRUNED) -> list[FrozenTrial]:
    """Random trials; those with c > 0 violate a constraint and have state `bad`."""
    rng = np.random.default_rng(count)
    trials = []
    for number in range(count):
        params = {name: knob.at(rng.random()) for name, knob in RANGES.items()}
        fails = params["c"] > 0
        trial = optuna.trial.create_trial(
            state=bad if fails else TrialState.COMPLETE,
            params=params,
            distributions=distributions(RANGES),
            values=None if fails else [params["a"] - k * params["b"] for k in range(objectives)],
            constraints={"limit": params["c"]},
        )
        trial.number = number
        trials.append(trial)
    return trials


def plain_optuna(past: Sequence[FrozenTrial], directions: Sequence[Direction], seed: int) -> dict[str, float]:
    """The same proposal as a user of Optuna would ask for it."""
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=1)
    study = optuna.create_study(directions=list(directions), sampler=sampler)
    study.add_trials(past)
    return study.ask(distributions(RANGES)).params


knobs = st.builds(
    lambda low, width, log: Range(
        low=abs(low) + 1e-3 if log else low, high=(abs(low) + 1e-3 if log else low) + width, log=log
    ),
    st.floats(-1e4, 1e4),
    st.floats(1e-2, 1e5),
    st.booleans(),
)


@given(st.lists(knobs, min_size=1, max_size=8), st.integers(0, 2**63 - 1))
def test_start_has_twice_d_plus_one_points_within_the_ranges(ranges: list[Range], seed: int) -> None:
    named = {f"k{i}": knob for i, knob in enumerate(ranges)}
    points = start_points(seed, named)
    assert len(points) == 2 * (len(ranges) + 1)
    assert all(named[name].low <= value <= named[name].high for point in points for name, value in point.items())
    assert points == start_points(seed, named)


def test_start_fills_every_quarter_of_every_range() -> None:
    points = start_points(7, {f"k{i}": Range(low=0.0, high=1.0) for i in range(7)})
    for name in points[0]:
        assert np.bincount([int(point[name] * 4) for point in points]).tolist() == [4, 4, 4, 4]


def test_start_changes_with_the_seed() -> None:
    assert start_points(1, RANGES) != start_points(2, RANGES)


def test_log_range_starts_evenly_in_the_logarithm() -> None:
    points = start_points(3, {"d": Range(low=1.0, high=1e4, log=True)})
    assert sorted(int(math.log10(point["d"])) for point in points) == [0, 1, 2, 3]


@pytest.mark.parametrize("directions", [TWO, ("maximize",), ("minimize", "maximize", "minimize")])
@pytest.mark.parametrize("count", [0, 1, 12, 60])
def test_proposal_is_optunas_own(directions: tuple[Direction, ...], count: int) -> None:
    past = history(count, len(directions))
    for seed in (0, 5, 2**32 - 1):
        assert propose(past, RANGES, directions, seed) == plain_optuna(past, directions, seed)


@given(st.integers(0, 30), st.integers(0, 2**32 - 1), st.sampled_from([TWO, ("minimize",)]))
def test_proposal_stays_within_the_ranges(count: int, seed: int, directions: tuple[Direction, ...]) -> None:
    params = propose(history(count, len(directions)), RANGES, directions, seed)
    assert all(RANGES[name].low <= value <= RANGES[name].high for name, value in params.items())


def test_proposal_leaves_history_and_global_random_state_alone() -> None:
    past = history(20, 2)
    kept, state = [(t.params, t.values, t.state) for t in past], str(np.random.get_state())  # noqa: NPY002
    propose(past, RANGES, TWO, 1)
    assert kept == [(t.params, t.values, t.state) for t in past]
    assert state == str(np.random.get_state())  # noqa: NPY002


def test_infeasible_trials_keep_the_search_away_where_failed_ones_do_not() -> None:
    """The reason for PRUNED: of 60 proposals after 30 trials, how many fall into the infeasible half."""

    def wasted(state: TrialState) -> int:
        past = history(30, 2, bad=state)
        return sum(propose(past, RANGES, TWO, seed)["c"] > 0 for seed in range(60))

    assert wasted(TrialState.PRUNED) < 0.5 * wasted(TrialState.FAIL)


def test_running_trials_are_avoided() -> None:
    """Constant liar: a proposal under way pushes the next one elsewhere."""
    past = history(30, 2)
    first = propose(past, RANGES, TWO, 4)
    under_way = optuna.trial.create_trial(state=TrialState.RUNNING, params=first, distributions=distributions(RANGES))
    under_way.number = len(past)
    assert propose([*past, under_way], RANGES, TWO, 4) != first
