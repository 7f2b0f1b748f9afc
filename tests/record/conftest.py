"""One migrated database for the whole session; every test gets a copy."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from beamopt.record.database import create, database_of
from beamopt.spec import StudySpec
from beamopt.trial import State, Trial
from mof import mof


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template")
    create(home)
    return database_of(home)


@pytest.fixture
def home(quick: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with an awkward name; the working directory is beside it, to catch what strays there."""
    monkeypatch.chdir(quick)
    folder = quick / "a home with % {braces} & Å#"
    folder.mkdir()
    shutil.copyfile(template, database_of(folder))
    return folder


@pytest.fixture(scope="session")
def spec() -> StudySpec:
    return mof()


@pytest.fixture(scope="session")
def made(spec: StudySpec) -> Callable[[int], Trial]:
    """Trial by number; every third infeasible, every third failed."""

    def trial(number: int) -> Trial:
        states: tuple[State, ...] = ("finished", "infeasible", "failed")
        state = states[number % 3]
        params = {name: knob.at((number % 10) / 10) for name, knob in spec.searched().items()}
        return Trial(
            number=number,
            state=state,
            params=params,
            values=(params["dose_per_area"], 0.1 * number) if state == "finished" else (),
            metrics={"ptychography.information": 0.1 * number, "seconds.simulate": 0.5} if state == "finished" else {},
            constraints={"window": 2.0 if state == "infeasible" else -1.0},
            reason="" if state == "finished" else "the probe leaves the window (>40 Å)",
        )

    return trial
