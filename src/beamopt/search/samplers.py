"""Optuna's samplers by the names of the study file, each a pure function of seed and past."""

import importlib.util

import numpy as np
import optuna
from optuna.samplers import BaseSampler
from optuna.trial import FrozenTrial, TrialState

from beamopt.errors import InputError

__all__ = ["POPULATION", "require", "sampler_of", "with_generations"]

POPULATION = 16
"""Individuals of NSGA-II; Optuna's 50 would not see a second generation within the usual 48 trials."""

_GENERATION = "NSGAIISampler:generation"


def require(name: str) -> None:
    """Refuse a sampler whose libraries are missing.

    Raises
    ------
    InputError
        With the command that installs them.
    """
    if name == "gp" and importlib.util.find_spec("torch") is None:
        raise InputError("sampler.name = 'gp': needs torch; install it by pip install 'beamopt[gp]', or use tpe")


def sampler_of(name: str, seed: int) -> BaseSampler:
    """Sampler of one proposal.

    Parameters
    ----------
    name
        ``tpe``, ``gp``, ``nsga2`` or ``random``.
    seed
        32-bit seed.
    """
    match name:
        case "gp":
            return optuna.samplers.GPSampler(n_startup_trials=1, deterministic_objective=False, seed=seed)
        case "nsga2":
            return optuna.samplers.NSGAIISampler(population_size=POPULATION, seed=seed)
        case "random":
            return optuna.samplers.RandomSampler(seed=seed)
        case _:
            return optuna.samplers.TPESampler(n_startup_trials=1, constant_liar=True, seed=seed)


def with_generations(history: list[FrozenTrial]) -> list[FrozenTrial]:
    """Trials with the generation that NSGA-II would have noted on each: every `POPULATION` finished ones are one.

    Optuna notes it in the database when it asks; here it follows from the order of the trials, so that a study may
    change to NSGA-II on the way and goes on alike after a kill.
    """
    finished = np.cumsum([trial.state == TrialState.COMPLETE for trial in history])
    return [
        _noted(trial, place, (int(count) - 1) // POPULATION)
        for place, (trial, count) in enumerate(zip(history, finished, strict=True))
    ]


def _noted(trial: FrozenTrial, place: int, generation: int) -> FrozenTrial:
    noted = {_GENERATION: generation} if trial.state == TrialState.COMPLETE else {}
    return FrozenTrial(
        number=trial.number,
        state=trial.state,
        value=None,
        values=trial.values,
        datetime_start=trial.datetime_start,
        datetime_complete=trial.datetime_complete,
        params=trial.params,
        distributions=trial.distributions,
        user_attrs={},
        system_attrs=trial.system_attrs | noted,
        intermediate_values={},
        trial_id=place,
    )
