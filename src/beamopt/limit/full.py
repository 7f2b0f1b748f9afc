"""The ceiling of a 4D-STEM measurement, dark field included, from simulated exit waves."""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from beamopt.limit.quantum import QUANTUM

__all__ = ["FullLimit", "centred", "full", "ring_shifts"]

_Real = NDArray[np.float64]

_GOLDEN = np.pi * (3 - np.sqrt(5))

_FAINTEST = 1e-12
"""Fraction of the beam below which a camera pixel holds rounding, not electrons."""


@dataclass(frozen=True, kw_only=True)
class FullLimit:
    """Fisher information per frequency from exit waves; every array has one number per shift.

    Parameters
    ----------
    full
        F/N = ⟨Σ_k |Γ_R|²/|Ψ_R|²⟩_R, the ceiling of this measurement on this specimen.
    linear
        Σ_k |⟨Γ_R⟩_R|²/⟨|Ψ_R|²⟩_R, what is left for a method that is linear in the patterns; never above `full`.
    quantum
        4(⟨Σ|Ψ_R|²⟩ - ⟨|Σ_k Ψ_R(k)Ψ_R*(k-q)|²⟩), the limit of these exit waves under any detector; never below `full`.
    """

    full: _Real
    linear: _Real
    quantum: _Real


def centred(
    amplitudes: NDArray[np.complexfloating],
    positions: _Real,
    frequencies: tuple[_Real, _Real],
) -> NDArray[np.complexfloating]:
    """Exit waves with the probe moved to the origin: multiplied by exp(+2πik·R).

    Parameters
    ----------
    amplitudes
        ``(n, bx, by)``, beams as an engine gives them.
    positions
        ``(n, 2)`` probe positions [Å].
    frequencies
        kx ``(bx,)`` and ky ``(by,)`` [Å⁻¹].
    """
    x, y = (np.exp(2j * np.pi * np.outer(positions[:, i], frequencies[i])) for i in (0, 1))
    moved = amplitudes * (x[:, :, None] * y[:, None, :]).astype(amplitudes.dtype)
    return np.asarray(moved)


