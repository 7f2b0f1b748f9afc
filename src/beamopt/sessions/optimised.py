"""A study that optimises its robustness: every setting scored in the calm and in all disturbed sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from beamopt import metric_names
from beamopt.evaluation import Evaluation, Evaluator, MethodResult
from beamopt.evaluation.clock import Clock, Stage, silent
from beamopt.measurement import METRICS
from beamopt.sessions.disturbance import Actual
from beamopt.sessions.patterns import measured_in, striking
from beamopt.spec import Proposal

__all__ = ["evaluated", "robust_metrics"]


def evaluated(
    evaluator: Evaluator, proposal: Proposal, *, trial: int, replicates: int | None = None, stage: Stage = silent
) -> Evaluation:
    """Evaluate a setting as its study counts it: calm, and disturbed where the study optimises its robustness.

    Parameters
    ----------
    evaluator
        Of the study.
    proposal, trial, replicates, stage
        As `Evaluator.evaluate`.

    Raises
    ------
    InfeasibleError
        If the acquisition violates a constraint.
    EvaluationError
        If a reconstruction diverged.
    """
    calm = evaluator.evaluate(proposal, trial=trial, replicates=replicates, stage=stage)
    clock = Clock(stage)
    draws = range(replicates or evaluator.spec.budget.replicates)
    robust = robust_metrics(evaluator, proposal, calm.methods, trial=trial, replicates=draws, clock=clock, stage=stage)
    spent = {name: calm.seconds.get(name, 0.0) + seconds for name, seconds in clock.seconds.items()}
    return replace(calm, robust=robust, seconds={**calm.seconds, **spent}) if robust else calm


def robust_metrics(
    evaluator: Evaluator,
    proposal: Proposal,
    calm: Mapping[str, MethodResult],
    *,
    trial: int,
    replicates: range,
    clock: Clock,
    stage: Stage = silent,
) -> dict[str, float]:
    """What a study that optimises its robustness records beside, and in place of, the scores of the calm session.

    Parameters
    ----------
    evaluator
        Of a study that says ``robustness.optimise``.
    proposal
        The setting.
    calm
        Results of the calm session.
    trial, replicates, clock, stage
        As `measured_in`.

    Returns
    -------
    dict
        For every score of every judged method ``method.score_calm``, ``method.score_mean`` over the calm and all
        disturbed sessions, ``method.score_worst`` of them, and as ``method.score`` the one that is optimised.
    """
    robustness = evaluator.spec.robustness
    if robustness is None or robustness.optimise is None:
        return {}
    methods = evaluator.spec.judged_methods()
    judged = replace(proposal, settings={method: proposal.settings[method] for method in methods})
    start = Actual.calm(proposal.acquisition, evaluator.potential)
    sessions = [{method: calm[method].mean() for method in methods}]
    for one in striking(evaluator, proposal.acquisition):
        measured = measured_in(
            evaluator, one.strike(start), judged, trial=trial, replicates=replicates, clock=clock, stage=stage
        )
        sessions.append({method: measured.methods[method].mean() for method in methods})
    flat: dict[str, float] = {}
    for method in methods:
        for name in METRICS:
            flat |= _summary(
                metric_names.score(method, name), name, [means[method][name] for means in sessions], robustness.optimise
            )
    return flat


def _summary(key: str, metric: str, means: Sequence[float], optimise: Literal["mean", "worst"]) -> dict[str, float]:
    worst = max(means) if METRICS[metric].direction == "minimize" else min(means)
    told = {"mean": float(np.mean(means)), "worst": worst}
    kept = {"calm": means[0], **told}
    return {key: told[optimise]} | {metric_names.of_session(key, kind): value for kind, value in kept.items()}
