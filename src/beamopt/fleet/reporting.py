"""What a worker uses of Dask: progress reports to the coordinator, and a way to keep its computation local.

Dask is imported on use: a study in one process need not wait a second for it.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

__all__ = ["at_home", "reporting"]

_RHYTHM = 0.25  # s between two reports of one stage


def reporting(topic: str, number: int) -> Callable[[str, float], None]:
    """Tell the coordinator what a trial is doing: at once when a stage begins, seldom within one."""
    worker = import_module("distributed").get_worker()
    last: tuple[str, float] = ("", 0.0)

    def report(stage: str, fraction: float) -> None:
        nonlocal last
        now = time.monotonic()
        if stage == last[0] and now - last[1] < _RHYTHM:
            return
        last = (stage, now)
        worker.log_event(topic, {"number": number, "stage": stage, "fraction": float(fraction), "pid": os.getpid()})

    return report


@contextmanager
def at_home() -> Iterator[None]:
    """Compute in this process: abTEM uses Dask as well and would spread its arrays over the cluster."""
    with import_module("dask").config.set(scheduler="synchronous"):
        yield
