"""Whether an image explains the patterns as well as counting allows; where it does not, more dose is spent on the rest.

Single-slice ptychography describes a specimen by one plane. What a thick or strong specimen does besides is left in the
patterns as a misfit that no dose removes: the counting noise falls, the misfit stays, and the image turns to fit it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from beamopt.acquisition import Acquisition
from beamopt.measurement import Expectation

__all__ = ["counting_misfit"]

_MANY = 30.0  # electrons, from where the series is as good as the sum
_FEWEST = 1e-9
_COUNTS = np.arange(120)


def counting_misfit(expected: Expectation, acquisition: Acquisition, dqe: float = 1.0) -> float:
    """Squared amplitude misfit per detected electron that counting alone leaves, Σ E(√n - √λ)² / Σ λ.

    With n Poisson about λ a pixel leaves 2(λ - √λ·E√n): λ where electrons are rare, a quarter where they are many.

    Parameters
    ----------
    expected
        Noise-free patterns.
    acquisition
        Sets the electrons per pattern.
    dqe
        Share of the electrons that is counted.

    Examples
    --------
    >>> sharp = Expectation(array=np.ones((1, 1, 1, 1), np.float32), scan_sampling=(1.0, 1.0), angular_sampling=1.0)
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15,
    ...                 scan_sampling=1, dose_per_area=1e4)
    >>> round(1e4 * counting_misfit(sharp, a), 4)
    0.25
    """
    electrons = acquisition.dose_per_area * expected.scan_sampling[0] * expected.scan_sampling[1] * dqe
    mean = expected.array.astype(np.float64).ravel() * electrons
    grid = np.geomspace(_FEWEST, _MANY, 400)
    few = np.interp(np.log(np.maximum(mean, _FEWEST)), np.log(grid), _left(grid) / grid) * mean
    left = np.where(mean < _MANY, few, 0.25 + 3 / (32 * np.maximum(mean, _MANY)))
    return float(left.sum() / max(mean.sum(), 1e-300))


def _left(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """E(√n - √λ)² by its sum over counts."""
    chance = np.exp(xlogy(_COUNTS, mean[:, None]) - mean[:, None] - gammaln(_COUNTS + 1))
    return np.asarray(2 * mean - 2 * np.sqrt(mean) * (chance @ np.sqrt(_COUNTS)))
