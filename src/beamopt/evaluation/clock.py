"""Wall time per stage, and who is told about it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

__all__ = ["Clock", "Stage", "silent"]

Stage = Callable[[str, float], None]
"""Called with the name of a stage and the fraction of it that is done."""


def silent(_stage: str, _done: float) -> None:
    """Tell nobody."""
    return


class Clock:
    """Adds up wall time per stage and announces each.

    Parameters
    ----------
    stage
        Told what is being done.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._seconds: dict[str, float] = {}

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Announce a stage and add the wall time until the end of the block to it."""
        self._stage(name, 0.0)
        start = time.perf_counter()
        yield
        self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - start

    @property
    def seconds(self) -> Mapping[str, float]:
        """Wall time per stage [s]."""
        return dict(self._seconds)
