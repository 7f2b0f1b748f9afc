"""What a linear method can know: Fisher information of a weak phase object per spatial frequency.

All results are F/N: the Fisher information of one real unit-norm Fourier mode of the phase, over N, the incident
electrons per object pixel. F/N does not depend on the pixel. No unbiased estimate of the mode varies less than 1/F.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.limit.conditions import IDEAL, Conditions, kernel_numbers
from beamopt.limit.overlap import gauss, overlap_sum
from beamopt.threads import in_threads, thread_count

__all__ = ["azimuths", "icom", "linear", "linear_many", "single_sideband"]

_Real = NDArray[np.float64]

# Along each side of each overlap region, with up to 300 Å of specimen and 60 Å of focal spread: 12 leave 1e-4 of N, 6
# leave 0.03; where a camera cuts the disc 20 leave 0.015 at the worst frequency, 6 leave 0.08.
# Spherical aberration turns the phase within a region: it gets 20 as well.
_NODES, _CUT_NODES, _QUICK_NODES = 12, 20, 6
_PARTS = 4  # that threads share
_TURNS = (np.pi / 24, np.pi / 8, 5 * np.pi / 24)  # a square camera repeats every 90° and mirrors every 45°


def linear(acquisition: Acquisition, frequency: ArrayLike, conditions: Conditions = IDEAL) -> _Real:
    """Linear limit F/N = Σ_k |Γ(q, k)|²/Ī(k), which optimum bright field attains at low dose.

    Γ(q, k) = a*(k)a(k-q) - a(k)a*(k+q), a the probe's aperture function. Without aberrations beyond defocus, on a
    camera that holds the whole disc, it is 2[O(x) - O(2x)·cos 2χ_q], x = q/k0, χ_q = πλ·defocus·q², O the overlap of
    two discs; otherwise a sum over the disc, averaged over azimuth. The defocus that counts is that of the middle of
    the specimen; a thick specimen scatters alike at every depth, so its depths average each sideband.

    Parameters
    ----------
    acquisition
        Dose and step do not enter.
    frequency
        |q| [Å⁻¹], any shape, at least 0.
    conditions
        Coherence, thickness, camera pixel, background.

    Returns
    -------
    ndarray
        F/N, 0 to 4, the shape of `frequency`; 0 at q = 0 and beyond 2·k0.

    Examples
    --------
    The best in-focus transfer, 20.5 % of the quantum limit at 0.894·k0:

    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15,
    ...                 scan_sampling=0.4, dose_per_area=100)
    >>> round(float(linear(a, 0.894 * a.cutoff)), 3)
    0.819
    """
    q = np.abs(np.asarray(frequency, dtype=np.float64))
    if _has_closed_form(acquisition, conditions):
        blur = np.exp(-4 * (np.pi * conditions.source_size * q) ** 2) / (1 + conditions.background)
        return _closed(acquisition, q) * blur
    numbers = kernel_numbers(acquisition, conditions)
    gentle = numbers[3] == 0 and acquisition.detector_outer >= acquisition.semiangle_cutoff
    flat, values = q.ravel(), np.empty(q.size)

    def some(part: slice) -> None:
        values[part] = _sums(acquisition, flat[part], conditions, _NODES if gentle else _CUT_NODES)

    in_threads(some, (slice(first, None, _PARTS) for first in range(_PARTS)))
    return values.reshape(q.shape)


def linear_many(
    acquisitions: Sequence[Acquisition],
    frequency: ArrayLike,
    conditions: Conditions | Sequence[Conditions] = IDEAL,
    *,
    threads: int | None = None,
) -> _Real:
    """Linear limit of thousands of acquisitions on one set of frequencies, to 1e-4 of N.

    Where the camera cuts the disc, to 0.05.

    Parameters
    ----------
    acquisitions
        n of them.
    frequency
        ``(m,)`` |q| [Å⁻¹].
    conditions
        The same for all, or one for each.
    threads
        Workers; every processor this process may use where left out.

    Returns
    -------
    ndarray
        ``(n, m)`` F/N.
    """
    q = np.abs(np.asarray(frequency, dtype=np.float64))
    each = [conditions] * len(acquisitions) if isinstance(conditions, Conditions) else conditions

    def one(acquisition: Acquisition, conditions: Conditions) -> _Real:
        if _has_closed_form(acquisition, conditions):
            return linear(acquisition, q, conditions)
        return _sums(acquisition, q, conditions, _QUICK_NODES)

    with ThreadPoolExecutor(threads or thread_count()) as pool:
        return np.array(list(pool.map(one, acquisitions, each))).reshape(len(acquisitions), len(q))


def single_sideband(acquisition: Acquisition, frequency: ArrayLike) -> _Real:
    """F/N of single-sideband ptychography, 2[O(x) - O(2x)]: the triple overlap is left out, whatever the defocus.

    Ideal conditions and a camera that holds the disc (Yang, Pennycook & Nellist, Ultramicroscopy 151, 232 (2015)).
    """
    x = np.asarray(frequency, dtype=np.float64) / acquisition.cutoff
    return 2 * (physics.disc_overlap(x) - physics.disc_overlap(2 * x))


def icom(acquisition: Acquisition, frequency: ArrayLike) -> _Real:
    """F/N of the in-focus integrated centre of mass, 4x²·O(x)².

    The mode moves the mean momentum by q·O(x) times its amplitude, and one electron's momentum along q has the variance
    k0²/4. Holds without aberrations; the best is 0.654 at 0.836·k0.
    """
    x = np.asarray(frequency, dtype=np.float64) / acquisition.cutoff
    return 4 * x**2 * physics.disc_overlap(x) ** 2


def azimuths(acquisition: Acquisition, conditions: Conditions) -> tuple[float, ...]:
    """Directions of q [rad] whose mean is the azimuthal mean: one where nothing but discs enters."""
    isotropic = acquisition.detector_outer >= acquisition.semiangle_cutoff and conditions.angular_sampling == 0
    return _TURNS[:1] if isotropic else _TURNS


def _has_closed_form(acquisition: Acquisition, conditions: Conditions) -> bool:
    quadratic = acquisition.spherical_aberration + conditions.spherical_aberration == 0
    sharp = conditions.focal_spread == 0 and conditions.thickness == 0 and conditions.angular_sampling == 0
    return quadratic and sharp and acquisition.detector_outer >= acquisition.semiangle_cutoff


def _closed(acquisition: Acquisition, q: _Real) -> _Real:
    x = q / acquisition.cutoff
    chi = np.pi * acquisition.wavelength * acquisition.defocus * q**2
    return np.asarray(2 * (physics.disc_overlap(x) - physics.disc_overlap(2 * x) * np.cos(2 * chi)))


def _sums(acquisition: Acquisition, q: _Real, conditions: Conditions, nodes: int) -> _Real:
    turns = np.array(azimuths(acquisition, conditions))
    return np.asarray(overlap_sum(kernel_numbers(acquisition, conditions), q, turns, gauss(nodes)))
