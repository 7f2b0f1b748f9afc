"""Policies without a database do what a study would do, and every sampler learns."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from beamopt.errors import InputError
from beamopt.search import Policy, Search, rehearse
from beamopt.search.samplers import POPULATION, require
from beamopt.spec import Range, StudySpec

SIMPLE = {"x": Range(low=0.0, high=1.0), "y": Range(low=0.0, high=1.0)}


def hill(params: Mapping[str, float]) -> list[float]:
    return [-((params["x"] - 0.3) ** 2) - (params["y"] - 0.7) ** 2]


def policy(**changes: Any) -> Policy:
    plain: dict[str, Any] = {"ranges": SIMPLE, "directions": ["maximize"], "seed": 3}
    return Policy(**plain | changes)


def test_rehearsal_is_what_the_database_would_say(spec: StudySpec, home: Path) -> None:
    """Proposals, infeasible ones among them, bit by bit."""

    def answer(params: Mapping[str, float]) -> list[float] | None:
        if params["defocus"] > 1000:
            return None
        return [params["dose_per_area"], params["dose_per_area"] ** 0.5 * params["semiangle_cutoff"]]

    search = Search.open(home, spec)
    told = []
    for _ in range(18):
        asked = search.ask()
        found = answer(asked.params)
        told.append(dict(asked.params))
        margins = {"possible": -1.0 if found else 1.0}
        if found is None:
            search.tell_infeasible(asked.number, "too far", margins)
        else:
            search.tell_finished(asked.number, found, {}, margins)
    search.close()
    assert [dict(params) for params, _ in rehearse(Policy.of(spec), answer, 18)] == told


@pytest.mark.parametrize("sampler", ["tpe", "nsga2"])
def test_samplers_learn_and_repeat(sampler: str) -> None:
    run = rehearse(policy(sampler=sampler), hill, 80)
    assert run == rehearse(policy(sampler=sampler), hill, 80)
    chance = rehearse(policy(sampler="random", spread=False), hill, 80)
    late, luck = (np.mean([values[0] for _, values in found[40:] if values]) for found in (run, chance))
    assert late > 0.8 * luck  # both below 0


def test_generations_of_nsga2_breed() -> None:
    """From the second generation on many values are inherited from parents, which chance would never do."""
    run = rehearse(policy(sampler="nsga2", spread=False), hill, 3 * POPULATION)
    seen = {params["x"] for params, _ in run[:POPULATION]}
    assert sum(params["x"] in seen for params, _ in run[POPULATION : 2 * POPULATION]) > POPULATION / 4


def test_what_is_known_to_be_impossible_is_not_proposed() -> None:
    def possible(params: Mapping[str, float]) -> bool:
        return params["x"] > 0.5

    for sampler in ("tpe", "random", "nsga2"):
        mine = policy(sampler=sampler, possible=possible)
        run = rehearse(mine, lambda params: hill(params) if possible(params) else None, 40)
        assert np.mean([possible(params) for params, _ in run]) > 0.95


def test_nothing_possible_is_tried_all_the_same() -> None:
    run = rehearse(policy(possible=lambda _: False), hill, 10)
    assert len(run) == 10


def test_theory_comes_first_then_half_as_many_sobol_points() -> None:
    known = ({"x": 0.31, "y": 0.69}, {"x": 0.2, "y": 0.6})
    mine = policy(promising=lambda: known)
    origins = []
    history: list[Any] = []
    for number in range(8):
        params, origin = mine.propose(history)
        origins.append(origin)
        if number < 2:
            assert params == known[number]
        history.append(_trial(params, number))
    assert origins == ["theory"] * 2 + ["sobol"] * 3 + ["tpe"] * 3


def _trial(params: Mapping[str, float], number: int) -> Any:
    import optuna

    from beamopt.search.proposer import distributions

    trial = optuna.trial.create_trial(params=dict(params), distributions=distributions(SIMPLE), values=hill(params))
    trial.number = number
    return trial


def test_theory_is_not_asked_for_when_its_trials_are_past() -> None:
    def asked() -> tuple[dict[str, float], ...]:
        raise AssertionError

    history = [_trial({"x": 0.5, "y": number / 50}, number) for number in range(40)]
    assert policy(promising=asked).propose(history)[1] == "tpe"


def test_sampler_without_its_libraries_is_one_line(spec: StudySpec, home: Path) -> None:
    if importlib.util.find_spec("torch"):
        pytest.skip("torch is installed")
    wanted = StudySpec.model_validate(spec.resolved() | {"sampler": {"name": "gp"}})
    with pytest.raises(InputError, match=r"pip install 'beamopt\[gp\]'"):
        Search.open(home, wanted)
    assert not home.exists()
    require("tpe")


def test_origin_is_kept(spec: StudySpec, home: Path) -> None:
    point = {name: knob.low for name, knob in spec.searched().items()}
    search = Search.open(home, spec, promising=lambda: (point,))
    search.ask()
    search.ask()
    assert [trial.origin for trial in search.trials()] == ["theory", "sobol"]
    search.close()


def test_sampler_may_change_on_the_way(spec: StudySpec, home: Path) -> None:
    search = Search.open(home, spec)
    search.tell_finished(search.ask().number, (10.0, 1.0), {}, {})
    search.close()
    other = StudySpec.model_validate(spec.resolved() | {"sampler": {"name": "nsga2", "start": "sobol"}})
    search = Search.open(home, other)
    assert search.ask().number == 1
    search.close()