def ring_shifts(spacing: tuple[float, float], frequency: _Real, directions: int = 6) -> NDArray[np.int64]:
    """Lattice vectors nearest to rings of given radius, evenly spread over half a turn.

    Each ring is turned against the one before by the golden angle, so that few vectors per ring do for many rings.

    Parameters
    ----------
    spacing
        Distance of beams along x and y [Å⁻¹].
    frequency
        ``(m,)`` radii [Å⁻¹].
    directions
        Vectors per ring.

    Returns
    -------
    ndarray
        ``(m·directions, 2)`` whole numbers, ring by ring; never (0, 0).
    """
    turn = np.arange(len(frequency))[:, None] * _GOLDEN + np.arange(directions) * np.pi / directions
    q = np.asarray(frequency)[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    shifts = np.rint(q / np.asarray(spacing)).astype(np.int64).reshape(-1, 2)
    shifts[(shifts == 0).all(axis=1)] = (1, 0)
    return np.asarray(shifts)


def full(
    waves: NDArray[np.complexfloating],
    shifts: NDArray[np.integer],
    *,
    camera: NDArray[np.integer] | None = None,
    background: float = 0.0,
) -> FullLimit:
    """Limits of the whole measurement for a phase added to the specimen's exit plane.

    Γ_R(q, k) = Ψ_R*(k)Ψ_R(k-q) - Ψ_R(k)Ψ_R*(k+q). On a thin object this is exact at any strength. F in the dark field
    does not fall with the intensity there, which is right for Fisher information and out of reach as long as most dark
    pixels stay empty: it is attained from one or two *scattered* electrons per object pixel on.

    Parameters
    ----------
    waves
        ``(n, bx, by)``: amplitudes of the exit wave on the beam lattice for n probe positions, each centred on its
        probe (`centred`), Σ|Ψ|² at most 1. Beams that are not held count as dark. Any aperture function is a wave, with
        odd aberrations as well as even: ``waves = a[None]`` gives its linear limit.
    shifts
        ``(m, 2)`` whole numbers, q in steps of the lattice.
    camera
        ``(bx, by)``: number of the camera pixel that collects each beam, negative where none does; every beam has its
        own pixel where left out.
    background
        Counts from elsewhere per camera pixel, as a fraction of the beam.

    Returns
    -------
    FullLimit

    Examples
    --------
    A plane wave whose undiffracted beam is delayed by a quarter wave is Zernike's microscope, at the quantum limit:

    >>> transmission = np.exp(0.01j * np.cos(2 * np.pi * np.arange(16) / 16))[:, None] * np.ones(16)
    >>> wave = np.fft.fft2(transmission, norm="forward")
    >>> wave[0, 0] *= 1j
    >>> waves = np.fft.fftshift(wave)[None]
    >>> round(float(full(waves, np.array([[1, 0]])).quantum[0]), 2)
    4.0
    """
    n, bx, by = waves.shape
    pixels = np.arange(bx * by, dtype=np.int64).reshape(bx, by) if camera is None else camera.astype(np.int64)
    count = int(pixels.max()) + 1
    psi = np.ascontiguousarray(waves)
    patterns = np.zeros((n, count))
    seen = pixels >= 0
    for pattern, wave in zip(patterns, psi, strict=True):
        np.add.at(pattern, pixels[seen], np.abs(wave[seen].astype(np.complex128)) ** 2)
    sums = _accumulate(psi, np.ascontiguousarray(shifts, dtype=np.int64), pixels, patterns, background)
    arrived = float(np.sum(np.abs(psi.astype(np.complex128)) ** 2)) / n
    return FullLimit(full=sums[0], linear=sums[1], quantum=QUANTUM * (arrived - sums[2]))


@numba.njit(cache=True, nogil=True)
def _gamma(
    psi: NDArray[np.complex128], hx: int, hy: int, pixels: NDArray[np.int64], gamma: NDArray[np.complex128]
) -> complex:
    """Add Γ of one position to the camera pixels in `gamma`; p̃ is returned."""
    bx, by = psi.shape
    overlap = 0j
    for i in range(bx):
        below, above = 0 <= i - hx < bx, 0 <= i + hx < bx
        if not (below or above):
            continue
        for j in range(by):
            value = 0j
            if below and 0 <= j - hy < by:
                value += psi[i, j].conjugate() * psi[i - hx, j - hy]
            overlap += value
            if above and 0 <= j + hy < by:
                value -= psi[i, j] * psi[i + hx, j + hy].conjugate()
            if pixels[i, j] >= 0:
                gamma[pixels[i, j]] += value
    return overlap


@numba.njit(cache=True, nogil=True)
def _poisson(gamma: NDArray[np.complex128], pattern: _Real, background: float) -> float:
    """Σ |Γ|²/(I + background) over the pixels that hold electrons."""
    total = 0.0
    for p in range(len(pattern)):
        if pattern[p] > _FAINTEST:
            total += (gamma[p].real ** 2 + gamma[p].imag ** 2) / (pattern[p] + background)
    return total


@numba.njit(cache=True, nogil=True)
def _accumulate(
    psi: NDArray[np.complex128],
    shifts: NDArray[np.int64],
    pixels: NDArray[np.int64],
    patterns: _Real,
    background: float,
) -> _Real:
    """``(3, m)``: full, linear and mean |p̃|² per shift."""
    n, count = patterns.shape
    out = np.zeros((3, len(shifts)))
    mean = np.zeros(count)
    for r in range(n):
        mean += patterns[r] / n
    for m in range(len(shifts)):
        average = np.zeros(count, np.complex128)
        for r in range(n):
            gamma = np.zeros(count, np.complex128)
            overlap = _gamma(psi[r], shifts[m, 0], shifts[m, 1], pixels, gamma)
            out[0, m] += _poisson(gamma, patterns[r], background) / n
            out[2, m] += (overlap.real**2 + overlap.imag**2) / n
            average += gamma / n
        out[1, m] = _poisson(average, mean, background)
    return out
