"""How a study searches: which points it begins with, who proposes after them, and what it never proposes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from optuna.trial import FrozenTrial

from beamopt.search.proposer import Direction, propose
from beamopt.search.start import Possible, anything, start_points
from beamopt.spec import Searched, StudySpec

__all__ = ["Policy", "nothing"]

_MOST_PROMISING = 32  # points; a resumed study past them never asks theory again
_SAMPLER_TRIES = 8  # draws of the sampler for a proposal that is possible
_RANDOM_TRIES = 64  # random points after those; then an impossible proposal is tried and recorded as such


def nothing() -> tuple[dict[str, float], ...]:
    """No point is known to be promising."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A pure function from the trials so far to the next point.

    Parameters
    ----------
    ranges
        Searched parameters.
    directions
        Of the objectives.
    seed
        Of the study.
    sampler
        See `sampler_of`.
    promising
        Points that theory begins with; asked for only while they may still be needed.
    spread
        Whether Sobol points follow.
    possible
        What is known to be impossible is not proposed if anything else can be found.
    """

    ranges: Mapping[str, Searched]
    directions: Sequence[Direction]
    seed: int
    sampler: str = "tpe"
    promising: Callable[[], Sequence[Mapping[str, float]]] = nothing
    spread: bool = True
    possible: Possible = anything

    @classmethod
    def of(
        cls,
        spec: StudySpec,
        promising: Callable[[], Sequence[Mapping[str, float]]] = nothing,
        possible: Possible = anything,
    ) -> "Policy":
        """Policy that a study file asks for."""
        return cls(
            ranges=spec.searched(),
            directions=[objective.direction for objective in spec.objectives],
            seed=spec.seed,
            sampler=spec.sampler.name,
            promising=promising if spec.sampler.start == "theory" else nothing,
            possible=possible,
        )

    def propose(self, history: Sequence[FrozenTrial]) -> tuple[dict[str, float], str]:
        """Next point and where it comes from: ``theory``, ``sobol`` or the name of the sampler.

        Parameters
        ----------
        history
            Every trial so far in number order.
        """
        number = len(history)
        if number < _MOST_PROMISING + 2 * (len(self.ranges) + 1) and number < len(self._start):
            return self._start[number]
        first: dict[str, float] = {}
        for attempt in range(_SAMPLER_TRIES + _RANDOM_TRIES):
            source = self.sampler if attempt < _SAMPLER_TRIES else "random"
            root = [self.seed, number, attempt] if attempt else [self.seed, number]
            seed = int(np.random.SeedSequence(root).generate_state(1)[0])
            params = propose(history, self.ranges, self.directions, seed, source)
            if self.possible(params):
                return params, source
            first = first or params
        return first, self.sampler

    @cached_property
    def _start(self) -> list[tuple[dict[str, float], str]]:
        promising = [(dict(point), "theory") for point in self.promising()[:_MOST_PROMISING]]
        spread = start_points(self.seed, self.ranges, self.possible) if self.spread else ()
        # Half of them guard against a theory that is wrong about this sample.
        return promising + [(point, "sobol") for point in spread[: len(spread) // 2 if promising else None]]
