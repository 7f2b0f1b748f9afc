"""A search without a database: the proposals of a policy when a table gives every result."""

from collections.abc import Callable, Mapping, Sequence

import optuna
from optuna.trial import FrozenTrial, TrialState

from beamopt.search.policy import Policy
from beamopt.search.proposer import distributions

__all__ = ["Answer", "rehearse"]

Answer = Callable[[Mapping[str, float]], Sequence[float] | None]
"""Values of the objectives at a point, or None where it cannot be carried out."""


def rehearse(policy: Policy, answer: Answer, trials: int) -> list[tuple[Mapping[str, float], Sequence[float] | None]]:
    """Ask and tell, as a study would, with the answers of a table in place of a simulation.

    Parameters
    ----------
    policy
        Who proposes.
    answer
        What each proposal is told.
    trials
        How many.

    Returns
    -------
    list
        Point and answer of each trial in order; the same bits whenever it is asked again.

    Examples
    --------
    >>> from beamopt.spec import Range
    >>> policy = Policy(ranges={"x": Range(low=0.0, high=1.0)}, directions=["maximize"], seed=1)
    >>> best = max(values[0] for _, values in rehearse(policy, lambda p: [-((p["x"] - 0.3) ** 2)], 20))
    >>> best > -0.01
    True
    """
    known = distributions(policy.ranges)
    history: list[FrozenTrial] = []
    for number in range(trials):
        params, _ = policy.propose(history)
        values = answer(params)
        trial = optuna.trial.create_trial(
            state=TrialState.PRUNED if values is None else TrialState.COMPLETE,
            params=dict(params),
            distributions=known,
            values=None if values is None else [float(value) for value in values],
            constraints={"possible": 1.0 if values is None else -1.0},
        )
        trial.number = number
        history.append(trial)
    return [(trial.params, trial.values) for trial in history]
