"""Settings that every test shares."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from measured import Note, keeper, write_table

# Machines differ in speed; a law does not become false because it took long.
settings.register_profile("beamopt", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
settings.load_profile("beamopt")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or fills the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEAMOPT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Keep a measured value for the table at the end of the run."""
    return keeper(request.config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the measured values."""
    write_table(terminalreporter, config)
