"""Two things timed in turn in one process, so that a machine that slows down slows both."""

import time
from collections.abc import Callable

import numpy as np

__all__ = ["in_turn", "seconds"]


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median wall times of both, called A B A B after one round that is not counted [s]."""
    ours()
    theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    a, b = np.median(np.array(pairs), axis=0)
    return float(a), float(b)
