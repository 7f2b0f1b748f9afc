"""What is asked and told stands in the database, whole and finite."""

import math
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest

from beamopt.errors import ConflictError, InputError
from beamopt.search import Search, StoredStudy
from beamopt.search.place import File
from beamopt.search.start import start_points
from beamopt.spec import StudySpec


def changed(spec: StudySpec, **tables: dict[str, Any]) -> StudySpec:
    raw = spec.resolved()
    for name, table in tables.items():
        raw[name] = raw[name] | table
    return StudySpec.model_validate(raw)


def test_a_told_trial_comes_back_as_told(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    proposed = search.ask()
    metrics = {"dose_per_area": 0.1 + 0.2, "icom.information": 1.0, "seconds.simulate": 2e-3}
    told = search.tell_finished(proposed.number, (0.1 + 0.2, -1e-300), metrics, {"window": -3.5})
    assert (told,) == search.trials() == StoredStudy.load(File(home), spec.name).trials
    assert told.values == (0.1 + 0.2, -1e-300)
    assert told.metrics == metrics
    assert told.constraints == {"window": -3.5}
    assert (told.number, told.state, told.params) == (0, "finished", proposed.params)
    search.close()


def test_first_proposals_are_the_sobol_start_and_all_are_proposable(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    start = start_points(spec.seed, spec.searched())
    for number in range(len(start) + 3):
        proposed = search.ask()
        assert proposed.number == number
        spec.propose(proposed.params)
        if number < len(start):
            assert proposed.params == start[number]
        search.tell_finished(number, (proposed.params["dose_per_area"], 1.0), {}, {})
    search.close()


def test_one_objective(home: Path, single: StudySpec) -> None:
    search = Search.open(home, single)
    for number in range(15):
        defocus = search.ask().params["defocus"]
        search.tell_finished(number, (-abs(defocus - 700),), {}, {"c": -1.0})
    assert [len(trial.values) for trial in search.trials()] == [1] * 15
    search.close()


@pytest.mark.parametrize(
    "values",
    [
        (math.nan, 1.0),
        (1.0, math.inf),
        (-math.inf, 1.0),
        (None, 1.0),
        (1.0, np.zeros(2)),
        (1.0, "2"),
        (True, 1.0),
        (1.0,),
        (1.0, 2.0, 3.0),
        None,
        "ab",
        np.zeros((2, 2)),
    ],
    ids=repr,
)
def test_values_that_are_no_finite_numbers_fail_the_trial(home: Path, spec: StudySpec, values: Any) -> None:
    search = Search.open(home, spec)
    told = search.tell_finished(search.ask().number, values, {"ok": 1.0, "bad": math.inf}, {"window": -1.0})
    assert told.state == "failed"
    assert "finite" in told.reason or "values are needed" in told.reason
    assert told.values == ()
    assert told.metrics == {"ok": 1.0}
    search.close()
    assert no_number_is_infinite(home)


def test_numpy_numbers_are_numbers(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    told = search.tell_finished(search.ask().number, (np.float32(0.5), np.int64(3)), {"m": np.float64(2)}, {})  # type: ignore[arg-type]
    assert (told.state, told.values, told.metrics) == ("finished", (0.5, 3.0), {"m": 2.0})
    search.close()


@pytest.mark.parametrize("margin", [math.nan, math.inf])
def test_a_broken_constraint_fails_the_trial(home: Path, spec: StudySpec, margin: float) -> None:
    search = Search.open(home, spec)
    told = search.tell_finished(search.ask().number, (1.0, 1.0), {}, {"window": margin})
    assert (told.state, told.constraints) == ("failed", {})
    assert "window" in told.reason
    search.close()
    assert no_number_is_infinite(home)


def no_number_is_infinite(home: Path) -> bool:
    """Every cell of every table is free of NaN and infinity."""
    with sqlite3.connect(home / "optuna.db") as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        cells = [cell for table in tables for row in database.execute(f"select * from {table}") for cell in row]  # noqa: S608
    return not any(
        not math.isfinite(cell)
        if isinstance(cell, float)
        else str(cell) in ("NaN", "Infinity", "-Infinity", "INF_POS", "INF_NEG")
        for cell in cells
    )


def test_infeasible_and_failed_trials_keep_their_reason_and_have_no_values(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    far = search.tell_infeasible(search.ask().number, "the probe leaves the window", {"window": 12.0, "camera": -1.0})
    bare = search.tell_infeasible(search.ask().number, "no", {"window": -1.0})
    failed = search.tell_failed(search.ask().number, "diverged")
    assert (far.state, far.values, far.reason) == ("infeasible", (), "the probe leaves the window")
    assert far.constraints == {"window": 12.0, "camera": -1.0}
    assert max(bare.constraints.values()) > 0
    assert (failed.state, failed.values, failed.reason) == ("failed", (), "diverged")
    search.close()


def test_a_finished_trial_that_violates_a_constraint_is_infeasible(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    told = search.tell_finished(search.ask().number, (1.0, 2.0), {"information": 2.0}, {"dose": 0.5})
    assert (told.state, told.values, told.metrics) == ("infeasible", (), {"information": 2.0})
    assert "dose" in told.reason
    search.close()


def test_optuna_knows_the_constraints_of_every_told_trial(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    search.tell_finished(search.ask().number, (1.0, 2.0), {}, {"window": -2.0})
    search.tell_infeasible(search.ask().number, "no", {"window": 3.0})
    search.close()
    copied = home.parent / "copy.db"
    copied.write_bytes((home / "optuna.db").read_bytes())
    study = optuna.load_study(study_name=spec.name, storage=f"sqlite:///{copied}")
    assert [trial.constraints for trial in study.trials] == [{"window": -2.0}, {"window": 3.0}]
    assert [trial.number for trial in study.best_trials] == [0]


def test_a_change_of_the_file_is_refused_with_the_difference(home: Path, spec: StudySpec) -> None:
    Search.open(home, spec).close()
    with pytest.raises(ConflictError, match=r"sample\.thickness: 100\.0 -> 80\.0; .*use another name or the old file"):
        Search.open(home, changed(spec, sample={"thickness": 80.0}))
    with pytest.raises(ConflictError, match=r"search\.defocus\.high: 1500\.0 -> 1000\.0"):
        Search.open(home, changed(spec, search={"defocus": {"low": 0.0, "high": 1000.0, "log": False}}))
    many = changed(spec, sample={"thickness": 80.0, "window": 50.0}, camera={"pixels": 64}, potential={"sampling": 0.2})
    with pytest.raises(ConflictError, match="and 1 more"):
        Search.open(home, many)


def test_more_trials_and_another_title_are_no_change(home: Path, spec: StudySpec) -> None:
    Search.open(home, spec).close()
    longer = StudySpec.model_validate(changed(spec, budget={"trials": 99}).resolved() | {"title": "again"})
    Search.open(home, longer).close()
    assert StoredStudy.load(File(home), spec.name).spec == longer


def test_a_foreign_study_of_the_name_is_a_conflict(home: Path, spec: StudySpec) -> None:
    home.mkdir()
    foreign = home.parent / "foreign.db"
    study = optuna.create_study(
        storage=f"sqlite:///{foreign}", study_name=spec.name, directions=["minimize", "maximize"]
    )
    study.tell(study.ask(), [1.0, 2.0])
    foreign.rename(home / "optuna.db")
    with pytest.raises(ConflictError, match="not made by beamopt"):
        Search.open(home, spec)
    with pytest.raises(ConflictError, match="stored by another program"):
        StoredStudy.load(File(home), spec.name)


def test_studies_share_a_home_and_not_their_trials(home: Path, spec: StudySpec, single: StudySpec) -> None:
    one, two = Search.open(home, spec), Search.open(home, single)
    one.tell_finished(one.ask().number, (1.0, 2.0), {}, {})
    assert two.ask().number == 0
    two.tell_failed(0, "no")
    assert [t.state for t in one.trials()] == ["finished"]
    assert [t.state for t in two.trials()] == ["failed"]
    one.close()
    two.close()


def test_reading_names_what_there_is_and_creates_nothing(home: Path, spec: StudySpec) -> None:
    with pytest.raises(InputError, match="nothing has been run"):
        StoredStudy.load(File(home), "x")
    assert not home.exists()
    Search.open(home, spec).close()
    before = sorted(home.rglob("*"))
    with pytest.raises(InputError, match="there are: mof"):
        Search.load(home, "x")
    assert Search.load(home, spec.name) == StoredStudy(spec, ())
    assert sorted(home.rglob("*")) == before


def test_every_shipped_study_survives_being_stored(home: Path) -> None:
    from beamopt.spec import load_study, shipped_studies

    for name in shipped_studies():
        Search.open(home, load_study(name)).close()
        assert Search.load(home, name).spec == load_study(name)


def test_weights_lead_the_search_and_margins_stay_in_their_units(spec: StudySpec, home: Path) -> None:
    """A margin of 1e5 eV and one of 5 µs reach Optuna as shares, and readers as they are."""
    search = Search.open(home, spec)
    margins, weights = {"energy": 1e5, "dwell": 5.0, "angle": -3.0}, {"energy": 0.5, "dwell": 0.25, "angle": -0.1}
    told = search.tell_infeasible(search.ask().number, "too fast", margins, weights)
    done = search.tell_finished(search.ask().number, (50.0, 1.0), {}, {"dwell": -5.0}, {"dwell": -0.25})
    search.close()
    copied = home.parent / "copy.db"
    copied.write_bytes((home / "optuna.db").read_bytes())
    assert told.constraints == margins
    assert done.constraints == {"dwell": -5.0}
    assert Search.load(home, spec.name).trials == (told, done)
    kept = optuna.load_study(study_name=spec.name, storage=f"sqlite:///{copied}")
    assert [trial.constraints for trial in kept.trials] == [weights, {"dwell": -0.25}]
