"""How far a knob may drift from where the operator believes it before the score suffers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from beamopt.acquisition import Acquisition
from beamopt.evaluation.evaluator import Evaluator
from beamopt.quantities import unit_of
from beamopt.sessions.disturbance import Actual
from beamopt.sessions.patterns import wider_than

__all__ = ["DRIFTS", "LOSS", "Mean", "Tolerance", "sides", "tolerance"]

LOSS = 0.05
"""Share of the score that may be lost."""

_SHARE, _LEAST = 0.5, 100.0  # defocus is looked at this far off: share of its value, and at least so many Å
_WIDTH = 0.1  # of every other knob
_SHARES = (1.0, 0.8, 0.6, 0.4, 0.2, 0.1)  # of that way
_FIRST, _FINER, _TRIES = 1 / 4, 1 / 3, 4
_WIDE = 2.0  # standard errors


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
    low_range, high_range
        Where the true tolerance lies with 95 % confidence, nearest first, as the noise of the means leaves it open;
        None where it leaves nothing open, or nobody asked when it was stored.
    told
        For what it holds, where it does not hold for any session; empty otherwise.
    """

    low: float | None
    high: float | None
    unit: str
    low_is_beyond: bool = False
    high_is_beyond: bool = False
    low_range: tuple[float, float] | None = None
    high_range: tuple[float, float] | None = None
    told: str = ""


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean and its standard error, 0 where it is known."""

    value: float
    error: float = 0.0

    @classmethod
    def of(cls, draws: Sequence[float]) -> "Mean":
        """Mean of some noise draws."""
        error = float(np.std(draws, ddof=1)) / len(draws) ** 0.5 if len(draws) > 1 else 0.0
        return cls(value=float(np.mean(draws)), error=error)


def _knob(name: str) -> Callable[[Actual, float], Actual]:
    def drift(calm: Actual, off: float) -> Actual:
        setting = getattr(calm.acquisition, name)
        return replace(calm, acquisition=replace(calm.acquisition, **{name: setting + off}))

    return drift


def _step(calm: Actual, percent: float) -> Actual:
    return replace(calm, wander=replace(calm.wander, scale=1 + percent / 100))


_KNOWN = ("energy", "dose_per_area")  # to far better than they matter here

DRIFTS: Mapping[str, Callable[[Actual, float], Actual]] = {
    name: _step if name == "scan_sampling" else _knob(name) for name in Acquisition.knobs() if name not in _KNOWN
}
"""By knob, what really happens when it is off by so much in its unit; the step by so many per cent, a magnification."""


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
    step = 100 * _WIDTH
    focus = tuple(_in_window(evaluator, believed, way * wide) for way in (-1, 1))
    widths = {"defocus": (focus[0], focus[1]), "scan_sampling": (step, step)}
    for knob, most in evaluator.reach.items():
        width = _WIDTH * getattr(believed, knob)
        widths[knob] = (width, max(0.0, min(width, most - getattr(believed, knob))))
    for knob in DRIFTS:
        width = _WIDTH * abs(getattr(believed, knob))
        widths.setdefault(knob, (width, width))
    return {knob: widths[knob] for knob in DRIFTS}


def _in_window(evaluator: Evaluator, believed: Acquisition, off: float) -> float:
    """How much of a wrong defocus the simulated window holds [Å]."""
    for share in _SHARES:
        if not wider_than(evaluator.potential, replace(believed, defocus=believed.defocus + share * off)):
            return abs(share * off)
    return 0.0


def tolerance(
    score: Callable[[float], Mean],
    *,
    calm: Mean,
    direction: Literal["minimize", "maximize"],
    reach: tuple[float, float],
    knob: str,
    told: str = "",
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
        Its name, for the unit; the step is told in per cent, as a magnification is.
    told
        As of `Tolerance`.

    Examples
    --------
    >>> def score(off):
    ...     return Mean(value=1 - off**2)
    >>> width = tolerance(score, calm=score(0), direction="maximize", reach=(1.0, 0.1), knob="defocus")
    >>> round(width.low, 3), width.high, width.high_is_beyond
    (-0.224, 0.1, True)
    """
    sign = 1.0 if direction == "maximize" else -1.0

    def lost(off: float) -> Mean:
        if not calm.value:
            return Mean(value=0.0)
        mean = score(off)
        share = sign * (calm.value - mean.value) / abs(calm.value)
        return Mean(value=share, error=float(np.hypot(calm.error, mean.error)) / abs(calm.value))

    below, above = _side(lambda off: lost(-off), reach[0]), _side(lost, reach[1])
    return Tolerance(
        low=None if below.at is None else -below.at,
        high=above.at,
        unit="%" if knob == "scan_sampling" else unit_of(Acquisition, knob),
        low_is_beyond=below.beyond,
        high_is_beyond=above.beyond,
        low_range=None if below.open is None else (-below.open[0], -below.open[1]),
        high_range=above.open,
        told=told,
    )


class _Side(NamedTuple):
    """Deviation at which `LOSS` is reached, whether it was not reached, and between which the noise leaves it open."""

    at: float | None
    beyond: bool = False
    open: tuple[float, float] | None = None


def _side(lost: Callable[[float], Mean], reach: float) -> _Side:
    """Look to one side; a loss grows with its square at first."""
    if reach <= 0:
        return _Side(None)
    inner, outer = (0.0, Mean(value=0.0)), (_FIRST * reach, lost(_FIRST * reach))
    for _ in range(_TRIES):
        if outer[1].value < LOSS and outer[0] < reach:
            inner, further = outer, min(2 * outer[0], reach)
            outer = (further, lost(further))
        elif outer[1].value >= LOSS and inner[0] == 0:
            nearer = _FINER * outer[0]
            loss = lost(nearer)
            if loss.value >= LOSS:
                outer = (nearer, loss)
            else:
                inner = (nearer, loss)
        else:
            break
    if outer[1].value < LOSS:
        return _Side(outer[0], beyond=True)
    at = _crossing(inner, outer, 0.0)
    ends = _crossing(inner, outer, 1.0), _crossing(inner, outer, -1.0)
    return _Side(at, open=ends if ends[1] > ends[0] else None)


def _crossing(inner: tuple[float, Mean], outer: tuple[float, Mean], way: float) -> float:
    """Where the loss reaches `LOSS`, with both losses moved by their 95 % interval up or down.

    The parabola that both describe is followed beyond them where noise moves the crossing there.
    """
    near, far = (loss.value + way * _WIDE * loss.error for _, loss in (inner, outer))
    near = max(near, 0.0)
    slope = (far - near) / (outer[0] ** 2 - inner[0] ** 2)
    if slope <= 0:
        return outer[0] if way <= 0 else inner[0]
    return float(np.sqrt(max(inner[0] ** 2 + (LOSS - near) / slope, 0.0)))
