"""What no detector can exceed: quantum Fisher information of a phase mode, for any probe and for this one."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beamopt.acquisition import Acquisition
from beamopt.limit.conditions import IDEAL, Conditions, kernel_numbers
from beamopt.limit.overlap import gauss, probe_transform

__all__ = ["QUANTUM", "probe_limit"]

QUANTUM = 4.0
"""F/N of the best single-pass measurement with any probe; Zernike phase contrast with a plane wave attains it
(Dwyer & Paganin, Phys. Rev. B 110, 024110 (2024))."""

_NODES = 96  # along each side of the overlap; resolves 200 rad of aberration


def probe_limit(acquisition: Acquisition, frequency: ArrayLike, conditions: Conditions = IDEAL) -> NDArray[np.float64]:
    """Quantum limit of this probe on a thin phase object, F/N = 4(1 - |p̃(q)|²), whatever the detector.

    p̃ is the Fourier transform of the probe intensity; in focus p̃ = O(x). The variance of cos(2πq·r) under |probe|²,
    averaged over scan positions, times 4.

    Parameters
    ----------
    acquisition
        Energy, aperture and defocus enter.
    frequency
        |q| [Å⁻¹], any shape.
    conditions
        Cs and thickness (through the defocus of the middle) enter; a coherent probe is the upper bound for others.

    Returns
    -------
    ndarray
        0 to 4.

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15,
    ...                 scan_sampling=0.4, dose_per_area=100)
    >>> round(float(probe_limit(a, a.cutoff)), 2), float(probe_limit(a, 2.1 * a.cutoff))
    (3.39, 4.0)
    """
    q = np.abs(np.asarray(frequency, dtype=np.float64))
    transform = probe_transform(kernel_numbers(acquisition, conditions), q.ravel(), gauss(_NODES))
    return QUANTUM * (1 - np.minimum(transform**2, 1)).reshape(q.shape)
