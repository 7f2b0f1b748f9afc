"""Fresh noise draws of one trial, by which candidates are told apart and what is recommended is promised."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from beamopt.front.noise import Expected, expected_of
from beamopt.trial import Trial

__all__ = ["CHOOSING", "TELLING", "Redraw", "drawn_in_vain", "own_draws"]

CHOOSING = tuple(range(1000, 1003))
"""Replicates by which candidates are told apart."""

TELLING = tuple(range(2000, 2006))
"""Replicates of which mean and interval are printed; that nothing was chosen by them keeps the interval honest."""


@dataclass(frozen=True, kw_only=True)
class Redraw:
    """Fresh noise draws of one trial.

    Parameters
    ----------
    trial
        Its number.
    params
        Its parameters: the draws belong to these and to no other trial that may come by this number.
    draws
        ``method.score`` to replicate to value.
    """

    trial: int
    params: Mapping[str, float]
    draws: Mapping[str, Mapping[int, float]] = field(default_factory=dict)

    def values(self, score: str, replicates: tuple[int, ...]) -> list[float]:
        """A score at some replicates, those that are known."""
        known = self.draws.get(score, {})
        return [known[one] for one in replicates if one in known]

    def lacks(self, replicates: tuple[int, ...]) -> tuple[int, ...]:
        """Replicates that nobody has drawn yet."""
        known = {one for values in self.draws.values() for one in values}
        return tuple(one for one in replicates if one not in known)

    def expected(self) -> dict[str, Expected]:
        """Mean and interval of every score that was drawn to be told."""
        told = {score: self.values(score, TELLING) for score in self.draws}
        return {score: expected_of(values) for score, values in told.items() if values}

    def joined(self, more: Mapping[str, Mapping[int, float]]) -> "Redraw":
        """With more draws."""
        return replace(self, draws={s: {**self.draws.get(s, {}), **more.get(s, {})} for s in {**self.draws, **more}})


def drawn_in_vain(redraws: Mapping[int, Redraw]) -> set[int]:
    """Trials whose fresh draws gave no image."""
    return {number for number, again in redraws.items() if not again.draws}


def own_draws(trial: Trial, redraws: Mapping[int, Redraw]) -> Redraw | None:
    """Fresh draws of a trial, if they are of this one."""
    again = redraws.get(trial.number)
    return again if again is not None and again.draws and dict(again.params) == dict(trial.params) else None
