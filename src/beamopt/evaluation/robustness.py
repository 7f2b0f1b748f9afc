"""What is left of a score in a real session: calm, disturbed, expected, worst, and how far each knob may drift."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from beamopt.errors import EvaluationError, InfeasibleError
from beamopt.evaluation.clock import Clock, Stage, silent
from beamopt.evaluation.disturbance import Actual, disturbances
from beamopt.evaluation.evaluator import Evaluator
from beamopt.evaluation.sessions import measured_in, striking
from beamopt.evaluation.tolerance import DRIFTS, Tolerance, sides, tolerance
from beamopt.measurement import METRICS
from beamopt.spec import Proposal, RobustnessSpec, StudySpec

__all__ = ["Disturbed", "Robustness", "Score", "Worst", "robustness", "score_of"]

_CONFIG = ConfigDict(extra="forbid")
_Finite = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class Score:
    """Mean and sample standard deviation of a score; 0 for one draw."""

    mean: _Finite
    std: _Finite


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
        Noise draws behind each mean, none of which the search has seen.
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


def score_of(spec: StudySpec) -> tuple[str, str]:
    """Method and metric that robustness is judged by: the first objective that is a score, else information."""
    for objective in spec.objectives:
        method, _, metric = objective.metric.rpartition(".")
        if metric in METRICS:
            return method or spec.methods[0], metric
    return spec.methods[0], "information"


def robustness(
    evaluator: Evaluator,
    proposal: Proposal,
    *,
    trial: int,
    replicates: int = 4,
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
        Noise draws for each session, numbered after those of the study.
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
    method, metric = score_of(spec)
    believed = Proposal(acquisition=proposal.acquisition, settings={method: proposal.settings[method]})
    evaluator.feasibility.require(believed.acquisition)
    calm = Actual.calm(believed.acquisition, evaluator.potential)
    first = spec.budget.replicates
    asked = disturbances(spec.robustness or RobustnessSpec())
    struck = list(striking(evaluator, believed.acquisition))
    impossible: list[str] = []
    knobs = sides(evaluator, believed.acquisition)
    steps = 1 + len(struck) + len(knobs)
    done = 0

    def judge(actual: Actual) -> list[float]:
        found = measured_in(
            evaluator,
            actual,
            believed,
            trial=trial,
            replicates=range(first, first + replicates),
            clock=Clock(silent),
            stage=stage,
        )
        scores = [one.metrics[metric] for one in found.methods[method].scores]
        if not np.all(np.isfinite(scores)):
            raise EvaluationError(f"{method}.{metric} is not a finite number at every draw; judge another score")
        return scores

    def drifted(knob: str) -> Callable[[float], float]:
        return lambda off: float(np.mean(judge(DRIFTS[knob](calm, off))))

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
            calm=float(np.mean(scores["calm"])),
            direction=METRICS[metric].direction,
            reach=reach,
            knob=knob,
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
            )
            for one in struck
        ),
        left_out=(*(f"{one.name} (makes no difference here)" for one in asked if not one.strikes(calm)), *impossible),
        expected=_score([draw for draws in scores.values() for draw in draws]),
        worst=Worst(name=worst, mean=means[worst]),
        tolerances=tolerances,
    )


def _score(draws: Sequence[float]) -> Score:
    return Score(mean=float(np.mean(draws)), std=float(np.std(draws, ddof=1)) if len(draws) > 1 else 0.0)
