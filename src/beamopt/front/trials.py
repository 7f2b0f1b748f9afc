"""Trials that no other beats."""

from collections.abc import Sequence

import numpy as np

from beamopt import pareto
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["front_trials"]


def front_trials(trials: Sequence[Trial], objectives: Sequence[Objective]) -> tuple[Trial, ...]:
    """Finished trials that no other beats, in order of the first objective.

    Parameters
    ----------
    trials
        All of them; waiting, running, infeasible and failed ones are never on a front.
    objectives
        Of the study, in the order of the trials' values.
    """
    finished = [t for t in trials if t.state == "finished"]
    values = np.array([t.values for t in finished], dtype=np.float64).reshape(len(finished), len(objectives))
    return tuple(finished[i] for i in pareto.front(values, [o.direction for o in objectives]))
