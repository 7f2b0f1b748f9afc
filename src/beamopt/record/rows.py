"""What is written about one trial: names, numbers and tags, as values."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Literal

from mlflow.entities import Metric, Param

from beamopt.record.colours import colour_of
from beamopt.spec import StudySpec
from beamopt.trial import State, Trial

__all__ = ["LOG", "PARENT", "STATUS", "decades", "digest", "metrics", "params", "tags"]

PARENT = "mlflow.parentRunId"

LOG = "log10."
"""Before the name of a parameter that is searched over decades: the axes of MLflow's scatter plots are linear."""

STATUS: Mapping[State, Literal["FINISHED", "KILLED", "FAILED"]] = {
    "finished": "FINISHED",
    "infeasible": "KILLED",
    "failed": "FAILED",
}
"""MLflow's word for each state that is final; a trial in any other state is not recorded yet."""

_COLOUR = "mlflow.runColor"  # how the page keeps a colour that somebody picked
_LONGEST = 5000  # characters of a tag, below MLflow's 8000


def digest(trial: Trial) -> str:
    """Fingerprint of everything a trial says, by which a record is known to be up to date."""
    content = asdict(trial)
    if not trial.origin:  # as trials were recorded before it was noted
        del content["origin"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def tags(spec: StudySpec, trial: Trial, parent: str) -> dict[str, str]:
    """Tags of a trial's run."""
    feasible = trial.state != "infeasible" and all(margin <= 0 for margin in trial.constraints.values())
    run_tags = {
        PARENT: parent,
        "beamopt.study": spec.name,
        "beamopt.role": "trial",
        "beamopt.trial": str(trial.number),
        "beamopt.state": trial.state,
        "beamopt.feasible": str(feasible).lower(),
        "beamopt.digest": digest(trial),
    }
    run_tags |= {"beamopt.origin": trial.origin} if trial.origin else {}
    run_tags |= {_COLOUR: colour} if (colour := colour_of(spec, trial)) else {}
    return run_tags | ({"beamopt.reason": trial.reason[:_LONGEST]} if trial.reason else {})


def decades(spec: StudySpec) -> list[str]:
    """Parameters that are searched in the logarithm over more than a decade and a half."""
    return [name for name, knob in spec.searched().items() if knob.log and knob.high > 30 * knob.low]


def params(trial: Trial) -> list[Param]:
    """Searched parameters, for parallel coordinates."""
    return [Param(name, f"{value:.8g}") for name, value in trial.params.items()]


def metrics(spec: StudySpec, trial: Trial, timestamp: int) -> list[Metric]:
    """Everything that is a finite number, searched parameters included, for the axes of scatter plots.

    One infinite number would ruin every axis; MLflow stores it as 1.8e308.
    """
    objectives = {o.metric: value for o, value in zip(spec.objectives, trial.values, strict=False)}
    margins = {f"constraint.{name}": value for name, value in trial.constraints.items()}
    logs = {f"{LOG}{name}": math.log10(v) for name in decades(spec) if (v := trial.params.get(name, 0.0)) > 0}
    known = {**trial.params, **logs, **margins, **trial.metrics, **objectives}
    return [Metric(name, float(value), timestamp, 0) for name, value in known.items() if math.isfinite(value)]
