"""How far a knob may drift from where the operator believes it before the score suffers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from beamopt.acquisition import Acquisition
from beamopt.evaluation.disturbance import Actual
from beamopt.evaluation.evaluator import Evaluator
from beamopt.evaluation.sessions import wider_than
from beamopt.quantities import unit_of

__all__ = ["DRIFTS", "LOSS", "Tolerance", "sides", "tolerance"]

LOSS = 0.05
"""Share of the score that may be lost."""

_SHARE, _LEAST = 0.5, 100.0  # defocus is looked at this far off: share of its value, and at least so many Å
_WIDTH = 0.1  # of every other knob
_SHARES = (1.0, 0.8, 0.6, 0.4, 0.2, 0.1)  # of that way
_FIRST, _FINER, _TRIES = 1 / 4, 1 / 3, 4


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Tolerance:
    """How far one knob may be off, as differences from where the operator believes it.

    Parameters
    ----------
    low, high
        To either side; None where that side could not be looked at.
    unit
        Unit of both.
    low_is_beyond, high_is_beyond
        Whether the score still held where the search ended, so that the true tolerance is larger.
    """

    low: float | None
    high: float | None
    unit: str
    low_is_beyond: bool = False
    high_is_beyond: bool = False


def _knob(name: str) -> Callable[[Actual, float], Actual]:
    def drift(calm: Actual, off: float) -> Actual:
        setting = getattr(calm.acquisition, name)
        return replace(calm, acquisition=replace(calm.acquisition, **{name: setting + off}))

    return drift


def _step(calm: Actual, off: float) -> Actual:
    scale = 1 + off / calm.acquisition.scan_sampling
    return replace(calm, wander=replace(calm.wander, scale=scale))


DRIFTS: Mapping[str, Callable[[Actual, float], Actual]] = {
    "defocus": _knob("defocus"),
    "semiangle_cutoff": _knob("semiangle_cutoff"),
    "detector_outer": _knob("detector_outer"),
    "scan_sampling": _step,
}
"""By knob, what really happens when it is off by so much in its unit."""


def sides(evaluator: Evaluator, believed: Acquisition) -> dict[str, tuple[float, float]]:
    """How far each knob is looked at to either side, in its unit: what the evaluator's engine reaches, at most.

    Parameters
    ----------
    evaluator
        Of the study.
    believed
        The setting.
    """
    wide = max(_SHARE * abs(believed.defocus), _LEAST)
    step = _WIDTH * believed.scan_sampling
    focus = tuple(_in_window(evaluator, believed, way * wide) for way in (-1, 1))
    found = {"defocus": (focus[0], focus[1]), "scan_sampling": (step, step)}
    for knob, most in evaluator.reach.items():
        width = _WIDTH * getattr(believed, knob)
        found[knob] = (width, max(0.0, min(width, most - getattr(believed, knob))))
    return {knob: found[knob] for knob in DRIFTS}


def _in_window(evaluator: Evaluator, believed: Acquisition, off: float) -> float:
    """How much of a wrong defocus the simulated window holds [Å]."""
    for share in _SHARES:
        if not wider_than(evaluator.potential, replace(believed, defocus=believed.defocus + share * off)):
            return abs(share * off)
    return 0.0


def tolerance(
    score: Callable[[float], float],
    *,
    calm: float,
    direction: Literal["minimize", "maximize"],
    reach: tuple[float, float],
    knob: str,
) -> Tolerance:
    """Where the score has lost `LOSS`, found in a few evaluations to either side.

    Parameters
    ----------
    score
        Mean score with the knob off by so much.
    calm
        Mean score without.
    direction
        Which way is better.
    reach
        How far to look below and above.
    knob
        Its name, for the unit.

    Examples
    --------
    >>> found = tolerance(lambda off: 1 - off**2, calm=1.0, direction="maximize", reach=(1.0, 0.1), knob="defocus")
    >>> round(found.low, 3), found.high, found.high_is_beyond
    (-0.224, 0.1, True)
    """
    sign = 1.0 if direction == "maximize" else -1.0

    def lost(off: float) -> float:
        return sign * (calm - score(off)) / abs(calm) if calm else 0.0

    low, low_beyond = _side(lambda off: lost(-off), reach[0])
    high, high_beyond = _side(lost, reach[1])
    return Tolerance(
        low=None if low is None else -low,
        high=high,
        unit=unit_of(Acquisition, knob),
        low_is_beyond=low_beyond,
        high_is_beyond=high_beyond,
    )


def _side(lost: Callable[[float], float], reach: float) -> tuple[float | None, bool]:
    """Deviation at which `LOSS` is reached, and whether it was not reached; a loss grows with its square at first."""
    if reach <= 0:
        return None, False
    inner, outer = (0.0, 0.0), (_FIRST * reach, lost(_FIRST * reach))
    for _ in range(_TRIES):
        if outer[1] < LOSS and outer[0] < reach:
            inner, further = outer, min(2 * outer[0], reach)
            outer = (further, lost(further))
        elif outer[1] >= LOSS and inner[0] == 0:
            nearer = _FINER * outer[0]
            loss = lost(nearer)
            if loss >= LOSS:
                outer = (nearer, loss)
            else:
                inner = (nearer, loss)
        else:
            break
    if outer[1] < LOSS:
        return outer[0], True
    share = (LOSS - max(inner[1], 0.0)) / (outer[1] - max(inner[1], 0.0))
    return float(np.sqrt(inner[0] ** 2 + share * (outer[0] ** 2 - inner[0] ** 2))), False
