"""When more trials are not worth it: the front has stopped growing beyond the noise of its own points."""

import math
from collections.abc import Sequence

from beamopt.front import front_trials, history, noise_of, volume_of
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["hypervolume_noise", "stagnated"]

_SURE = 2.0  # standard deviations


def hypervolume_noise(trials: Sequence[Trial], spec: StudySpec) -> float:
    """Standard deviation of the front's hypervolume, from the replicates of its members.

    Each member's scores are moved by their standard error, one at a time, and what that does to the volume is added in
    squares. A member that was counted once adds nothing.

    Parameters
    ----------
    trials
        All of them.
    spec
        The study.

    Returns
    -------
    float
        In the unit of the hypervolume.
    """
    front = front_trials(trials, spec.objectives)
    if not front:
        return 0.0
    whole = volume_of([t.values for t in front], spec)
    counted = max(spec.budget.replicates, spec.budget.contenders or 0)
    square = 0.0
    for place, trial in enumerate(front):
        for column, objective in enumerate(spec.objectives):
            error = noise_of(trial, objective, spec) / math.sqrt(counted)
            if not error > 0:
                continue
            moved = [list(t.values) for t in front]
            moved[place][column] += error if objective.direction == "maximize" else -error
            square += (volume_of(moved, spec) - whole) ** 2
    return math.sqrt(square)


def stagnated(trials: Sequence[Trial], spec: StudySpec) -> str:
    """Say that the front has stopped growing, or an empty string while it may still grow.

    It has when the hypervolume of the last `budget.stagnant` trials grew by no more than two standard deviations of its
    noise, at the earliest after twice as many trials.

    Parameters
    ----------
    trials
        All of them, in order.
    spec
        The study.
    """
    window = spec.budget.stagnant
    if window is None or len(trials) < 2 * window or not front_trials(trials, spec.objectives):
        return ""
    grown = history(trials, spec)
    gain, noise = grown[-1] - grown[-1 - window], hypervolume_noise(trials, spec)
    if gain > _SURE * noise:
        return ""
    return (
        f"the front's hypervolume grew by {gain:.2g} in the last {window} trials, within twice its noise of "
        f"{noise:.2g}: the study ends after {len(trials)} of {spec.budget.trials} trials; "
        "raise budget.stagnant to go on"
    )
