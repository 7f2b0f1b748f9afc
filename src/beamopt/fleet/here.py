"""Evaluates in this process, with all its processors for one trial."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import final

from beamopt.evaluation import Evaluator
from beamopt.fleet.alone import Alone
from beamopt.fleet.crew import Crew, Told
from beamopt.fleet.measure import measure

__all__ = ["Here"]


@final
class Here:
    """The fleet of a study that was given none."""

    @contextmanager
    def hire(self, evaluator: Evaluator, told: Told) -> Iterator[Crew]:  # noqa: ARG002
        """See `Fleet`."""
        yield Alone(partial(measure, evaluator))
