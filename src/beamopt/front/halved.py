"""Where the front moves when the dose halves: what a study's own trials reached with half the electrons."""

from collections.abc import Sequence
from dataclasses import dataclass

from beamopt.front.trials import front_trials
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["Halved", "halves", "traded"]

_DOSE = "dose_per_area"


@dataclass(frozen=True)
class Halved:
    """A trial of the front and the best trial that needs at most half its dose.

    Parameters
    ----------
    trial
        Of the front.
    half
        The best with at most half the dose; None where no trial was that gentle.
    dose, value
        Of `trial`: [e/Å²], and the objective that is traded for it.
    half_dose, half_value
        Of `half`; NaN where there is none.
    """

    trial: Trial
    half: Trial | None
    dose: float
    value: float
    half_dose: float
    half_value: float

    @property
    def kept(self) -> float | None:
        """Share of the value that is left, 0 to 1 and above; None where that says nothing."""
        return self.half_value / self.value if self.half is not None and self.value > 0 else None


def traded(objectives: Sequence[Objective]) -> Objective | None:
    """First objective that is traded for dose; None where dose is no objective or the only one."""
    others = [o for o in objectives if o.metric != _DOSE]
    return others[0] if others and len(others) < len(objectives) else None


def halves(trials: Sequence[Trial], objectives: Sequence[Objective]) -> tuple[Halved, ...]:
    """Every trial of the front beside the best one with at most half its dose.

    Parameters
    ----------
    trials, objectives
        Of the study.

    Returns
    -------
    tuple of Halved
        In rising order of dose; empty where the study does not trade dose for something.
    """
    goal = traded(objectives)
    if goal is None:
        return ()
    at, dose = objectives.index(goal), [o.metric for o in objectives].index(_DOSE)
    front = sorted(front_trials(trials, objectives), key=lambda t: t.values[dose])
    sign = 1 if goal.direction == "maximize" else -1
    pairs = []
    for trial in front:
        gentle = [t for t in front if t.values[dose] <= trial.values[dose] / 2]
        half = max(gentle, key=lambda t: sign * t.values[at], default=None)
        ends = (float("nan"), float("nan")) if half is None else (half.values[dose], half.values[at])
        pairs.append(Halved(trial, half, trial.values[dose], trial.values[at], *ends))
    return tuple(pairs)
