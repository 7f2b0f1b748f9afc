"""A project folder with trials in both databases, made once; every test gets a copy."""

import shutil
from pathlib import Path

import pytest

from beamopt.study.journal import Journal
from faults.harness import run, silent
from faults.standins import study


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with six trials, all recorded in MLflow."""
    home = tmp_path_factory.mktemp("told")
    Journal(study(6), home, None, silent).open(run(home, 6))
    return home


@pytest.fixture
def home(told: Path, quick: Path) -> Path:
    return Path(shutil.copytree(told, quick / "runs"))
