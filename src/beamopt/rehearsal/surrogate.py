"""What a table of evaluations says between its points: a smooth answer to every proposal, and how wrong it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from beamopt.errors import InputError
from beamopt.rehearsal.table import Row
from beamopt.rehearsal.theory import fraction
from beamopt.spec import StudySpec

__all__ = ["Surrogate", "fit"]

_Real = NDArray[np.float64]
_Score = Callable[[_Real], _Real]

_SMOOTHINGS = (1e-3, 1e-2, 3e-2, 0.1, 0.3)
_FOLDS = 10


@dataclass(frozen=True, kw_only=True)
class Surrogate:
    """Scores anywhere in the ranges, from thin-plate splines through the square roots of what was measured.

    Parameters
    ----------
    spec
        The study.
    scores
        Per score objective, from fractions of the ranges ``(n, d)`` to ``(n,)``.
    explained
        Per score objective, the share of its variance that a tenfold cross-validation predicts, at most 1.
    error
        Per score objective, the root-mean-square error of the same, in its unit.
    """

    spec: StudySpec
    scores: Mapping[str, _Score]
    explained: Mapping[str, float]
    error: Mapping[str, float]

    def values(self, params: Mapping[str, float]) -> list[float]:
        """Objectives at a point, knobs as they are."""
        place = _places(self.spec, [params])
        acquisition = self.spec.propose(params).acquisition
        return [
            float(self.scores[o.metric](place)[0]) if o.metric in self.scores else float(getattr(acquisition, o.metric))
            for o in self.spec.objectives
        ]


def fit(rows: Sequence[Row], spec: StudySpec) -> Surrogate:
    """Fit every score objective; what is answered never leaves the range of what was measured.

    Parameters
    ----------
    rows
        Of a table; rows without scores are left out.
    spec
        The study.

    Raises
    ------
    InputError
        If there are too few rows.
    """
    whole = [row for row in rows if row.scores]
    least = 4 * (len(spec.searched()) + 1)
    if len(whole) < least:
        raise InputError(
            f"{spec.name}: {len(whole)} evaluations are too few to answer for others; make {least} or more"
        )
    places = _places(spec, [row.params for row in whole])
    scores: dict[str, _Score] = {}
    explained, error = {}, {}
    for objective in spec.scored():
        measured = np.array([row.scores[objective.metric] for row in whole])
        smoothing, missed = min(
            ((s, _missed(places, measured, s)) for s in _SMOOTHINGS),
            key=lambda candidate: float(np.mean(candidate[1] ** 2)),
        )
        scores[objective.metric] = _spline(places, measured, smoothing)
        error[objective.metric] = float(np.sqrt(np.mean(missed**2)))
        explained[objective.metric] = float(1 - np.mean(missed**2) / max(measured.var(), 1e-300))
    return Surrogate(spec=spec, scores=scores, explained=explained, error=error)


def _places(spec: StudySpec, points: Sequence[Mapping[str, float]]) -> _Real:
    return np.array([[fraction(knob, point[name]) for name, knob in spec.searched().items()] for point in points])


def _spline(places: _Real, measured: _Real, smoothing: float) -> _Score:
    """Square roots, because the errors of a small score are small; of a score that may be negative, itself."""
    low, high = float(measured.min()), float(measured.max())
    spline = RBFInterpolator(places, np.sqrt(measured - low), kernel="thin_plate_spline", smoothing=smoothing)
    return lambda wanted: np.asarray(np.clip(np.maximum(spline(wanted), 0) ** 2 + low, low, high))


def _missed(places: _Real, measured: _Real, smoothing: float) -> _Real:
    """What each row's score is mispredicted by from the rows outside its tenth."""
    tenth = np.arange(len(measured)) % _FOLDS
    missed = np.empty(len(measured))
    for fold in range(_FOLDS):
        out = tenth == fold
        missed[out] = _spline(places[~out], measured[~out], smoothing)(places[out]) - measured[out]
    return missed
