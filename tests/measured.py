"""The table of measured values that ends a run of the tests."""

from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["MEASURED", "Note", "gather", "hand_over", "keeper", "write_table"]

Note = Callable[[str, str, str], None]
"""Keeps a measured value: what was done, what was measured, what must hold."""

MEASURED = pytest.StashKey[list[tuple[str, str, str]]]()


def keeper(config: pytest.Config) -> Note:
    """Note of one run."""

    def keep(what: str, measured: str, limit: str) -> None:
        config.stash.setdefault(MEASURED, []).append((what, measured, limit))

    return keep


def hand_over(config: pytest.Config) -> None:
    """Give what a worker measured to the process that prints the table."""
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["measured"] = config.stash.get(MEASURED, [])


def gather(config: pytest.Config, output: dict[str, Any]) -> None:
    """Take what a worker measured."""
    config.stash.setdefault(MEASURED, []).extend((a, b, c) for a, b, c in output.get("measured", []))


def write_table(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, if anything was measured."""
    rows = config.stash.get(MEASURED, [])
    if not rows:
        return
    table = [("fault or load", "measured", "must hold"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    reporter.section("faults and what they cost")
    for row in table:
        reporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
