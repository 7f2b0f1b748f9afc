"""One acquisition from Python or the shell, without a database: its evaluation, or what physics allows it."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from beamopt.acquisition import Acquisition
from beamopt.cache import Cache
from beamopt.errors import InputError
from beamopt.evaluation import Bounds, Evaluation, Evaluator, Stage
from beamopt.evaluation.clock import silent
from beamopt.instrument import fitted
from beamopt.nearest import did_you_mean
from beamopt.quantities import unit_of
from beamopt.rehearsal import forecast
from beamopt.sessions import evaluated
from beamopt.spec import Proposal, StudySpec, load_study

__all__ = ["allowed", "check", "evaluate", "proposal_of"]


def evaluate(
    study: StudySpec | str | Path,
    params: Mapping[str, object],
    *,
    trial: int = 0,
    replicates: int = 1,
    stage: Stage = silent,
) -> Evaluation:
    """Evaluate one acquisition in the setting of a study.

    Parameters
    ----------
    study
        A study, or its name or file.
    params
        A value for every searched parameter, in the units of `Acquisition`; others stay as the study fixes them.
    trial
        Number that decides the noise, with the study's seed.
    replicates
        Independent noise draws.
    stage
        Told what is being done.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        If a searched parameter has no value or an impossible one, or one is unknown.
    InfeasibleError
        If the acquisition cannot be carried out.
    """
    evaluator, proposal = _prepared(study, params, stage)
    return evaluated(evaluator, proposal, trial=trial, replicates=replicates, stage=stage)


def allowed(study: StudySpec | str | Path, params: Mapping[str, object], *, stage: Stage = silent) -> Bounds:
    """Quantum, full and linear limit of one acquisition in the setting of a study.

    The full limit comes from exit waves of the study's own engine, the others from the weak-object model.

    Parameters
    ----------
    study
        A study, or its name or file.
    params
        A value for every searched parameter, in the units of `Acquisition`; others stay as the study fixes them.
    stage
        Told what is being done.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        If a searched parameter has no value or one is unknown.
    InfeasibleError
        If the acquisition cannot be carried out.
    """
    evaluator, proposal = _prepared(study, params, stage)
    acquisition = proposal.acquisition
    evaluator.feasibility.require(acquisition)
    return evaluator.allowed(acquisition, stage)


def check(study: StudySpec | str | Path, *, stage: Stage = silent) -> dict[str, Any]:
    """What a study implies, as ``beamopt check`` prints it: cell, grid, memory, time, what nobody measured.

    Parameters
    ----------
    study
        A study, or its name or file.
    stage
        Told what is being done.

    Returns
    -------
    dict
        Plain values, units in the names.

    Raises
    ------
    InputError
        If the sample cannot be built.
    """
    spec = study if isinstance(study, StudySpec) else load_study(study)
    return forecast(Evaluator.prepare(spec, stage, cache=Cache()))


def proposal_of(spec: StudySpec, params: Mapping[str, object]) -> Proposal:
    """Turn what a user typed into a proposal.

    Parameters
    ----------
    spec
        The study.
    params
        As for `evaluate`.

    Raises
    ------
    InputError
        If a searched parameter has no value, one is unknown, or a value is not a number that can be set.
    """
    unknown = [name for name in params if name not in spec.searched()]
    if unknown:
        listed = f"choose from {', '.join(spec.searched())}"
        near = did_you_mean(unknown[0], spec.searched(), listed)
        raise InputError(f"{unknown[0]:.200}: not searched in {spec.name}; {near}")
    missing = [name for name in spec.searched() if name not in params]
    if missing:
        ways = ", ".join(f"--set {name}=NUMBER{_in_brackets(name)}" for name in missing)
        raise InputError(f"{', '.join(missing)} {'have' if missing[1:] else 'has'} no value; add {ways}")
    return _propose(spec, {name: _number(name, value) for name, value in params.items()})


def _prepared(study: StudySpec | str | Path, params: Mapping[str, object], stage: Stage) -> tuple[Evaluator, Proposal]:
    """Evaluator of a study that reaches one acquisition, and the acquisition with its settings."""
    spec = fitted(study if isinstance(study, StudySpec) else load_study(study))
    proposal = proposal_of(spec, params)
    return Evaluator.prepare(spec, stage, beyond=proposal.acquisition, cache=Cache()), proposal


def _in_brackets(name: str) -> str:
    unit = unit_of(Acquisition, name) if name in Acquisition.knobs() else ""
    return f" [{unit}]" if unit else ""


def _propose(spec: StudySpec, params: Mapping[str, float]) -> Proposal:
    """Proposal of a user, who may ask for what no search proposes."""
    try:
        return spec.propose(params)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        knob = ".".join(map(str, first["loc"]))
        unit = unit_of(Acquisition, knob) if knob in Acquisition.knobs() else ""
        value = f"{knob} = {first['input']:g} {unit}".rstrip()
        raise InputError(f"{value}: {first['msg'][0].lower()}{first['msg'][1:]}; change it") from None


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{name} = {value!r:.60}: not a number; give one number without its unit")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{name} = {number}: not a finite number; give one number without its unit")
    return number
