"""How many threads a reconstruction may use."""

import os

__all__ = ["thread_count"]


def thread_count() -> int:
    """Processors this process may use, or what ``OMP_NUM_THREADS`` allows where it is set.

    No result depends on it.
    """
    allowed = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    usable = len(os.sched_getaffinity(0))
    return min(int(allowed), usable) if allowed.isdigit() and int(allowed) > 0 else usable
