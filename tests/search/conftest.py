"""Small studies for the search."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beamopt.spec import StudySpec


@pytest.fixture(scope="session")
def spec() -> StudySpec:
    raw = {
        "name": "mof",
        "energy": 300e3,
        "seed": 1,
        "sample": {"name": "UiO-66", "zone_axis": [1, 1, 0], "thickness": 100.0, "window": 40.0},
        "search": {
            "semiangle_cutoff": {"low": 4.0, "high": 25.0, "log": True},
            "defocus": {"low": 0.0, "high": 1500.0},
            "detector_outer": {"low": 8.0, "high": 25.0},
            "scan_sampling": {"low": 0.5, "high": 4.0, "log": True},
            "dose_per_area": {"low": 5.0, "high": 500.0, "log": True},
        },
    }
    return StudySpec.model_validate(raw)


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
