"""Which searched parameters decide an objective, by functional analysis of variance."""

from collections.abc import Sequence

import numpy as np
import optuna
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import TrialState

from beamopt.acquisition import Acquisition
from beamopt.search.proposer import distributions
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["importances"]

_FEWEST = 10  # finished trials; a forest on fewer tells noise
# On 500 trials the shares are those of Optuna's 64 trees without a limit of depth, to 0.001, in a seventh of the time.
_TREES, _DEPTH = 32, 8


def importances(spec: StudySpec, trials: Sequence[Trial]) -> dict[str, dict[str, float]]:
    """Share of each searched parameter in the variance of every objective that is no knob itself.

    fANOVA (Hutter, Hoos & Leyton-Brown, ICML 2014) over the searched ranges, from a forest fitted to the finished
    trials; the same trials give the same shares in any process.

    Parameters
    ----------
    spec
        The study; its seed seeds the forest.
    trials
        Of the study.

    Returns
    -------
    dict
        Objective to parameter to share, largest first, 0 to 1, their sum 1. Empty with fewer than ten finished trials;
        an objective that never changed is left out.
    """
    finished = [t for t in trials if t.state == "finished"]
    if len(finished) < _FEWEST:
        return {}
    ranges = spec.searched()
    space = distributions(ranges)
    study = optuna.create_study(directions=["minimize"] * len(spec.objectives), storage=None)
    study.add_trials(
        [
            optuna.trial.create_trial(
                state=TrialState.COMPLETE,
                params={name: t.params[name] for name in ranges},
                distributions=space,
                values=list(t.values),
            )
            for t in finished
        ]
    )
    by_metric = {}
    for place, objective in enumerate(spec.objectives):
        if objective.metric in Acquisition.knobs() or np.ptp([t.values[place] for t in finished]) == 0:
            continue
        seed = int(np.random.SeedSequence([spec.seed, place]).generate_state(1)[0])
        shares = optuna.importance.get_param_importances(
            study,
            evaluator=FanovaImportanceEvaluator(n_trees=_TREES, max_depth=_DEPTH, seed=seed),
            target=lambda trial, place=place: trial.values[place],  # type: ignore[misc]
        )
        by_metric[objective.metric] = {name: float(share) for name, share in shares.items()}
    return by_metric
