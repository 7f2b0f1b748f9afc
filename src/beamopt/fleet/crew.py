"""Who evaluates, as the study sees it: hand out tasks, collect answers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from beamopt.fleet.values import Answer, Task

# A worker knows its trade without being one: what evaluates is loaded with the first task.
if TYPE_CHECKING:
    from beamopt.evaluation import Evaluator

__all__ = ["Crew", "Fleet", "Told", "Work"]

Told = Callable[[int, str, float], None]
"""Told about a trial's progress: its number, the stage, and the fraction of it that is done."""

Work = Callable[[Task, Callable[[str, float], None]], Answer]
"""Evaluates one task in this process, telling stage and fraction."""


class Crew(Protocol):
    """Evaluates tasks until it is let go."""

    @property
    def slots(self) -> int:
        """How many trials it evaluates at once."""

    def submit(self, task: Task) -> None:
        """Take a task; it is begun when a slot is free, in the order in which tasks came."""

    def collect(self, number: int | None, told: Told) -> Answer:
        """Wait for the answer to one task, or to whichever ends first where `number` is None.

        Parameters
        ----------
        number
            A trial that was submitted and not collected.
        told
            Called in the calling thread while it waits.
        """

    def withdraw(self) -> tuple[int, ...]:
        """Take back the tasks that nobody has begun; their numbers."""


class Fleet(Protocol):
    """Provides a crew for one study."""

    def hire(self, evaluator: "Evaluator", told: Told) -> AbstractContextManager[Crew]:
        """Crew that ends with the block, at once if the block is left by an exception."""
