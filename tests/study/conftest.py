"""A real study small enough to run in seconds: SrTiO3, iCOM, real databases."""

from collections.abc import Callable
from pathlib import Path

import pytest

from beamopt.spec import StudySpec, load_study

TINY: dict[str, object] = {
    "methods": ["icom"],
    "sample.thickness": 8.0,
    "sample.window": 19.0,
    "sample.field": 15.0,
    "camera.pixels": 32,
    "budget.trials": 6,
    "sampler.start": "sobol",
    "defocus": {"low": 0.0, "high": 300.0},
    "scan_sampling": {"low": 0.6, "high": 2.0},
    "semiangle_cutoff": {"low": 10.0, "high": 25.0},
}

Tiny = Callable[..., StudySpec]


@pytest.fixture
def tiny() -> Tiny:
    return lambda **changes: load_study("srtio3_quick", TINY | changes)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Path, object]":
    """An uninterrupted run of the small study."""
    from beamopt.study import run_study

    home = tmp_path_factory.mktemp("whole")
    return home, run_study(load_study("srtio3_quick", TINY), home=home)
