"""Large arrays lent again and again: fresh memory can cost as much as the work done in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

__all__ = ["borrowed"]

_spare: SimpleQueue[NDArray[np.complex64]] = SimpleQueue()


@contextmanager
def borrowed(count: int) -> Iterator[NDArray[np.complex64]]:
    """So many complex64 numbers of any value; the memory is kept for the next borrower, one array for each at a time.

    Parameters
    ----------
    count
        Numbers in the array.
    """
    try:
        array = _spare.get_nowait()
    except Empty:
        array = np.empty(0, np.complex64)
    if len(array) < count:
        array = np.empty(count, np.complex64)
    try:
        yield array[:count]
    finally:
        _spare.put(array)
