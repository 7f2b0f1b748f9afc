"""How a worker tells the coordinator what it is doing."""

import os
import time
from collections.abc import Callable

from distributed import get_worker

__all__ = ["reporting"]

_RHYTHM = 0.25  # s between two reports of one stage


def reporting(topic: str, number: int) -> Callable[[str, float], None]:
    """Tell the coordinator what a trial is doing: at once when a stage begins, seldom within one."""
    worker, last = get_worker(), ["", 0.0]

    def report(stage: str, fraction: float) -> None:
        now = time.monotonic()
        if stage == last[0] and now - float(last[1]) < _RHYTHM:
            return
        last[:] = [stage, now]
        worker.log_event(topic, {"number": number, "stage": stage, "fraction": float(fraction), "pid": os.getpid()})

    return report
