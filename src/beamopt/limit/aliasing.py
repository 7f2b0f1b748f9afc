"""Modes that one scan step confuses: q and q + G, G the reciprocal lattice of the scan."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.limit.conditions import IDEAL, Conditions, kernel_numbers
from beamopt.limit.overlap import sideband

__all__ = ["confused_modes", "is_fine", "lost_bits", "mode_matrix", "sunflower", "unmixed"]

_Real = NDArray[np.float64]

_NODES = 800
_BLIND = 1e-9  # F/N of a mode that no pattern knows
_GOLDEN = (0.7548776662466927, 0.5698402909980532)  # Roberts' plastic sequence: even in two dimensions


def is_fine(acquisition: Acquisition, steps: tuple[float, float] | None = None) -> bool:
    """Whether the step is at most λ/(4α): then no two modes within 2·k0 share a residue and J is diagonal.

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15,
    ...                 scan_sampling=0.49, dose_per_area=100)
    >>> is_fine(a), is_fine(a, (0.49, 0.5))
    (True, False)
    """
    longest = max(steps) if steps else acquisition.scan_sampling
    return longest <= 1 / (4 * acquisition.cutoff)


def unmixed(
    acquisition: Acquisition,
    q: _Real,
    conditions: Conditions = IDEAL,
    *,
    steps: tuple[float, float] | None = None,
) -> float:
    """F/N that is left at q when every confused mode is unknown as well, 1/(J⁻¹)_qq.

    J_GG' = Σ_k Γ*(q+G, k)·Γ(q+G', k)/Ī(k).

    Parameters
    ----------
    acquisition
        Sets the probe and, where `steps` is left out, the step.
    q
        ``(2,)`` [Å⁻¹].
    conditions
        Coherence, thickness, camera pixel, background.
    steps
        Scan step along each axis [Å].

    Returns
    -------
    float
        At most the linear limit of the same q; 0 where it cannot be told from its aliases.
    """
    steps = steps or (acquisition.scan_sampling, acquisition.scan_sampling)
    numbers = kernel_numbers(acquisition, conditions)
    furthest = 2 * float(numbers[0])
    modes = confused_modes(q[0], q[1], steps[0], steps[1], furthest)
    aliases = modes[np.hypot(modes[:, 0] - q[0], modes[:, 1] - q[1]) > 1e-9]
    matrix = mode_matrix(numbers, np.concatenate([np.asarray(q)[None], aliases]), sunflower(_NODES))
    known = np.diag(matrix) > _BLIND
    if not known[0]:
        return 0.0
    matrix = matrix[np.ix_(known, known)]
    # What the other modes cannot imitate: the residual of a least-squares fit by them.
    others, *_ = np.linalg.lstsq(matrix[1:, 1:], matrix[1:, 0], rcond=1e-7)
    return max(0.0, float(matrix[0, 0] - matrix[0, 1:] @ others))


def sunflower(count: int) -> _Real:
    """``(count, 2)`` points spread evenly over the unit disc, on no lattice.

    A lattice of spacing Δk would alias by itself: where λ·defocus·Δk is a whole number of steps, all its points see the
    same sub-lattice of the object.
    """
    i = np.arange(count)
    radius, turn = np.sqrt((i + 0.5) / count), np.pi * (3 - np.sqrt(5)) * i
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)


@numba.njit(cache=True, nogil=True)
def confused_modes(qx: float, qy: float, step_x: float, step_y: float, furthest: float) -> _Real:
    """All q + G with 0 < |q + G| < furthest [Å⁻¹], ``(m, 2)``."""
    low_x, high_x = math.floor((-furthest - qx) * step_x), math.ceil((furthest - qx) * step_x)
    low_y, high_y = math.floor((-furthest - qy) * step_y), math.ceil((furthest - qy) * step_y)
    modes = np.empty(((high_x - low_x + 1) * (high_y - low_y + 1), 2))
    count = 0
    for i in range(low_x, high_x + 1):
        for j in range(low_y, high_y + 1):
            x, y = qx + i / step_x, qy + j / step_y
            if 1e-18 < x * x + y * y < furthest * furthest:
                modes[count, 0], modes[count, 1] = x, y
                count += 1
    return modes[:count]


@numba.njit(cache=True, nogil=True)
def mode_matrix(n: _Real, q: _Real, nodes: _Real) -> _Real:
    """J_GG' = Σ_k Γ*(q+G, k)·Γ(q+G', k)/Ī, real for even aberrations because Γ(q, -k) = -Γ*(q, k).

    Parameters
    ----------
    n
        From `kernel_numbers`.
    q
        ``(m, 2)``, the frequencies that one scan step confuses [Å⁻¹].
    nodes
        From `sunflower`; the mirror image of each node is taken along.

    Returns
    -------
    ndarray
        ``(m, m)``.
    """
    parts = np.zeros((len(q), 2 * len(nodes)))
    for m in range(len(q)):
        qx, qy = q[m, 0], q[m, 1]
        source = math.exp(-2 * (math.pi * n[7]) ** 2 * (qx * qx + qy * qy))
        for i in range(len(nodes)):
            kx, ky = nodes[i, 0] * n[0], nodes[i, 1] * n[0]
            if abs(kx) > n[1] or abs(ky) > n[1]:
                continue
            re, im = 0.0, 0.0
            if (kx - qx) ** 2 + (ky - qy) ** 2 <= n[0] ** 2:
                phase, loss = sideband(n, kx, ky, qx, qy)
                re, im = loss * math.cos(phase), loss * math.sin(phase)
            if (kx + qx) ** 2 + (ky + qy) ** 2 <= n[0] ** 2:
                phase, loss = sideband(n, kx, ky, -qx, -qy)
                re, im = re - loss * math.cos(phase), im + loss * math.sin(phase)
            parts[m, 2 * i], parts[m, 2 * i + 1] = source * re, source * im
    matrix: _Real = parts @ parts.T * (1 / len(nodes) / n[8])
    return matrix


@numba.njit(cache=True, nogil=True)
def lost_bits(n: _Real, step: float, edges: _Real, signal: _Real, residues: int, nodes: _Real) -> float:
    """Information [bits/Å²] that confusion costs, against modes that each had the data for itself.

    Modes that share a residue are estimated together, each of known power S: the posterior variance is the diagonal of
    (S⁻¹ + J)⁻¹, and 1/(S⁻¹ + J_qq) without confusion. Residues are spread evenly over the scan's Brillouin zone.

    Parameters
    ----------
    n
        From `kernel_numbers`.
    step
        Scan step [Å].
    edges, signal
        Bands of the spectrum [Å⁻¹] and its power times the fluence.
    residues
        How many.
    nodes
        From `sunflower`.
    """
    furthest = min(edges[-1], 2 * n[0])
    bits = 0.0
    for i in range(residues):
        qx = ((0.5 + (i + 1) * _GOLDEN[0]) % 1 - 0.5) / step
        qy = ((0.5 + (i + 1) * _GOLDEN[1]) % 1 - 0.5) / step
        modes = confused_modes(qx, qy, step, step, furthest)
        if len(modes) < 2:
            continue
        root = np.empty(len(modes))
        for m in range(len(modes)):
            length = math.sqrt(modes[m, 0] ** 2 + modes[m, 1] ** 2)
            band = np.searchsorted(edges, length, side="right") - 1
            root[m] = math.sqrt(signal[band]) if 0 <= band < len(signal) else 0.0
        whole = np.eye(len(modes)) + mode_matrix(n, modes, nodes) * root.reshape(-1, 1) * root
        left = np.linalg.inv(whole)
        for m in range(len(modes)):
            bits += math.log2(max(left[m, m] * whole[m, m], 1.0))
    return 0.5 * bits / residues / step**2
