"""A choice among values: shared evenly by the start, drawn by TPE towards what works, kept as it is in the database."""

from collections import Counter
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState

from beamopt.search import Search
from beamopt.search.proposer import distributions, propose
from beamopt.search.start import start_points
from beamopt.spec import Choice, Range, Searched, StudySpec

KNOBS: dict[str, Searched] = {"angle": Choice((5.0, 10.0, 21.0)), "defocus": Range(low=0.0, high=1.0)}


def apertures(spec: StudySpec) -> StudySpec:
    raw: dict[str, Any] = spec.resolved()
    raw["search"]["semiangle_cutoff"] = [5.0, 10.0, 21.0]
    return StudySpec.model_validate(raw | {"name": "apertures"})


def test_start_shares_the_trials_evenly() -> None:
    points = start_points(1, {**KNOBS, **{f"k{i}": Range(low=0.0, high=1.0) for i in range(5)}})
    counted = Counter(point["angle"] for point in points)
    assert set(counted) == {5.0, 10.0, 21.0}
    assert max(counted.values()) - min(counted.values()) <= 1


def test_search_goes_where_the_values_are_good() -> None:
    """After 30 trials in which 10 mrad was best, most of 40 proposals take it, and the others are still tried."""
    past = []
    for number in range(30):
        params = {"angle": KNOBS["angle"].at((number % 3 + 0.5) / 3), "defocus": (number + 0.5) / 30}
        value = abs(params["angle"] - 10.0) + params["defocus"]
        made = optuna.trial.create_trial(
            state=TrialState.COMPLETE, params=params, distributions=distributions(KNOBS), values=[value]
        )
        made.number = number
        past.append(made)
    drawn = Counter(propose(past, KNOBS, ("minimize",), seed)["angle"] for seed in range(40))
    assert drawn[10.0] > 20
    assert sum(drawn[angle] for angle in (5.0, 21.0)) == 40 - drawn[10.0]


def test_database_keeps_the_value_and_resumes(spec: StudySpec, home: Path) -> None:
    study = apertures(spec)
    told = []
    for _ in range(2):
        search = Search.open(home, study)
        for _ in range(8):
            one = search.ask()
            value = abs(one.params["semiangle_cutoff"] - 10.0)
            told.append(search.tell_finished(one.number, (one.params["dose_per_area"], value), {}, {"window": -1.0}))
        search.close()
    assert {trial.params["semiangle_cutoff"] for trial in told} == {5.0, 10.0, 21.0}
    stored = Search.load(home, "apertures")
    assert stored.spec == study
    assert stored.trials == tuple(told)
