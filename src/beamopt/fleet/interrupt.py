"""Ctrl-C stops the coordinator alone: workers, which share its terminal, finish the trials that they run."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

__all__ = ["ignoring_interrupts"]


@contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """Threads and processes that start in this block, and whatever these start later, never see SIGINT.

    A signal mask is inherited by threads and through exec, which reaches workers that are restarted hours later, from
    their first instruction on; a handler would not.
    """
    if sys.platform == "win32":
        yield
        return
    _start_tracker()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_tracker() -> None:
    """Start Python's resource tracker beforehand: starting it unblocks signals.

    Its warnings are off: it removes the semaphores that killed workers leave (the locks of progress bars).
    """
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"
    try:
        resource_tracker.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before
