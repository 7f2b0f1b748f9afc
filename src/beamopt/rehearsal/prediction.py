"""What the linear limit promises an acquisition, for the method that a study's score is taken from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.evaluation import Evaluator
from beamopt.limit import prescan, unconfused
from beamopt.spec import MethodSettings

__all__ = ["Prediction", "possible"]

_Real = NDArray[np.float64]

_OVERLAP = 0.6  # linear, of neighbouring probes (Bunk et al., Ultramicroscopy 108, 481 (2008))


def possible(evaluator: Evaluator) -> Callable[[Mapping[str, float]], bool]:
    """Whether a point of the search can be carried out, by the closed-form constraints of the study."""

    def holds(params: Mapping[str, float]) -> bool:
        acquisition = evaluator.spec.propose(params).acquisition
        return all(margin <= 0 for margin in evaluator.feasibility.margins(acquisition).values())

    return holds


@dataclass(frozen=True)
class Prediction:
    """Information that the linear limit promises within the band that the method's image holds.

    Nothing is promised to an iterative method where neighbouring probes overlap by less than 0.6: the limit knows the
    specimen's spectrum, which the method does not. A guide, not a bound: thick and heavy specimens are no weak objects.

    Parameters
    ----------
    evaluator
        Of the study.
    """

    evaluator: Evaluator

    def information(self, acquisitions: Sequence[Acquisition]) -> _Real:
        """``(n,)`` [bits/Å²] of n acquisitions that can be carried out, five figures."""
        return self._by(prescan, acquisitions)

    def at_most(self, acquisitions: Sequence[Acquisition]) -> _Real:
        """Upper bounds of `information`, at a tenth of the time: as if no step were too coarse."""
        return self._by(unconfused, acquisitions)

    def _by(self, limit: Callable[..., _Real], acquisitions: Sequence[Acquisition]) -> _Real:
        weak, iterative = self.evaluator.weak, self._method.iterative
        blind = np.array([iterative and a.linear_overlap < _OVERLAP for a in acquisitions], dtype=bool)
        seeing = [a for a, without in zip(acquisitions, blind, strict=True) if not without]
        values = np.zeros(len(acquisitions))
        promised = limit(seeing, weak.spectrum, [weak.conditions(a) for a in seeing], fading=self._left)
        # The last bits depend on the processor; what is proposed must not.
        values[~blind] = [float(f"{bits:.5g}") for bits in promised]
        return values

    def _left(self, acquisition: Acquisition, frequency: _Real) -> _Real:
        """What damage and the image's pixel leave of the signal."""
        band = self._method.band(acquisition)
        return self.evaluator.weak.fading(acquisition, frequency) * (frequency <= band)

    @property
    def _method(self) -> MethodSettings:
        """Of the method that the study is judged by."""
        spec = self.evaluator.spec
        return spec.reconstruct[spec.judged()[0]]
