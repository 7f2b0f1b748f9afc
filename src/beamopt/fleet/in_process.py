"""A worker pool without workers: this process evaluates one trial at a time, in the order of submission."""

from collections import deque
from functools import partial
from typing import final

from beamopt.fleet.pool import OnProgress, Work
from beamopt.fleet.values import Answer, Task

__all__ = ["InProcess"]


@final
class InProcess:
    """A worker pool of this process alone; a task is evaluated when its answer is collected.

    Parameters
    ----------
    work
        Evaluates one task.
    """

    slots = 1

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: deque[Task] = deque()
        self._done: dict[int, Answer] = {}

    def submit(self, task: Task) -> None:
        """See `WorkerPool`."""
        self._waiting.append(task)

    def collect(self, number: int | None, told: OnProgress) -> Answer:
        """See `WorkerPool`."""
        while number not in self._done:
            task = self._waiting.popleft()
            answer = self._work(task, partial(told, task.number))
            if number is None:
                return answer
            self._done[task.number] = answer
        return self._done.pop(number)

    def withdraw(self) -> tuple[int, ...]:
        """See `WorkerPool`."""
        taken = tuple(task.number for task in self._waiting)
        self._waiting.clear()
        return taken
