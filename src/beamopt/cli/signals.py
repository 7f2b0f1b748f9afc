"""Ctrl-C once finishes what is in flight; twice, SIGTERM and a closed terminal stop at once. All say how to go on."""

import signal
import sys
from types import FrameType, TracebackType
from typing import Self

__all__ = ["Stopper"]


class Stopper:
    """Context in which the first SIGINT asks and the second insists.

    Parameters
    ----------
    resume
        Command line that goes on with the study.
    """

    def __init__(self, resume: str) -> None:
        self._resume = resume
        self._received: int | None = None
        self._leaving = False

    def asked(self) -> bool:
        """Whether somebody asked to stop after the trial in flight."""
        return self._received is not None

    def leave(self) -> None:
        """Exit with the status that says which signal ended the study, if one did."""
        if self._received is not None:
            sys.exit(128 + self._received)

    def __enter__(self) -> Self:
        self._before = {s: signal.signal(s, self._on_signal) for s in _heard()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._received is not None and not self._leaving:
            self._say()

    def _say(self) -> None:
        sys.stderr.write(f"Go on with: {self._resume}\n")

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._leaving:
            return  # the trials in flight are being given back
        again = self._received is not None
        self._received = number
        if again or number != signal.SIGINT:
            self._leaving = True
            self._say()
            sys.exit(128 + number)
        sys.stderr.write("\nFinishing the trial in flight; Ctrl-C again stops at once.\n")


def _heard() -> list[signal.Signals]:
    """Signals that end a study cleanly; the hang-up of a terminal is none where `nohup` says so."""
    heard = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        heard.append(signal.SIGHUP)
    return heard
