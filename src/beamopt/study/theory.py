"""Which acquisitions the linear limit promises most of: the points that a search begins with."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from beamopt import pareto
from beamopt.acquisition import Acquisition
from beamopt.cache import Cache
from beamopt.evaluation import Evaluator, WeakObject
from beamopt.evaluation.imperfections import imperfections_of
from beamopt.limit import prescan
from beamopt.measurement import METRICS
from beamopt.search import inside, sobol_points
from beamopt.spec import ObfSettings, Objective, SsbSettings, StudySpec

__all__ = ["CANDIDATES", "possible", "predicted_information", "promising"]

_Real = NDArray[np.float64]

CANDIDATES = 4096
"""Acquisitions that the pre-scan looks at."""

_STREAM = 4  # keeps the scramble apart from that of the Sobol start
_COUNT = 16
_NEAR = 0.9
_OVERLAP = 0.6  # linear, of neighbouring probes (Bunk et al., Ultramicroscopy 108, 481 (2008))
_ITERATIVE = ("ptychography", "multislice_ptychography")


def possible(evaluator: Evaluator) -> Callable[[Mapping[str, float]], bool]:
    """Whether a point of the search can be carried out, by the closed-form constraints of the study."""

    def holds(params: Mapping[str, float]) -> bool:
        acquisition = evaluator.spec.propose(params).acquisition
        return all(margin <= 0 for margin in evaluator.feasibility.margins(acquisition).values())

    return holds


def promising(evaluator: Evaluator, cache: Cache | None = None, count: int = _COUNT) -> tuple[dict[str, float], ...]:
    """Acquisitions near the front that theory predicts, evenly along it; none where no knob is searched.

    Parameters
    ----------
    evaluator
        Of the study.
    cache
        Where predictions are kept for the next time; none where left out.
    count
        At most so many.

    Returns
    -------
    tuple of dict
        Points of the search; settings of the reconstruction stand in their middle.
    """
    spec = evaluator.spec
    candidates = list(filter(possible(evaluator), _candidates(spec)))
    if not candidates:
        return ()
    acquisitions = [spec.propose(point).acquisition for point in candidates]
    about = {"predicted information": spec.fingerprint(), "acquisitions": CANDIDATES}
    predicted = _kept(cache, about, lambda: predicted_information(evaluator, acquisitions))
    values = np.array([_values(spec.objectives, a, p) for a, p in zip(acquisitions, predicted, strict=True)])
    chosen = pareto.front(values, [o.direction for o in spec.objectives])
    picks = np.unique(np.linspace(0, len(chosen) - 1, count).round().astype(int))
    return tuple(candidates[chosen[i]] for i in picks)


def predicted_information(evaluator: Evaluator, acquisitions: Sequence[Acquisition]) -> _Real:
    """Information [bits/Å²] that theory promises the method that the study's score is taken from.

    The linear limit within the band that the method's image holds; nothing where an iterative method finds too little
    overlap to tell object from probe.
    """
    spec, method = evaluator.spec, _scored(evaluator.spec)
    weak = WeakObject.of(
        evaluator.potential,
        spec.energy,
        field=evaluator.field,
        camera=spec.camera,
        imperfections=imperfections_of(spec),
    )

    def within(acquisition: Acquisition, frequency: _Real) -> _Real:
        return weak.fading(acquisition, frequency) * (frequency <= _band(spec, method, acquisition))

    blind = [method in _ITERATIVE and a.linear_overlap < _OVERLAP for a in acquisitions]
    seeing = [a for a, without in zip(acquisitions, blind, strict=True) if not without]
    found = np.zeros(len(acquisitions))
    promised = prescan(seeing, weak.spectrum, [weak.conditions(a) for a in seeing], fading=within)
    # The last bits depend on the processor; what is proposed must not.
    found[~np.array(blind, dtype=bool)] = [float(f"{bits:.5g}") for bits in promised]
    return found


def _kept(cache: Cache | None, about: Mapping[str, object], make: Callable[[], _Real]) -> _Real:
    return make() if cache is None else cache.fetch(about, lambda: {"information": make()})["information"]


def _scored(spec: StudySpec) -> str:
    """Method whose score is searched on, the first of the study where no objective is a score."""
    named = [o.metric.rpartition(".") for o in spec.objectives if o.metric.rpartition(".")[2] in METRICS]
    return named[0][0] or spec.methods[0] if named else spec.methods[0]


def _band(spec: StudySpec, method: str, acquisition: Acquisition) -> float:
    """Highest frequency that a method's image holds [Å⁻¹], half of one over its pixel."""
    if method in _ITERATIVE:
        return acquisition.detector_outer * 1e-3 / acquisition.wavelength
    if method == "parallax":
        return 2 * acquisition.cutoff
    settings = spec.reconstruct[method]
    finer = settings.upsampling if isinstance(settings, (ObfSettings, SsbSettings)) else 1
    return finer / (2 * acquisition.scan_sampling)


def _values(objectives: Sequence[Objective], acquisition: Acquisition, predicted: float) -> list[float]:
    """Objectives as far as theory knows them: knobs as they are, every score in step with information."""
    return [
        (predicted if o.direction == "maximize" else -predicted)
        if o.metric.rpartition(".")[2] in METRICS
        else float(getattr(acquisition, o.metric))
        for o in objectives
    ]


def _candidates(spec: StudySpec) -> list[dict[str, float]]:
    """Sobol points over the searched knobs; everything else in its middle."""
    ranges = spec.searched()
    knobs = {name: knob for name, knob in ranges.items() if name in Acquisition.knobs()}
    if not knobs:
        return []
    middle = {name: inside(knob, 0.5) for name, knob in ranges.items()}
    return [middle | point for point in sobol_points([spec.seed, _STREAM], knobs, CANDIDATES)]
