"""What a report gathers from a study's databases, and which trial it recommends; the databases are real."""

import shutil
import time
from pathlib import Path

import numpy as np
import optuna
import pytest

from beamopt.errors import InputError, NothingFeasibleError
from beamopt.front import choose
from beamopt.record import Recorder, stored_pictures
from beamopt.report import hypervolume_figure, png
from beamopt.report.page import report_page
from beamopt.search.database import close, connect, database_of
from beamopt.search.identity import identify
from beamopt.search.importance import importances
from beamopt.search.proposer import distributions
from beamopt.spec import StudySpec
from beamopt.study.reviewed import reviewed
from beamopt.trial import Trial
from report.studies import spec, trials

STATES = {
    "finished": optuna.trial.TrialState.COMPLETE,
    "infeasible": optuna.trial.TrialState.PRUNED,
    "failed": optuna.trial.TrialState.FAIL,
}


def store(home: Path, study: StudySpec, made: tuple[Trial, ...]) -> None:
    """Put trials into a study's database at once, as a run would leave them there one by one."""
    home.mkdir(parents=True, exist_ok=True)
    database = connect(database_of(home), "rwc")
    ways = [o.direction for o in study.objectives]
    kept = optuna.create_study(storage=database, study_name=study.name, directions=ways)
    identify(kept, study)
    space = distributions(study.searched())
    for t in made:
        told = {"metrics": dict(t.metrics)} | ({"reason": t.reason} if t.reason else {})
        values = list(t.values) if t.state == "finished" else None
        kept.add_trial(
            optuna.trial.create_trial(
                state=STATES[t.state], params=dict(t.params), distributions=space, values=values, user_attrs=told
            )
        )
    close(database)


@pytest.fixture
def home(quick: Path) -> Path:
    return quick / "a home with % {braces} & Å#"


def test_a_stored_study_is_gathered_whole(home: Path) -> None:
    study, made = spec(), trials(spec(), 24)
    store(home, study, made)
    found = reviewed("mof", home)
    assert found.spec == study
    assert [(t.number, t.state, t.values) for t in found.trials] == [(t.number, t.state, t.values) for t in made]
    assert set(found.recommended) <= {t.number for t in found.front}
    assert len(found.grown) == len(made)
    assert list(found.grown) == sorted(found.grown)
    assert found.volume_unit == "decades·bits/Å²"
    assert found.importances == importances(study, made), "the same trials give the same shares"
    assert found.pictures == {}
    assert found.robustness == {}
    assert found.versions["beamopt"]
    with pytest.raises(InputError, match="there are: mof"):
        reviewed("other", home)


def test_pictures_are_found_where_the_record_keeps_them(home: Path) -> None:
    study, made = spec(), trials(spec(), 10)
    home.mkdir()
    recorder = Recorder(None, home)
    recorder.start(study)
    image = np.arange(12.0).reshape(3, 4)
    drawing = png(hypervolume_figure([1.0]))
    recorder.trial(made[0], {"ptychography/phase": image, "pattern/counted": image}, {"frc.png": drawing})
    recorder.trial(made[9], {}, {})
    found = stored_pictures(home, "mof")
    assert {number: sorted(names) for number, names in found.items()} == {
        0: ["figure/frc", "pattern/counted", "ptychography/phase"],
        9: [],
    }
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in found[0].values())
    assert stored_pictures(home, "other") == {}
    shutil.rmtree(home / "artifacts")
    assert stored_pictures(home, "mof")[0] == {}


def test_no_record_is_no_picture(tmp_path: Path) -> None:
    assert stored_pictures(tmp_path, "mof") == {}
    assert list(tmp_path.iterdir()) == [], "nothing is created"


def test_importance_finds_the_knob_that_decides() -> None:
    rng = np.random.default_rng(0)
    study = spec()
    made = []
    for number in range(60):
        params = {name: knob.at(float(rng.random())) for name, knob in study.searched().items()}
        bits = 3 - params["defocus"] / 500 + 0.3 * params["detector_outer"] / 25
        made.append(Trial(number=number, state="finished", params=params, values=(params["dose_per_area"], bits)))
    found = importances(study, made)
    assert list(found) == ["information"], "a knob as an objective decides itself"
    shares = found["information"]
    assert next(iter(shares)) == "defocus"
    assert shares["defocus"] > 0.8
    assert sum(shares.values()) == pytest.approx(1)
    assert importances(study, made) == found
    assert importances(study, made[:9]) == {}, "nine trials tell nothing"
    same = [Trial(number=t.number, state="finished", params=t.params, values=(t.values[0], 1.0)) for t in made]
    assert importances(study, same) == {}


def trial(number: int, dose: float, bits: float, resolution: float) -> Trial:
    params = {name: knob.at(0.5) for name, knob in spec().searched().items()} | {"dose_per_area": dose}
    metrics = {"ptychography.information": bits, "ptychography.frc_resolution": resolution, "icom.frc_resolution": 0.1}
    return Trial(number=number, state="finished", params=params, values=(dose, bits), metrics=metrics)


KNOWN = (trial(0, 10, 0.5, 3.0), trial(1, 40, 1.0, 2.0), trial(2, 45, 0.9, 1.2), trial(3, 90, 1.5, 1.0))


@pytest.mark.parametrize(
    ("max_dose", "min_resolution", "number"),
    [(10, None, 0), (50, None, 1), (1e6, None, 3), (50, 2.5, 1), (50, 1.5, 2), (90, 1.5, 3)],
)
def test_the_best_that_the_limits_allow_is_chosen(max_dose: float, min_resolution: float | None, number: int) -> None:
    assert choose(spec(), KNOWN, max_dose=max_dose, min_resolution=min_resolution).number == number


@pytest.mark.parametrize(
    ("max_dose", "min_resolution", "said"),
    [
        (5, None, r"needs at most 5 e/Å²; the gentlest, trial 0, needs 10 e/Å²"),
        (50, 1.0, r"at most 50 e/Å² resolves 1 Å; the nearest, trial 2, resolves 1.2 Å with 45 e/Å²"),
    ],
)
def test_where_none_qualifies_the_nearest_is_named(max_dose: float, min_resolution: float | None, said: str) -> None:
    with pytest.raises(NothingFeasibleError, match=said):
        choose(spec(), KNOWN, max_dose=max_dose, min_resolution=min_resolution)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan"), float("inf")])
def test_a_limit_is_a_number_above_zero(wrong: float) -> None:
    with pytest.raises(InputError, match="--max-dose"):
        choose(spec(), KNOWN, max_dose=wrong)
    with pytest.raises(InputError, match="--min-resolution"):
        choose(spec(), KNOWN, max_dose=10, min_resolution=wrong)


def test_a_study_of_dose_alone_has_nothing_to_recommend() -> None:
    alone = spec(objectives=[{"metric": "dose_per_area", "direction": "minimize"}])
    with pytest.raises(InputError, match="nothing else"):
        choose(alone, KNOWN, max_dose=10)
    with pytest.raises(NothingFeasibleError, match="no finished trial"):
        choose(spec(), (), max_dose=10)


def test_500_stored_trials_are_a_page_within_seconds(quick: Path) -> None:
    """The trials are made up and carry no pictures; database, importances, figures and page are the real ones."""
    store(quick, spec(), trials(spec(), 500))
    start = time.process_time()
    page = report_page(reviewed("mof", quick))
    assert time.process_time() - start < 15
    assert len(page.encode()) < 8_000_000
