"""Small studies for the search."""

from pathlib import Path
from typing import Any

import pytest

from beamopt.spec import StudySpec
from mof import mof


@pytest.fixture(scope="session")
def spec() -> StudySpec:
    return mof()


@pytest.fixture(scope="session")
def single(spec: StudySpec) -> StudySpec:
    raw: dict[str, Any] = spec.resolved()
    goal = [{"metric": "information", "direction": "maximize"}]
    return StudySpec.model_validate(raw | {"name": "single", "objectives": goal})


@pytest.fixture
def home(quick: Path) -> Path:
    return quick / "a home with % {braces} & Å#?"
