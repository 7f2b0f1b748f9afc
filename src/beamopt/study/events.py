"""What a running study tells whoever watches it."""

from collections.abc import Callable
from dataclasses import dataclass

from beamopt.trial import Trial

__all__ = ["Event", "Halted", "Listener", "Noted", "Prepared", "Progress", "TrialDone", "TrialStarted"]


@dataclass(frozen=True)
class Prepared:
    """The study stands: how many trials there are to do and how many are done already."""

    name: str
    total: int
    done: int


@dataclass(frozen=True)
class Progress:
    """A stage has begun or moved on; `fraction` is 0 where a stage cannot say how far it is.

    `number` says of which trial, None while the study is being prepared.
    """

    stage: str
    fraction: float
    number: int | None = None


@dataclass(frozen=True)
class TrialStarted:
    """A proposal is about to be evaluated."""

    number: int
    params: dict[str, float]


@dataclass(frozen=True)
class TrialDone:
    """A trial ended; the front and its hypervolume so far."""

    trial: Trial
    done: int
    total: int
    front: tuple[Trial, ...]
    hypervolume: float
    seconds: float


@dataclass(frozen=True)
class Halted:
    """The study stops before its budget is spent, or goes on without something."""

    reason: str


@dataclass(frozen=True)
class Noted:
    """One line worth keeping."""

    line: str


Event = Prepared | Progress | TrialStarted | TrialDone | Halted | Noted
Listener = Callable[[Event], None]
