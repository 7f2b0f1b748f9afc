"""Compiled quadrature over the overlap of the aperture with itself shifted by ±q, for even aberrations.

The frame has q along x. At height y the discs around 0, +q and -q are intervals of one length, so the double and the
triple overlap have exact limits, and Gauss-Legendre nodes in x and in the angle of y = sin θ see smooth integrands.
"""

import math

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["gauss", "overlap_sum", "probe_transform", "sideband"]

_Real = NDArray[np.float64]


def gauss(count: int) -> _Real:
    """Gauss-Legendre nodes and weights on 0 to 1, ``(count, 2)``."""
    x, w = np.polynomial.legendre.leggauss(count)
    return np.stack([(x + 1) / 2, w / 2], axis=1)


@numba.njit(cache=True, nogil=True)
def _sinc(x: float) -> float:
    y = math.pi * x
    return 1 - y * y / 6 if abs(y) < 1e-4 else math.sin(y) / y


@numba.njit(cache=True, nogil=True)
def sideband(n: _Real, kx: float, ky: float, qx: float, qy: float) -> tuple[float, float]:
    """Phase [rad] and loss of the sideband a*(k)·a(k - q); units of k, n from `kernel_numbers`."""
    px, py = kx - qx, ky - qy
    k2, p2 = kx * kx + ky * ky, px * px + py * py
    d = k2 - p2
    phase = n[2] * d + n[3] * (k2 * k2 - p2 * p2)
    loss = 1.0
    if n[4] > 0:
        loss *= math.exp(-0.5 * (n[4] * d) ** 2)
    if n[5] > 0:
        loss *= _sinc(n[5] * d)
    if n[6] > 0:
        # A pixel averages the wave exp(iΦ): exactly a sinc for quadratic aberrations, locally otherwise.
        slope_k, slope_p = 2 * (n[2] + 2 * n[3] * k2), 2 * (n[2] + 2 * n[3] * p2)
        wide = n[6] / (2 * math.pi)
        loss *= _sinc(wide * (slope_k * kx - slope_p * px)) * _sinc(wide * (slope_k * ky - slope_p * py))
    return phase, loss


@numba.njit(cache=True, nogil=True)
def _double(n: _Real, kx: float, ky: float, qx: float, qy: float) -> float:
    """|Γ(q, k)|²/Ī² where only one sideband falls and the camera sees k."""
    if abs(kx) > n[1] or abs(ky) > n[1]:
        return 0.0
    return sideband(n, kx, ky, qx, qy)[1] ** 2


@numba.njit(cache=True, nogil=True)
def _triple(n: _Real, kx: float, ky: float, qx: float, qy: float) -> float:
    """|Γ(q, k)|²/Ī² where both sidebands fall and the camera sees k."""
    if abs(kx) > n[1] or abs(ky) > n[1]:
        return 0.0
    # a(k)·a*(k+q) is the conjugate of a*(k)·a(k+q), so the phases add.
    phase, loss = sideband(n, kx, ky, qx, qy)
    other, less = sideband(n, kx, ky, -qx, -qy)
    return loss * loss + less * less - 2 * loss * less * math.cos(phase + other)


@numba.njit(cache=True, nogil=True)
def _directed(n: _Real, frequency: float, turn: float, nodes: _Real, sides: int) -> float:
    """Σ_k |Γ(q, k)|²/Ī for q in one direction; one side of q is enough where the other is alike."""
    x, c, s = frequency / n[0], math.cos(turn), math.sin(turn)
    qx, qy = frequency * c, frequency * s
    kink, end = math.acos(min(x, 1.0)), math.acos(x / 2)  # w = x: the triple overlap ends; w = x/2: the double
    sum_ = 0.0
    for i in range(2 * len(nodes)):
        inside = i < len(nodes)
        low, high = (0.0, kink) if inside else (kink, end)
        angle = low + (high - low) * nodes[i % len(nodes), 0]
        w, y = math.cos(angle), math.sin(angle)
        row = (high - low) * nodes[i % len(nodes), 1] * w
        inner = abs(x - w)
        for j in range(len(nodes)):
            for side in range(sides):
                v, u = (1 - 2 * side) * n[0] * y, n[0] * (inner + (w - inner) * nodes[j, 0])
                weight = row * nodes[j, 1] * 2 / sides
                sum_ += weight * (w - inner) * _double(n, c * u - s * v, s * u + c * v, qx, qy)
                if inside:
                    u = n[0] * inner * nodes[j, 0]
                    sum_ += weight * inner * _triple(n, c * u - s * v, s * u + c * v, qx, qy)
    return 2 / math.pi * sum_


@numba.njit(cache=True, nogil=True)
def overlap_sum(n: _Real, frequency: _Real, turns: _Real, nodes: _Real) -> _Real:
    """Σ_k |Γ(q, k)|²/Ī for each |q|, averaged over directions.

    Parameters
    ----------
    n
        From `kernel_numbers`.
    frequency
        ``(m,)`` [Å⁻¹].
    turns
        Directions of q [rad].
    nodes
        From `gauss`.

    Returns
    -------
    ndarray
        ``(m,)``.
    """
    out = np.zeros(len(frequency))
    sharp = n.copy()
    quadratic = n[3] == 0
    if quadratic:  # then a pixel dims every point of the disc alike
        sharp[6] = 0.0
    # The loss in a small square pixel is isotropic, 1 - (π·wide)²·slope²/6, up to its fourth power.
    round_ = n[1] >= n[0]
    for m in range(len(frequency)):
        if frequency[m] <= 0 or frequency[m] >= 2 * n[0]:
            continue
        value = _directed(sharp, frequency[m], math.pi / 8, nodes, 1) if round_ else 0.0
        for turn in turns:
            if not round_:
                value = _directed(sharp, frequency[m], turn, nodes, 2)
            dim = 1.0
            if quadratic:
                wide = n[6] * n[2] * frequency[m] / math.pi
                dim = (_sinc(wide * math.cos(turn)) * _sinc(wide * math.sin(turn))) ** 2
            out[m] += dim * value / len(turns)
        out[m] *= math.exp(-4 * (math.pi * n[7] * frequency[m]) ** 2) / n[8]
    return out


@numba.njit(cache=True, nogil=True)
def probe_transform(n: _Real, frequency: _Real, nodes: _Real) -> _Real:
    """Fourier transform of the probe intensity, Σ_k a*(k)·a(k-q), real for even aberrations; 1 at q = 0."""
    out = np.zeros(len(frequency))
    for m in range(len(frequency)):
        x = frequency[m] / n[0]
        if x >= 2:
            continue
        end = math.acos(x / 2)
        for i in range(len(nodes)):
            w, y = math.cos(end * nodes[i, 0]), math.sin(end * nodes[i, 0])
            row = end * nodes[i, 1] * w * (w - x / 2)
            for j in range(len(nodes)):
                # The lens is symmetric about q/2, and so is the cosine.
                u = x / 2 + (w - x / 2) * nodes[j, 0]
                k2, p2 = n[0] ** 2 * (u * u + y * y), n[0] ** 2 * ((u - x) ** 2 + y * y)
                phase = n[2] * (k2 - p2) + n[3] * (k2 * k2 - p2 * p2)
                out[m] += 4 / math.pi * row * nodes[j, 1] * math.cos(phase)
    return out
