"""Settings that every test shares."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from measured import Note, gather, hand_over, keeper, write_table

# Machines differ in speed; a law does not become false because it took long.
settings.register_profile("beamopt", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
settings.load_profile("beamopt")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or fills the user's cache; processes that tests start find the tests' own modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEAMOPT_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
        yield


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is such a place: a test need not wait for a disk that others keep busy."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Keep a measured value for the table at the end of the run."""
    return keeper(request.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this process measured, if it is a worker."""
    hand_over(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker measured."""
    gather(node.config, getattr(node, "workeroutput", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the measured values."""
    write_table(terminalreporter, config)
