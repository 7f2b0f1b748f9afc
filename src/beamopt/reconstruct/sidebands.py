"""Compiled sums over the bright-field disc for every mode of the image."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition

__all__ = ["OBF", "SSB", "mode_sums", "optics"]

_Real = NDArray[np.float64]

OBF, SSB = 0, 1
"""Which part of the disc is used: all of it, or without the triple overlap."""


def optics(acquisition: Acquisition, thickness: float, angular_sampling: float) -> _Real:
    """k0, χ/k² in mid-thickness, λ·thickness/2, the camera pixel and χ/k⁴, in the units of k [Å⁻¹]."""
    lam, energy = acquisition.wavelength, acquisition.energy
    curvature = float(physics.aberration_phase(1.0, energy, acquisition.defocus - thickness / 2))
    quartic = float(physics.aberration_phase(1.0, energy, 0.0, acquisition.spherical_aberration))
    return np.array([acquisition.cutoff, curvature, 0.5 * lam * thickness, angular_sampling * 1e-3 / lam, quartic])


@numba.njit(cache=True, nogil=True)
def _sinc(x: float) -> float:
    y = math.pi * x
    return 1 - y * y / 6 if abs(y) < 1e-4 else math.sin(y) / y


@numba.njit(cache=True, nogil=True)
def _covered(n: _Real, kx: float, ky: float) -> float:
    """Fraction of a camera pixel inside the aperture, to first order."""
    inside: float = (n[0] - math.sqrt(kx * kx + ky * ky)) / n[3] + 0.5
    return min(max(inside, 0.0), 1.0)


@numba.njit(cache=True, nogil=True)
def _gamma(n: _Real, kx: float, ky: float, qx: float, qy: float, kernel: int) -> complex:
    """Γ(q, k) over the bright-field level; source of the formula: `limit.linear`."""
    minus, plus = _covered(n, kx - qx, ky - qy), _covered(n, kx + qx, ky + qy)
    if kernel == 1:
        minus, plus = minus * (1 - plus), plus * (1 - minus)
    value = 0j
    if minus > 0:
        value += minus * _sideband(n, kx, ky, -qx, -qy)
    if plus > 0:
        value -= plus * _sideband(n, kx, ky, qx, qy).conjugate()
    wide = n[3] * n[1] / math.pi  # without Cs a pixel dims every point of the disc alike
    return value if n[4] != 0 else value * _sinc(wide * qx) * _sinc(wide * qy)


@numba.njit(cache=True, nogil=True)
def _sideband(n: _Real, kx: float, ky: float, qx: float, qy: float) -> complex:
    """a*(k)·a(k + q) inside the disc, averaged over the thickness and, with Cs, over the pixel by its local slope."""
    px, py = kx + qx, ky + qy
    k2, p2 = kx * kx + ky * ky, px * px + py * py
    d = k2 - p2
    phase = n[1] * d + n[4] * d * (k2 + p2)
    value = _sinc(n[2] * d) * complex(math.cos(phase), math.sin(phase))
    if n[4] != 0:
        slope_k, slope_p = n[1] + 2 * n[4] * k2, n[1] + 2 * n[4] * p2
        wide = n[3] / math.pi
        value *= _sinc(wide * (slope_k * kx - slope_p * px)) * _sinc(wide * (slope_k * ky - slope_p * py))
    return value


@numba.njit(cache=True, nogil=True)
def mode_sums(
    waves: NDArray[np.complex64], qx: _Real, qy: _Real, k: _Real, covered: _Real, n: _Real, kernel: int
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Σ_k (iΓ)*·Î/Ī and Σ_k Γ*Γ'/Ī of the modes that share each residue of the scan.

    Parameters
    ----------
    waves
        ``(x, y, n)`` Fourier coefficients over the scan of the bright-field pixels, over their level.
    qx, qy
        ``(x, u)`` and ``(≥ y, u)`` frequencies along each axis [Å⁻¹].
    k, covered
        ``(n, 2)`` pixel centres [Å⁻¹] and ``(n,)`` the part of each inside the disc, which is Ī over the level.
    n
        From `optics`.
    kernel
        `OBF` or `SSB`.

    Returns
    -------
    signal, overlap
        ``(x, y, u²)`` and ``(x, y, u², u²)``.
    """
    rows, columns, pixels = waves.shape
    u = qx.shape[1]
    signal = np.zeros((rows, columns, u * u), np.complex128)
    overlap = np.zeros((rows, columns, u * u, u * u), np.complex128)
    gamma = np.zeros((u * u, pixels), np.complex128)
    for i in range(rows):
        for j in range(columns):
            for g in range(u * u):
                x, y = qx[i, g // u], qy[j, g % u]
                here = 0j
                for p in range(pixels):
                    value = _gamma(n, k[p, 0], k[p, 1], x, y, kernel)
                    gamma[g, p] = value * math.sqrt(covered[p])
                    here += value.conjugate() * waves[i, j, p]
                signal[i, j, g] = -1j * here
                for h in range(g + 1):
                    cross = 0j
                    for p in range(pixels):
                        cross += gamma[g, p].conjugate() * gamma[h, p]
                    overlap[i, j, g, h] = cross
                    overlap[i, j, h, g] = cross.conjugate()
    return signal, overlap
