"""Between Optuna's trials and beamopt's: what is written on one, and how it is read back."""

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import final

from optuna.trial import FrozenTrial, TrialState, create_trial

from beamopt.trial import State, Trial

__all__ = [
    "MARGINS",
    "ORIGIN",
    "Reader",
    "broken",
    "finite",
    "for_sampler",
    "interruptions",
    "to_trial",
    "veiled",
]

MARGINS = "margins"
"""Where margins are kept in their own units when the sampler was given them in one."""

ORIGIN = "origin"
"""Where the trial's parameters come from: ``theory``, ``sobol`` or a sampler's name."""

_STATES: dict[TrialState, State] = {
    TrialState.WAITING: "waiting",
    TrialState.RUNNING: "running",
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "infeasible",
    TrialState.FAIL: "failed",
}


def finite(metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics that are finite numbers, as plain floats.

    Examples
    --------
    >>> finite({"information": 1.5, "frc_resolution": float("inf")})
    {'information': 1.5}
    """
    return {name: float(value) for name, value in metrics.items() if _is_finite(value)}


def for_sampler(margins: Mapping[str, float]) -> Mapping[str, object]:
    """Margins as Optuna's samplers read them on a trial."""
    noted = create_trial(state=TrialState.RUNNING)
    for name, margin in margins.items():
        noted.set_constraint(name, float(margin))
    return noted.system_attrs


def broken(values: object, metrics: Sequence[str], *margins: Mapping[str, float]) -> str:
    """Say what is wrong with a trial's values or constraints, or an empty string.

    Examples
    --------
    >>> broken((100.0, float("nan")), ("dose_per_area", "information"))
    'information = nan is not a finite number'
    """
    if not isinstance(values, (tuple, list)) or len(values) != len(metrics):
        return f"{len(metrics)} values are needed ({', '.join(metrics)}), not {values!r:.60}"
    named = [*zip(metrics, values, strict=True), *((f"constraint {n}", v) for some in margins for n, v in some.items())]
    return next((f"{name} = {v!r:.60} is not a finite number" for name, v in named if not _is_finite(v)), "")


def interruptions(trial: FrozenTrial) -> int:
    """How often this trial was left behind by an owner that died."""
    return int(trial.user_attrs.get("interruptions", 0))


def veiled(history: list[FrozenTrial], behind: int) -> list[FrozenTrial]:
    """Trials with the last `behind` of them as if they were running: their parameters are known, their results not."""
    if behind <= 0:
        return history
    return [*history[:-behind], *map(_veil, history[-behind:])]


def _veil(trial: FrozenTrial) -> FrozenTrial:
    running = create_trial(state=TrialState.RUNNING, params=trial.params, distributions=trial.distributions)
    running.number = trial.number
    return running


def to_trial(frozen: FrozenTrial) -> Trial:
    """One trial free of Optuna; a finished one that violates a constraint is infeasible and never stands on a front."""
    state = _STATES[frozen.state]
    margins = dict(frozen.user_attrs.get(MARGINS, frozen.constraints))
    violated = {name: value for name, value in margins.items() if value > 0}
    reason = str(frozen.user_attrs.get("reason", "")) if state in ("infeasible", "failed") else ""
    if state == "finished" and violated:
        state, reason = "infeasible", ", ".join(f"{name} = {value:g} is above 0" for name, value in violated.items())
    return Trial(
        number=frozen.number,
        state=state,
        params={name: float(value) for name, value in frozen.params.items()},
        values=tuple(frozen.values) if state == "finished" else (),
        metrics=dict(frozen.user_attrs.get("metrics", {})),
        constraints=margins,
        reason=reason,
        origin=str(frozen.user_attrs.get(ORIGIN, "")),
    )


@final
class Reader:
    """`to_trial` that converts each trial once: Optuna hands out the same object until a trial changes."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[FrozenTrial, Trial]] = {}

    def __call__(self, frozen: FrozenTrial) -> Trial:
        """One trial free of Optuna."""
        known = self._known.get(frozen.number)
        if known is None or known[0] is not frozen:
            known = self._known[frozen.number] = frozen, to_trial(frozen)
        return known[1]


def _is_finite(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)
