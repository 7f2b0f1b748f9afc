"""Small studies for the search."""

import os
import tempfile
from collections.abc import Iterator
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


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is such a place: a test need not wait for a disk that others keep busy."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)
