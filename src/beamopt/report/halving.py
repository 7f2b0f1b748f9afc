"""Where the front moves when the dose halves: what a study's own trials reached with half the electrons."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from beamopt.front import front_trials
from beamopt.report.figures import FRONT, MUTED, PALETTE, decades, label, new_figure, plain
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["Halved", "halved", "halving_figure", "traded"]

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


def halved(trials: Sequence[Trial], objectives: Sequence[Objective]) -> tuple[Halved, ...]:
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


def halving_figure(trials: Sequence[Trial], objectives: Sequence[Objective]) -> Figure:
    """The front, and beside it what is left of it with half the dose at every point.

    Returns
    -------
    Figure
        Lines with the gids ``front`` and ``half``, over the dose of the front.
    """
    pairs, goal = halved(trials, objectives), traded(objectives)
    figure = new_figure()
    axes = plain(figure.add_subplot())
    axes.plot([h.dose for h in pairs], [h.value for h in pairs], "o-", color=FRONT, label="front", gid="front")
    reached = [h for h in pairs if h.half is not None]
    axes.plot(
        [h.dose for h in reached],
        [h.half_value for h in reached],
        "s--",
        color=PALETTE[0],
        label="best with at most half the dose",
        gid="half",
    )
    for one in reached:
        axes.plot([one.dose, one.dose], [one.value, one.half_value], color=MUTED, linewidth=0.7, zorder=1)
    decades(axes)
    axes.set_xlabel(label(_DOSE, "e/Å²"))
    if goal is not None:
        axes.set_ylabel(label(goal.metric, goal.unit))
    axes.legend(frameon=False, fontsize=9)
    return figure
