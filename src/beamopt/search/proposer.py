"""The next point of a study as a pure function of the seed and the trials before it."""

from collections.abc import Container, Mapping, Sequence
from typing import Literal

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from beamopt.search.samplers import sampler_of, with_generations
from beamopt.spec import Choice, Searched

__all__ = ["Direction", "distributions", "propose"]

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


def propose(
    history: Sequence[FrozenTrial],
    ranges: Mapping[str, Searched],
    directions: Sequence[Direction],
    seed: int,
    sampler: str = "tpe",
) -> dict[str, float]:
    """Draw one proposal; the same history and seed give the same bits in any process.

    Optuna thinks in a copy of the study, so that nothing half-proposed ever stands in the database. With several
    objectives TPE's parameters are drawn independently, with one objective jointly: Optuna's defaults. On a model of
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
    sampler
        See `sampler_of`.

    Returns
    -------
    dict
        A value for every name in `ranges`, ends included; of a choice one of its values.
    """
    informative = [trial for trial in history if trial.state in _INFORMATIVE]
    past = _Past(with_generations(informative) if sampler == "nsga2" else informative)
    past.create_new_study([_DIRECTIONS[direction] for direction in directions], "past")
    drawing = sampler_of(sampler, seed)
    study = optuna.load_study(study_name="past", storage=past, sampler=drawing, pruner=optuna.pruners.NopPruner())
    trial = optuna.trial.create_trial(state=TrialState.RUNNING)
    jointly = drawing.infer_relative_search_space(study, trial)
    params = drawing.sample_relative(study, trial, jointly)
    for name, interval in distributions(ranges).items():
        if name not in params:
            params[name] = drawing.sample_independent(study, trial, name, interval)
    return {name: float(params[name]) for name in ranges}


class _Past(optuna.storages.InMemoryStorage):
    """Trials that have happened: shared where Optuna would copy them, which after 500 trials cost more than TPE."""

    def __init__(self, history: Sequence[FrozenTrial]) -> None:
        super().__init__()
        self._history = history

    def get_all_trials(
        self,
        study_id: int,  # noqa: ARG002
        deepcopy: bool = True,  # noqa: ARG002, FBT001, FBT002
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        return [trial for trial in self._history if states is None or trial.state in states]

    def set_trial_system_attr(self, trial_id: int, key: str, value: object) -> None:
        """Store nothing: Optuna keeps a proposal here for other processes, which read it from the database instead."""
