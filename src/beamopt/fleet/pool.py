"""The interface of a worker pool: submit tasks, collect answers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from beamopt.fleet.messages import Message
from beamopt.fleet.values import Answer, Task
from beamopt.spec import StudySpec

__all__ = ["Fleet", "Job", "OnProgress", "Work", "WorkerPool"]

OnProgress = Callable[[int, str, float], None]
"""Told about a trial's progress: its number, the stage, and the fraction of it that is done."""

Work = Callable[[Task, Callable[[str, float], None]], Answer]
"""Evaluates one task in this process, telling stage and fraction."""

Job = Callable[[str, str, str], Message]
"""Evaluates on a worker: study and task as JSON texts, and the topic to report stages on; importable by its name."""


class WorkerPool(Protocol):
    """Evaluates tasks until it is closed."""

    @property
    def slots(self) -> int:
        """How many trials it evaluates at once."""

    def submit(self, task: Task) -> None:
        """Take a task; it is begun when a slot is free, in the order in which tasks came."""

    def collect(self, number: int | None, told: OnProgress) -> Answer:
        """Wait for the answer to one task, or to whichever ends first where `number` is None.

        Parameters
        ----------
        number
            A trial that was submitted and not collected.
        told
            Called in the calling thread while it waits.
        """

    def withdraw(self) -> tuple[int, ...]:
        """Take back the tasks that no worker has begun; their numbers."""


class Fleet(Protocol):
    """Provides the worker pool of one study."""

    near: bool
    """Whether its workers share this process's cache."""

    def pool(self, spec: StudySpec, job: Job) -> AbstractContextManager[WorkerPool]:
        """Workers that do a job for every task; they end with the block, at once if an exception leaves it."""
