"""Information that thousands of acquisitions could give, in seconds, the scan step included."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.limit.aliasing import is_fine, lost_bits, sunflower
from beamopt.limit.conditions import IDEAL, Conditions, kernel_numbers
from beamopt.limit.curves import rings_of
from beamopt.limit.linear import linear_many
from beamopt.limit.spectrum import Spectrum
from beamopt.threads import thread_count

__all__ = ["prescan", "unconfused"]

_Real = NDArray[np.float64]

Fading = Callable[[Acquisition, _Real], _Real]

_POINTS = 60  # rings, at least
_MODES = 60  # least modes at which aliasing is looked at
_NODES = 96  # points of the aperture, and as many mirrored


def prescan(
    acquisitions: Sequence[Acquisition],
    spectrum: Spectrum,
    conditions: Conditions | Sequence[Conditions] = IDEAL,
    *,
    fading: Fading | None = None,
    threads: int | None = None,
) -> _Real:
    """Information that the best linear method could find, for each of many acquisitions.

    Where the step is at most λ/(4α) this is ½∫log2(1 + SSNR)d²q with the linear limit. Beyond it the modes q + G share
    their data: each is then estimated with the others unknown but of known power (W), so that 1 + SSNR is the prior
    over the posterior variance.

    Parameters
    ----------
    acquisitions
        n of them.
    spectrum
        Power of the specimen.
    conditions
        The same for all, or one for each.
    fading
        What damage leaves of the fluence in an acquisition, D_eff/D at each |q|; no damage where left out.
    threads
        Workers; every processor this process may use where left out.

    Returns
    -------
    ndarray
        ``(n,)`` [bits/Å²], to about 2 %.
    """
    whole = unconfused(acquisitions, spectrum, conditions, fading=fading, threads=threads)
    middles = (spectrum.edges[1:] + spectrum.edges[:-1]) / 2
    each = [conditions] * len(acquisitions) if isinstance(conditions, Conditions) else conditions
    nodes = sunflower(_NODES)

    def lost(acquisition: Acquisition, conditions: Conditions) -> float:
        if is_fine(acquisition):
            return 0.0
        signal = _signal(acquisition, middles, spectrum.power, fading)
        return _confused(acquisition, spectrum.edges, signal, conditions, nodes)

    with ThreadPoolExecutor(threads or thread_count()) as pool:
        losses = np.array(list(pool.map(lost, acquisitions, each)))
    return np.asarray(np.maximum(whole - losses, 0.0))


def unconfused(
    acquisitions: Sequence[Acquisition],
    spectrum: Spectrum,
    conditions: Conditions | Sequence[Conditions] = IDEAL,
    *,
    fading: Fading | None = None,
    threads: int | None = None,
) -> _Real:
    """What `prescan` would say if no step confused modes: an upper bound of it, at a tenth of the time.

    Parameters
    ----------
    acquisitions, spectrum, conditions, fading, threads
        As for `prescan`.
    """
    every = rings_of(spectrum, _POINTS)
    q = every[spectrum.at(every) > 0]  # a crystal's are few and narrow
    power, area = spectrum.at(q), 4 * np.pi * every[0] * q
    signals = np.array([_signal(a, q, power, fading) for a in acquisitions]).reshape(len(acquisitions), len(q))
    ssnr = signals * linear_many(acquisitions, q, conditions, threads=threads)
    return np.asarray(np.log2(1 + ssnr) @ area / 2)


def _signal(acquisition: Acquisition, frequency: _Real, power: _Real, fading: Fading | None) -> _Real:
    left = 1.0 if fading is None else fading(acquisition, frequency)
    return np.asarray(acquisition.dose_per_area * power * left)


def _confused(acquisition: Acquisition, edges: _Real, signal: _Real, conditions: Conditions, nodes: _Real) -> float:
    """Information lost where modes share residues: about `_MODES` of them are looked at."""
    step = acquisition.scan_sampling
    furthest = min(float(edges[-1]), 2 * acquisition.cutoff)
    residues = max(1, round(_MODES / max(1.0, np.pi * (furthest * step) ** 2)))
    return float(lost_bits(kernel_numbers(acquisition, conditions), step, edges, signal, residues, nodes))
