"""What the linear limit promises an acquisition, for the method that a study's score is taken from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.evaluation import Evaluator
from beamopt.limit import prescan, unconfused
from beamopt.spec import ObfSettings, Range, SsbSettings, StudySpec

__all__ = ["Prediction", "possible"]

_Real = NDArray[np.float64]

_OVERLAP = 0.6  # linear, of neighbouring probes (Bunk et al., Ultramicroscopy 108, 481 (2008))
_ITERATIVE = ("ptychography", "multislice_ptychography")


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
        weak, method = self.evaluator.weak, self.evaluator.spec.judged()[0]
        blind = np.array([method in _ITERATIVE and a.linear_overlap < _OVERLAP for a in acquisitions], dtype=bool)
        seeing = [a for a, without in zip(acquisitions, blind, strict=True) if not without]
        found = np.zeros(len(acquisitions))
        promised = limit(seeing, weak.spectrum, [weak.conditions(a) for a in seeing], fading=self._left)
        # The last bits depend on the processor; what is proposed must not.
        found[~blind] = [float(f"{bits:.5g}") for bits in promised]
        return found

    def _left(self, acquisition: Acquisition, frequency: _Real) -> _Real:
        """What damage and the image's pixel leave of the signal."""
        band = _band(self.evaluator.spec, self.evaluator.spec.judged()[0], acquisition)
        return self.evaluator.weak.fading(acquisition, frequency) * (frequency <= band)


def _band(spec: StudySpec, method: str, acquisition: Acquisition) -> float:
    """Highest frequency that a method's image holds [Å⁻¹], half of one over its pixel."""
    if method in _ITERATIVE:
        return acquisition.cutoff + acquisition.detector_outer * 1e-3 / acquisition.wavelength
    if method == "parallax":
        return 2 * acquisition.cutoff
    settings = spec.reconstruct[method]
    upsampling = settings.upsampling if isinstance(settings, (ObfSettings, SsbSettings)) else 1
    finer = upsampling.high if isinstance(upsampling, Range) else upsampling
    return finer / (2 * acquisition.scan_sampling)
