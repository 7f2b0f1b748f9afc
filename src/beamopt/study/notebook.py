"""Progress inside a notebook: one line under the cell, rewritten as the study goes on."""

import sys
from importlib import import_module
from typing import Any, final

from beamopt.study.events import Event, Halted, Listener, Noted, Prepared, Progress, TrialDone

__all__ = ["default_listener"]


def default_listener() -> Listener:
    """Listener that shows progress where this process serves a notebook, and tells nobody elsewhere."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return _CellLine() if hasattr(shell, "kernel") else _silent


def _silent(_event: Event) -> None:
    """Tell nobody."""


@final
class _CellLine:
    """A line of a cell's output."""

    def __init__(self) -> None:
        self._line: Any = None
        self._trials = ""
        self._lasting: list[str] = []

    def __call__(self, event: Event) -> None:
        match event:
            case Prepared(name, total, done):
                self._trials = f"{name}: {done} of {total} trials"
            case TrialDone():
                self._trials = f"{event.done} of {event.total} trials, {len(event.front)} on the front"
            case Halted(reason):
                self._lasting.append(reason)
            case Noted(line):
                self._lasting.append(line)
            case _:
                pass
        stage = f"{event.stage} {event.fraction:.0%}" if isinstance(event, Progress) else ""
        self._show("\n".join([" · ".join(part for part in (self._trials, stage) if part), *self._lasting]))

    def _show(self, text: str) -> None:
        display: Any = import_module("IPython.display").display  # a notebook has it; nobody else needs it
        content = {"text/plain": text}
        if self._line is None:
            self._line = display(content, raw=True, display_id=True)
        else:
            self._line.update(content, raw=True)
