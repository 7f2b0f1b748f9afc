"""Noise where it decides: a trial that competes for the front is counted again, and what is told is the mean."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from beamopt import metric_names, pareto
from beamopt.evaluation import Evaluation, Evaluator, MethodResult, Stage
from beamopt.evaluation.clock import Clock
from beamopt.front import noise_of
from beamopt.spec import Proposal, StudySpec
from beamopt.trial import Trial

__all__ = ["competes", "relative_noise", "repeated", "rival"]

_WITHIN = 2.0  # standard errors


def relative_noise(trials: Sequence[Trial], spec: StudySpec) -> tuple[float, ...]:
    """Standard deviation of one replicate over its value, per objective, from every trial that had several.

    Root mean square; 0 where none had.
    """
    spreads = []
    for place, objective in enumerate(spec.objectives):
        shares = [
            noise_of(t, objective, spec) / abs(t.values[place])
            for t in trials
            if t.state == "finished" and t.values[place]
        ]
        known = [share for share in shares if math.isfinite(share)]
        spreads.append(math.sqrt(sum(share**2 for share in known) / len(known)) if known else 0.0)
    return tuple(spreads)


def competes(values: Sequence[float], trials: Sequence[Trial], spec: StudySpec) -> bool:
    """Whether values stand on the front of the finished trials, or would within two standard errors of their own.

    Parameters
    ----------
    values
        One per objective.
    trials
        The trials before.
    spec
        The study.
    """
    error = _WITHIN / math.sqrt(spec.budget.replicates)
    pairs = zip(values, relative_noise(trials, spec), spec.objectives, strict=True)
    hoped = [v + (1 if o.direction == "maximize" else -1) * error * noise * abs(v) for v, noise, o in pairs]
    rows = [t.values for t in trials if t.state == "finished"]
    standing = pareto.front(np.array([*rows, hoped], dtype=np.float64), [o.direction for o in spec.objectives])
    return len(rows) in standing


def rival(trial: Trial) -> Trial:
    """What `competes` wants to know of a trial, and nothing more: its values and their spread."""
    spreads = metric_names.spreads_in(trial.metrics)
    return Trial(number=trial.number, state=trial.state, params={}, values=trial.values, metrics=spreads)


def repeated(
    evaluator: Evaluator, evaluation: Evaluation, proposal: Proposal, *, trial: int, replicates: int, stage: Stage
) -> Evaluation:
    """Add noise draws to an evaluation, on the patterns that it simulated, of the methods that the objectives name.

    Parameters
    ----------
    evaluator
        Of the study.
    evaluation
        With fewer replicates.
    proposal
        What was evaluated.
    trial
        Its number; replicate `r` is the same draw whenever it is made.
    replicates
        In all.
    stage
        Told what is being done.

    Raises
    ------
    EvaluationError
        If a reconstruction diverged.
    """
    methods = evaluator.spec.judged_methods()
    judged = replace(proposal, settings={method: proposal.settings[method] for method in methods})
    done = len(evaluation.methods[methods[0]].scores)
    clock = Clock(stage)
    more = evaluator.imaging.run(
        evaluation.expected, judged, trial=trial, replicates=range(done, replicates), clock=clock
    )
    return replace(
        evaluation,
        methods={
            m: _joined(result, more.methods[m]) if m in more.methods else result
            for m, result in evaluation.methods.items()
        },
        seconds=dict(evaluation.seconds) | {n: evaluation.seconds.get(n, 0.0) + s for n, s in clock.seconds.items()},
    )


def _joined(first: MethodResult, more: MethodResult) -> MethodResult:
    return replace(first, scores=(*first.scores, *more.scores))
