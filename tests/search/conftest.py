"""Small studies for the search."""

from pathlib import Path
from typing import Any

import pytest

from beamopt.spec import StudySpec, load_study


@pytest.fixture(scope="session")
def spec() -> StudySpec:
    return load_study("mof_lowdose")


@pytest.fixture(scope="session")
def single(spec: StudySpec) -> StudySpec:
    raw: dict[str, Any] = spec.resolved()
    goal = [{"metric": "information", "direction": "maximize"}]
    return StudySpec.model_validate(raw | {"name": "single", "objectives": goal})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "a home with % {braces} & Å#?"
