"""Heartbeats: an owner lives while its count grows; clocks, which differ between machines, are not compared."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, final

from beamopt.errors import StorageError

__all__ = ["OWNER", "Heartbeat", "HeartbeatMonitor"]

OWNER = "owner"
"""Attribute of a trial that says who runs it."""

_PREFIX = "pulse:"  # as databases have it
_BEAT = 5.0  # s
_TIMEOUT = 60.0  # s without a beat, by this process's own steady clock, after which an owner is dead


@final
class Heartbeat:
    """A count that one coordinator lets grow in the database while it lives.

    Parameters
    ----------
    write
        Writes an attribute of the study.
    beat
        Seconds between two counts.
    """

    def __init__(self, write: Callable[[str, int], None], beat: float = _BEAT) -> None:
        self.owner = secrets.token_hex(8)
        self._write, self._beat = write, beat
        self._stop = threading.Event()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat in this block; once the beats have stopped for long enough, others may take this owner's trials over."""
        self._write(_PREFIX + self.owner, 0)
        thread = threading.Thread(target=self._run, name="beamopt heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(self._beat)

    def _run(self) -> None:
        count = 0
        while not self._stop.wait(self._beat):
            count += 1
            # A server that is away for long ends the study where it is needed, not here.
            with suppress(StorageError):
                self._write(_PREFIX + self.owner, count)


@final
class HeartbeatMonitor:
    """What one coordinator has seen of the others' counts."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, float]] = {}

    def look(self, attributes: Mapping[str, Any]) -> None:
        """Take note of the study's attributes."""
        now = time.monotonic()
        for name, count in attributes.items():
            if name.startswith(_PREFIX) and self._seen.get(name, (None, 0.0))[0] != count:
                self._seen[name] = (count, now)

    def dead(self, owner: str) -> bool:
        """Whether an owner has been silent for too long; one that was never seen is watched from now on."""
        _, since = self._seen.setdefault(_PREFIX + owner, (-1, time.monotonic()))
        return time.monotonic() - since > _TIMEOUT
