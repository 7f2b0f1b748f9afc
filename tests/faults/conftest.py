"""Folders in memory, and the table of measured values that ends the run."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Note = Callable[[str, str, str], None]

_MEASURED = pytest.StashKey[list[tuple[str, str, str]]]()


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is such a place: a test need not wait for a disk that others keep busy."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Keep a measured value for the table: the fault, what was measured, what must hold."""

    def keep(fault: str, measured: str, limit: str) -> None:
        request.config.stash.setdefault(_MEASURED, []).append((fault, measured, limit))

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    rows = config.stash.get(_MEASURED, [])
    if not rows:
        return
    table = [("fault", "measured", "must hold"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    terminalreporter.section("faults and what they cost")
    for row in table:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
