"""Partial coherence as a few waves: the source's size and the focal spread as modes of the probe's density matrix.

Averaging the patterns over a Gaussian source and a Gaussian focal spread weakens the interference of beams k and k' of
the probe by exp(-2π²s²|k - k'|²)·exp(-½(πλΔ)²(k² - k'²)²). A pattern depends on the probe through those products
alone, so it is the sum of the patterns of the eigenvectors of this density matrix (E. Wolf, J. Opt. Soc. Am. 72, 343
(1982)). Both Gaussians factor, exp(-½(a - a')²) = Σ_n φ_n(a)·φ_n(a') with φ_n(a) = exp(-a²/2)·a^n/√n!, and for each
beam the φ_n² are a Poisson distribution, so what a cut leaves out is known.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, pdtr, pdtrik, xlogy

from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import illuminate
from beamopt.simulate.probe import Probe
from beamopt.threads import in_threads

__all__ = ["TOLERANCE", "partially_coherent"]

TOLERANCE = 3e-3
"""Share of the electrons whose interference is left out, given back to the same beams of the probe."""

_CUT = 0.1  # of that share, for leaving out products before the eigenvectors are looked for
_ALIKE = 0.98  # waves of nearly one weight stay together: x and y are as good
_CANDIDATES = 6000
_PRODUCTS = 700  # most products; where more are needed hardly two beams interfere and modes do not pay


def partially_coherent(
    acquisition: Acquisition,
    window: tuple[float, float],
    *,
    source_size: float,
    focal_spread: float,
    tolerance: float = TOLERANCE,
) -> Probe | None:
    """Fewest waves that carry the interference of a probe with a source and a focal spread.

    Parameters
    ----------
    acquisition
        Sets energy, aperture and defocus.
    window
        Sides of the window [Å].
    source_size
        Standard deviation of the Gaussian source [Å].
    focal_spread
        Standard deviation of the defocus [Å].
    tolerance
        Share of the electrons whose interference may be left out; each beam of the probe keeps its intensity.

    Returns
    -------
    Probe or None
        Waves by decreasing weight; None where modes would be too many to be of use.

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=300, detector_outer=15,
    ...                 scan_sampling=1, dose_per_area=100)
    >>> len(partially_coherent(a, (44.0, 41.5), source_size=0.21, focal_spread=0.0).modes)
    6
    """
    block, amplitudes = illuminate(acquisition, window)
    lit = np.nonzero(amplitudes)
    kx, ky = (block.frequencies(axis)[places] for axis, places in enumerate(lit))
    k2, power = kx**2 + ky**2, np.abs(amplitudes[lit]) ** 2
    turns = 2 * np.pi * source_size * kx, 2 * np.pi * source_size * ky
    phase = np.pi * acquisition.wavelength * focal_spread * (k2 - power @ k2)
    waves: list[NDArray[np.float64]] = []
    in_threads(lambda cut: waves.extend(_waves((*turns, phase), power, cut)), [tolerance])
    if not waves:
        return None
    modes = np.zeros((len(waves), *block.shape), np.complex64)
    modes[:, lit[0], lit[1]] = np.array(waves) * amplitudes[lit]
    return Probe(block, modes)


def _waves(
    phases: tuple[NDArray[np.float64], ...], power: NDArray[np.float64], tolerance: float
) -> NDArray[np.float64]:
    """Factors ``(waves, beams)`` of the probe's amplitudes; their squares sum to 1 on each beam. None if too many."""
    products = _products(phases, power, _CUT * tolerance)
    if products is None:
        return np.empty((0, len(power)))
    values, vectors = np.linalg.eigh((products * power) @ products.T)
    values = values[::-1]
    enough = min(len(values) - 1, int(np.searchsorted(np.cumsum(values), 1 - tolerance)))
    count = int(np.count_nonzero(values >= _ALIKE * values[enough]))
    waves = vectors.T[::-1][:count] @ products
    return np.asarray(waves / np.sqrt(np.sum(waves**2, axis=0)))


def _products(
    phases: tuple[NDArray[np.float64], ...], power: NDArray[np.float64], cut: float
) -> NDArray[np.float64] | None:
    """Products ``(n, beams)`` of one φ each, those that matter most first, until all but `cut` of the power is in."""
    means = [float(np.max(phase**2)) for phase in phases]
    orders = [1 + _quantile(1 - cut / 10, mean) if mean > 0 else 1 for mean in means]
    if math.prod(orders) > _CANDIDATES:
        return None
    factors = [np.array([_factor(p, n) for n in range(count)]) for p, count in zip(phases, orders, strict=True)]
    weights = np.einsum("ak,bk,ck,k->abc", *(f**2 for f in factors), power, optimize=True)
    by_weight = np.argsort(weights, axis=None, kind="stable")[::-1]
    enough = 1 + int(np.searchsorted(np.cumsum(weights.ravel()[by_weight]), 1 - cut))
    if enough > _PRODUCTS:
        return None
    places = np.unravel_index(by_weight[:enough], weights.shape)
    return np.asarray(math.prod(f[p] for f, p in zip(factors, places, strict=True)))


def _factor(phase: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    size = np.exp(xlogy(n, np.abs(phase)) - (phase**2 + gammaln(n + 1)) / 2)
    return np.asarray(size * np.sign(phase) ** n)


def _quantile(share: float, mean: float) -> int:
    """Least count that a Poisson variable stays at or below with this probability; `scipy.stats` is slow to import."""
    count = int(np.ceil(pdtrik(share, mean)))
    return max(count - 1, 0) if pdtr(max(count - 1, 0), mean) >= share else count
