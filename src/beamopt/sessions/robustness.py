"""What is left of a score in a real session: calm, disturbed, expected, worst, and how far each knob may drift."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from beamopt.acquisition import Acquisition
from beamopt.errors import EvaluationError, InfeasibleError
from beamopt.evaluation.clock import Clock, Stage, silent
from beamopt.evaluation.evaluator import Evaluator
from beamopt.measurement import METRICS
from beamopt.sessions.disturbance import Actual, disturbances
from beamopt.sessions.patterns import behind, expected_in, striking
from beamopt.sessions.tolerance import DRIFTS, Mean, Tolerance, sides, tolerance
from beamopt.spec import Proposal, RobustnessSpec

__all__ = ["Disturbed", "Robustness", "Score", "Worst", "robustness"]

_CONFIG = ConfigDict(extra="forbid")
_SURE = 0.01  # of a mean: its standard error
_MOST = 8
_Finite = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Score:
    """Mean and sample standard deviation of a score; 0 for one draw.

    Parameters
    ----------
    draws
        Noise draws behind the mean; 0 where it was stored before they were counted.
    """

    mean: _Finite
    std: _Finite
    draws: int = 0


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Disturbed(Score):
    """A score in one disturbed session.

    Parameters
    ----------
    name
        The disturbance.
    means
        What it means for this setting.
    source
        Who says how large it is.
    """

    name: str
    told: str
    source: str


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Worst:
    """The session with the worst mean score."""

    name: str
    mean: _Finite


@final
@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Robustness:
    """What a session leaves of one trial's score.

    Parameters
    ----------
    trial
        Its number.
    replicates
        Least noise draws behind each mean, none of which the search has seen.
    metric, method
        The score.
    calm
        The session that the operator believes in.
    disturbed
        Every disturbance on its own.
    left_out
        Disturbances that make no difference to this specimen or cannot be computed, and why.
    expected
        Mean over the calm and all disturbed sessions, each as likely as the others; its spread is that of all draws.
    worst
        The session with the worst mean.
    tolerances
        By knob, how far it may drift before the mean score is 5 % worse.
    """

    trial: int
    replicates: int
    metric: str
    method: str
    calm: Score
    disturbed: tuple[Disturbed, ...]
    left_out: tuple[str, ...] = ()
    expected: Score
    worst: Worst
    tolerances: Mapping[str, Tolerance] = Field(default_factory=dict)


def robustness(
    evaluator: Evaluator,
    proposal: Proposal,
    *,
    trial: int,
    replicates: int = 4,
    most: int = _MOST,
    stage: Stage = silent,
) -> Robustness:
    """Re-evaluate one setting with fresh noise, calm and disturbed, and find how far its knobs may drift.

    Parameters
    ----------
    evaluator
        Of the study.
    proposal
        The setting.
    trial
        Its number; with the study's seed it decides every random draw.
    replicates
        Least noise draws for each session, numbered after those of the study.
    most
        Most of them: more are drawn until the standard error of the mean is below 1 % of it, or so many are.
    stage
        Told what is being done.

    Returns
    -------
    Robustness

    Raises
    ------
    InfeasibleError
        If the setting itself violates a constraint.
    EvaluationError
        If a reconstruction diverged, or a score is not a finite number.
    """
    spec = evaluator.spec
    method, metric = spec.judged()
    believed = Proposal(acquisition=proposal.acquisition, settings={method: proposal.settings[method]})
    evaluator.feasibility.require(believed.acquisition)
    calm = Actual.calm(believed.acquisition, evaluator.potential)
    first = max(spec.budget.replicates, spec.budget.contenders or 0)
    asked = disturbances(spec.robustness or RobustnessSpec())
    struck = list(striking(evaluator, believed.acquisition))
    impossible: list[str] = []
    knobs = sides(evaluator, believed.acquisition)
    steps = 1 + len(struck) + len(knobs)
    done = 0

    def judge(actual: Actual) -> list[float]:
        """Scores of one session, drawn until their mean is known to `_SURE` of itself."""
        scores: list[float] = []
        expected = expected_in(evaluator, actual, believed.acquisition, trial=trial, stage=stage)
        measurement = behind(evaluator, actual)
        while not scores or (len(scores) < most and not _known(scores)):
            block = range(first + len(scores), first + min(max(len(scores) + replicates, 2), max(most, replicates)))
            measured = measurement.run(expected, believed, trial=trial, replicates=block, clock=Clock(silent))
            scores += [one.metrics[metric] for one in measured.methods[method].scores]
            if not np.all(np.isfinite(scores)):
                raise EvaluationError(f"{method}.{metric} is not a finite number at every draw; judge another score")
        return scores

    def drifted(knob: str) -> Callable[[float], Mean]:
        return lambda off: Mean.of(judge(DRIFTS[knob](calm, off)))

    def tell(name: str) -> None:
        nonlocal done
        stage(name, done / steps)
        done += 1

    tell("calm session")
    scores = {"calm": judge(calm)}
    for one in tuple(struck):
        tell(one.name)
        try:
            scores[one.name] = judge(one.strike(calm))
        except InfeasibleError as error:
            struck.remove(one)
            impossible.append(f"{one.name} ({error})")
    tolerances = {}
    for knob, reach in knobs.items():
        tell(f"tolerance of {knob}")
        tolerances[knob] = tolerance(
            drifted(knob),
            calm=Mean.of(scores["calm"]),
            direction=METRICS[metric].direction,
            reach=reach,
            knob=knob,
            told=_of_the_field(evaluator, believed.acquisition) if knob == "scan_sampling" else "",
        )
    means = {name: float(np.mean(draws)) for name, draws in scores.items()}
    worst = (max if METRICS[metric].direction == "minimize" else min)(means, key=lambda name: means[name])
    return Robustness(
        trial=trial,
        replicates=replicates,
        metric=metric,
        method=method,
        calm=_score(scores["calm"]),
        disturbed=tuple(
            Disturbed(
                name=one.name,
                told=one.told(calm),
                source=one.source,
                mean=means[one.name],
                std=_score(scores[one.name]).std,
                draws=len(scores[one.name]),
            )
            for one in struck
        ),
        left_out=(*(f"{one.name} (makes no difference here)" for one in asked if not one.strikes(calm)), *impossible),
        expected=_over_sessions(list(scores.values())),
        worst=Worst(name=worst, mean=means[worst]),
        tolerances=tolerances,
    )


def _known(scores: Sequence[float]) -> bool:
    """Whether the standard error of a mean is below `_SURE` of it."""
    if len(scores) < 2:
        return False
    error = float(np.std(scores, ddof=1)) / math.sqrt(len(scores))
    return error <= _SURE * abs(float(np.mean(scores)))


def _of_the_field(evaluator: Evaluator, believed: Acquisition) -> str:
    """For which field the tolerance of the step holds: a wrong magnification adds up over the scan."""
    side = min(axis.count * axis.repeats * axis.step for axis in evaluator.feasibility.scan(believed.scan_sampling))
    return f"a magnification error, adding up over the simulated field of {side:.3g} Å; a larger field bears less"


def _over_sessions(sessions: Sequence[Sequence[float]]) -> Score:
    """Mean and spread of a draw from any session, each as likely as the others however often it was drawn."""
    means = [float(np.mean(draws)) for draws in sessions]
    within = [float(np.var(draws, ddof=1)) if len(draws) > 1 else 0.0 for draws in sessions]
    std = math.sqrt(float(np.mean(within)) + float(np.var(means)))
    return Score(mean=float(np.mean(means)), std=std, draws=sum(map(len, sessions)))


def _score(draws: Sequence[float]) -> Score:
    std = float(np.std(draws, ddof=1)) if len(draws) > 1 else 0.0
    return Score(mean=float(np.mean(draws)), std=std, draws=len(draws))
