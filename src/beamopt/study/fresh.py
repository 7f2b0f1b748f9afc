"""Noise that the search never saw: a setting drawn again, so that what is promised is not what luck had recorded."""

import math
from dataclasses import replace

from beamopt import metric_names
from beamopt.errors import EvaluationError, InfeasibleError
from beamopt.evaluation import Evaluator
from beamopt.evaluation.clock import Clock, Stage
from beamopt.fleet import Answer, Task
from beamopt.measurement import METRICS
from beamopt.sessions import Actual, measured_in, robust_metrics
from beamopt.spec import Proposal

__all__ = ["drawn_again"]


def drawn_again(evaluator: Evaluator, task: Task, stage: Stage) -> Answer:
    """Draw a trial's noise again, for the methods that the objectives judge.

    The expectation is simulated once and shared by all draws. In a study that scores its robustness each draw is a
    whole score: as many replicates as the study's, over all of its sessions.

    Parameters
    ----------
    evaluator
        Of the study.
    task
        With the replicates that are wanted.
    stage
        Told what is being done.

    Returns
    -------
    Answer
        Draws as metrics, for `redraws.read_draws`; failed with the reason where a reconstruction gave nothing.
    """
    spec = evaluator.spec
    proposal = spec.propose(task.params)
    methods = spec.judged_methods()
    judged = replace(proposal, settings={method: proposal.settings[method] for method in methods})
    optimises = spec.robustness is not None and spec.robustness.optimise is not None
    try:
        draws = (_sessions if optimises else _calm)(evaluator, judged, task, Clock(stage))
    except (InfeasibleError, EvaluationError, ArithmeticError, MemoryError) as error:
        return Answer(number=task.number, state="failed", reason=f"{type(error).__name__}: {error}")
    kept = {f"{score}#{replicate}": value for (score, replicate), value in draws.items() if math.isfinite(value)}
    return Answer(number=task.number, state="finished", metrics=kept)


def _calm(evaluator: Evaluator, judged: Proposal, task: Task, clock: Clock) -> dict[tuple[str, int], float]:
    """Scores of the session that the operator believes in."""
    calm = Actual.calm(judged.acquisition, evaluator.potential)
    block = range(task.draws[0], task.draws[-1] + 1)
    seen = measured_in(evaluator, calm, judged, trial=task.number, replicates=block, clock=clock)
    return {
        (metric_names.score(method, name), replicate): value
        for method, result in seen.methods.items()
        for replicate, one in zip(block, result.scores, strict=True)
        for name, value in one.metrics.items()
    }


def _sessions(evaluator: Evaluator, judged: Proposal, task: Task, clock: Clock) -> dict[tuple[str, int], float]:
    """Scores over all sessions of a study that optimises its robustness, each from as many replicates as a trial's."""
    calm, each, number = (
        Actual.calm(judged.acquisition, evaluator.potential),
        evaluator.spec.budget.replicates,
        task.number,
    )
    draws: dict[tuple[str, int], float] = {}
    for one in task.draws:
        block = range(each * one, each * (one + 1))
        seen = measured_in(evaluator, calm, judged, trial=number, replicates=block, clock=clock)
        scores = robust_metrics(evaluator, judged, seen.methods, trial=number, replicates=block, clock=clock)
        names = [metric_names.score(method, name) for method in judged.settings for name in METRICS]
        draws |= {(name, one): scores[name] for name in names}
    return draws
