"""Threads on purpose: as many as there are processors, and none inside them."""

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

__all__ = ["in_threads", "thread_count"]

_Task = TypeVar("_Task")


def thread_count() -> int:
    """Processors this process may use, or what ``OMP_NUM_THREADS`` allows where it is set."""
    allowed = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(int(allowed), usable) if allowed.isdigit() and int(allowed) > 0 else usable


def in_threads(run: Callable[[_Task], object], tasks: Iterable[_Task]) -> None:
    """Run tasks in `thread_count` threads while BLAS uses one.

    The threads of BLAS wait by spinning, which on a busy machine costs ten times what they gain.
    """
    with _controller().limit(limits=1, user_api="blas"), ThreadPoolExecutor(thread_count()) as pool:
        for _ in pool.map(run, tasks):
            pass


@cache
def _controller() -> Any:  # noqa: ANN401 (threadpoolctl has no types)
    return ThreadpoolController()
