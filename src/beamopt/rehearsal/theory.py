"""Which acquisitions theory promises most of: the points that a search begins with."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt import pareto
from beamopt.acquisition import Acquisition
from beamopt.cache import Cache
from beamopt.evaluation import Evaluator
from beamopt.rehearsal.prediction import Prediction, possible
from beamopt.search import inside, sobol_points
from beamopt.spec import Objective, Searched, StudySpec

__all__ = ["CANDIDATES", "Prescan", "candidate_points", "fraction", "predicted_values", "prescan_of"]

_Real = NDArray[np.float64]

CANDIDATES = 4096
"""Acquisitions that the pre-scan looks at."""

_STREAM = 4  # keeps the scramble apart from that of the Sobol start
_NEAR = 0.8  # of the predicted front


@dataclass(frozen=True, kw_only=True)
class Prescan:
    """Acquisitions that can be carried out, and what theory expects of them.

    Parameters
    ----------
    spec
        The study.
    points
        Points of the search.
    values
        ``(n, objectives)`` in the study's order. Every score stands as predicted information, negative where the score
        falls when information rises; far from the front an upper bound of it.
    """

    spec: StudySpec
    points: Sequence[dict[str, float]]
    values: _Real

    def promising(self, count: int | None = None) -> tuple[dict[str, float], ...]:
        """Acquisitions evenly along the predicted front, then others near it, far from each other.

        The middle of the front comes first, and any first few are spread along it.

        Parameters
        ----------
        count
            At most so many; 2·(d + 1) over d searched parameters where left out.
        """
        count = 2 * (len(self.spec.searched()) + 1) if count is None else count
        front = pareto.front(self.values, [o.direction for o in self.spec.objectives])
        told = [i for i in front if self._promised[i]]
        if len(told) > count:
            told = [told[i] for i in np.linspace(0, len(told) - 1, count).round().astype(int)]
        half = len(told) // 2
        taken = [told[(k + half) % len(told)] for k in sorted(range(len(told)), key=_reversed_bits)]
        return tuple(self.points[i] for i in self._scattered(taken, count))

    def near(self, count: int) -> tuple[dict[str, float], ...]:
        """Acquisitions near the predicted front, as far from each other as can be."""
        return tuple(self.points[i] for i in self._scattered([], count))

    @property
    def _promised(self) -> NDArray[np.bool_]:
        """Rows of which theory expects anything at all."""
        return np.asarray((self.values[:, _scores(self.spec.objectives)] != 0).all(axis=1))

    def _scattered(self, taken: Sequence[int], count: int) -> list[int]:
        """Complete a choice by rows near the front, each the furthest from all before it in the unit cube."""
        near = np.flatnonzero(_near(self.values, self.values, self.spec.objectives) & self._promised)
        chosen = list(taken) or [int(i) for i in near[:1]]
        knobs = self.spec.searched()
        cube = np.array([[fraction(knob, point[name]) for name, knob in knobs.items()] for point in self.points])
        while len(near) and len(chosen) < count:
            apart = np.min([np.linalg.norm(cube[near] - cube[i], axis=1) for i in chosen], axis=0)
            if not apart.max() > 0:
                break
            chosen.append(int(near[int(np.argmax(apart))]))
        return chosen


def prescan_of(evaluator: Evaluator, cache: Cache | None = None, seed: int | None = None) -> Prescan:
    """Look at `CANDIDATES` acquisitions of a study through the linear limit.

    Parameters
    ----------
    evaluator
        Of the study.
    cache
        Where predictions are kept for the next time; none where left out.
    seed
        Of the Sobol set; the study's where left out.

    Returns
    -------
    Prescan
        Empty where no knob is searched or nothing can be carried out. Settings of the reconstruction stand in their
        middle.
    """
    spec = evaluator.spec
    seed = spec.seed if seed is None else seed
    points = list(filter(possible(evaluator), candidate_points(spec, seed)))
    acquisitions = [spec.propose(point).acquisition for point in points]
    about = {"predicted values": spec.fingerprint(), "acquisitions": CANDIDATES, "seed": seed}
    values = _kept(cache, about, lambda: predicted_values(Prediction(evaluator), acquisitions))
    return Prescan(spec=spec, points=points, values=values)


def predicted_values(theory: Prediction, acquisitions: Sequence[Acquisition]) -> _Real:
    """Objectives as theory sees them, ``(n, objectives)``; far from the front an upper bound of information is enough.

    Parameters
    ----------
    theory
        Of the study.
    acquisitions
        n that can be carried out.
    """
    objectives = theory.evaluator.spec.objectives
    values = np.array([_values(objectives, a) for a in acquisitions]).reshape(len(acquisitions), len(objectives))
    better = np.array([1.0 if o.direction == "maximize" else -1.0 for o in objectives])
    scores = np.array(_scores(objectives))

    def enter(rows: NDArray[np.intp], information: _Real) -> None:
        values[np.ix_(rows, scores)] = information[:, None] * better[scores]

    enter(np.arange(len(acquisitions)), theory.at_most(acquisitions))
    known = np.zeros(len(acquisitions), dtype=bool)
    while scores.any():
        # Those that may be on the front come first: what they really hold rules most of the others out.
        open_ = np.flatnonzero(_near(values, values[known], objectives) & ~known)
        front = np.intersect1d(open_, pareto.front(values, [o.direction for o in objectives]))
        rows = front if len(front) else open_
        if not len(rows):
            break
        enter(rows, theory.information([acquisitions[i] for i in rows]))
        known[rows] = True
    return values


def _kept(cache: Cache | None, about: Mapping[str, object], make: Callable[[], _Real]) -> _Real:
    return make() if cache is None else cache.fetch(about, lambda: {"information": make()})["information"]


def candidate_points(spec: StudySpec, seed: int) -> list[dict[str, float]]:
    """Sobol points over the searched knobs; everything else in its middle."""
    ranges = spec.searched()
    knobs = {name: knob for name, knob in ranges.items() if name in Acquisition.knobs()}
    if not knobs:
        return []
    middle = {name: inside(knob, 0.5) for name, knob in ranges.items()}
    return [middle | point for point in sobol_points([seed, _STREAM], knobs, CANDIDATES)]


def _values(objectives: Sequence[Objective], acquisition: Acquisition) -> list[float]:
    """Knobs as they are, scores still to be entered."""
    pairs = zip(_scores(objectives), objectives, strict=True)
    return [0.0 if score else float(getattr(acquisition, o.metric)) for score, o in pairs]


def _scores(objectives: Sequence[Objective]) -> list[bool]:
    return [bool(o.score) for o in objectives]


def _near(values: _Real, known: _Real, objectives: Sequence[Objective]) -> NDArray[np.bool_]:
    """Rows that no known one would beat if they held 1/`_NEAR` of the information they do."""
    signed, better = (
        rows * np.array([1.0 if o.direction == "maximize" else -1.0 for o in objectives]) for rows in (values, known)
    )
    lifted = np.where(_scores(objectives), signed / _NEAR, signed)
    beaten = np.zeros(len(values), dtype=bool)
    for row in better[pareto.front(known, [o.direction for o in objectives])]:
        beaten |= (row >= lifted).all(axis=1) & (row > lifted).any(axis=1)
    return ~beaten


def fraction(knob: Searched, value: float) -> float:
    """Where in a range a value stands, 0 to 1."""
    if knob.low == knob.high:
        return 0.5
    if knob.log:
        return math.log(value / knob.low) / math.log(knob.high / knob.low)
    return (value - knob.low) / (knob.high - knob.low)


def _reversed_bits(place: int) -> float:
    """Van der Corput's sequence: 0, then a half, then quarters."""
    return math.ldexp(int(f"{place:b}"[::-1], 2), -place.bit_length())
