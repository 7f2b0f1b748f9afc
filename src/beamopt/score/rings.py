"""Correlation with the truth ring by ring in reciprocal space, and how many independent numbers each ring holds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beamopt.score.spots import Places

__all__ = ["RingCorrelation", "band_limit", "correlate", "windowed_spectrum"]

_Real = NDArray[np.floating[Any]]
_NOTHING = 1e-6  # of the variance
_LAGS = 3  # a windowed spectrum remembers its neighbours no further than this


@dataclass(frozen=True, kw_only=True)
class RingCorrelation:
    """What the rings of two spectra have in common; every array has one number per ring.

    Parameters
    ----------
    frequency
        Mean frequency of the ring's coefficients [Å⁻¹].
    correlation
        Re Σ R·T* / √(Σ|R|² Σ|T|²), -1 to 1; 0 where either spectrum is empty.
    modes
        Coefficients per area of the image [Å⁻²], both halves of the plane: the area of the ring.
    independent
        Independent real numbers in the ring that chance could align: fewer than the coefficients under a window, up to
        twice as many where the images are not pure phase (a pure weak phase has a Hermitian spectrum).
    image_power, truth_power
        Mean |R|² and |T|² per coefficient, arbitrary unit.
    own
        Fraction of the truth's power in coefficients that have signal of their own.
    """

    frequency: _Real
    correlation: _Real
    modes: _Real
    independent: _Real
    image_power: _Real
    truth_power: _Real
    own: _Real


def correlate(
    image: NDArray[np.complex128],
    truth: NDArray[np.complex128],
    window: _Real,
    sampling: tuple[float, float],
    width: float,
    lowest: float,
    highest: float,
    places: Places | None = None,
) -> RingCorrelation:
    """Fourier ring correlation of two windowed images with their means removed.

    Ring r = 0, 1, ... holds the frequencies from lowest + r·width to lowest + (r + 1)·width.

    Parameters
    ----------
    image, truth
        complex ``(x, y)``.
    window
        Same shape.
    sampling
        Pixel size [Å].
    width
        Width of a ring [Å⁻¹].
    lowest
        Where the first ring begins [Å⁻¹]; the zero frequency belongs to none.
    highest
        Largest frequency that is looked at [Å⁻¹], see `band_limit`.
    places
        Where each coefficient counts, from `spots`; at its own frequency where left out.

    Returns
    -------
    RingCorrelation
    """
    q = _frequencies(truth.shape, sampling)
    inside = (q > 0) & (q >= lowest) & (q <= highest)
    places = places or Places.of(truth.shape, sampling)
    at = np.clip(places.frequency, lowest, highest)
    ring = np.where(inside, np.floor((at - lowest) / width) + 1, 0).astype(np.intp)
    a, b = windowed_spectrum(image, window), windowed_spectrum(truth, window)
    count = _sums(ring, np.ones_like(q))
    power_a, power_b = _sums(ring, np.abs(a) ** 2), _sums(ring, np.abs(b) ** 2)
    scale = np.sqrt(power_a * power_b)
    # Rounding is not signal: an empty ring correlates with nothing.
    empty = (power_a <= 1e-20 * _total(image, window)) | (power_b <= 1e-20 * _total(truth, window))
    correlation = np.where(empty, 0.0, _sums(ring, (a * b.conj()).real) / np.where(empty, 1.0, scale))
    kept = count > 0
    edge = np.minimum(lowest + width * np.arange(len(count) + 1), highest)
    return RingCorrelation(
        frequency=(_sums(ring, q) / np.maximum(count, 1))[kept],
        correlation=np.clip(correlation, -1, 1)[kept],
        modes=(np.pi * np.diff(edge**2))[kept],
        independent=(_independent(ring, window, count) * 2 / (1 + _hermitian(ring, a, b)))[kept],
        image_power=(power_a / np.maximum(count, 1))[kept],
        truth_power=(power_b / np.maximum(count, 1))[kept],
        own=(_sums(ring, places.own * np.abs(b) ** 2) / np.maximum(power_b, 1e-300))[kept],
    )


def band_limit(image: NDArray[np.complex128], sampling: tuple[float, float]) -> float:
    """Frequency beyond which a whole image holds nothing [Å⁻¹], so that a finer grid of the same image scores the same.

    Beyond it lies less than 1e-6 of the variance; it is below Nyquist of the coarser axis.
    """
    q = _frequencies(image.shape, sampling).ravel()
    power = np.abs(np.fft.fft2(image - image.mean())).ravel() ** 2
    order = np.argsort(q)
    beyond = np.cumsum(power[order][::-1])[::-1]
    filled = q[order][beyond > _NOTHING * beyond[0]]
    nyquist = 0.5 / max(sampling) * (1 - 1e-9)
    return float(min(nyquist, filled[-1])) if filled.size else nyquist


def _frequencies(shape: tuple[int, ...], sampling: tuple[float, float]) -> _Real:
    qx, qy = (np.fft.fftfreq(n, d) for n, d in zip(shape, sampling, strict=True))
    return np.asarray(np.hypot(qx[:, None], qy[None, :]))


def windowed_spectrum(image: NDArray[np.complex128], window: _Real) -> NDArray[np.complex128]:
    """Fourier transform of an image without its mean, under a window."""
    return np.asarray(np.fft.fft2(window * (image - np.average(image, weights=window))))


def _total(image: NDArray[np.complex128], window: _Real) -> float:
    return float(image.size * np.sum(np.abs(window * image) ** 2))


def _sums(ring: NDArray[np.intp], values: _Real) -> _Real:
    """Sum over each ring; index 0 holds what is in none."""
    return np.asarray(np.bincount(ring.ravel(), weights=values.ravel())[1:], dtype=np.float64)


def _independent(ring: NDArray[np.intp], window: _Real, count: _Real) -> _Real:
    """n²/Σ_ij |c_ij|² per ring, c the correlation that the window puts between coefficients i and j."""
    c = np.fft.fft2(window**2)
    c2 = np.abs(c / c[0, 0]) ** 2
    pairs = np.zeros_like(count)
    for i in range(-_LAGS, _LAGS + 1):
        for j in range(-_LAGS, _LAGS + 1):
            if c2[i, j] > 1e-4:
                same = ring == np.roll(ring, (i, j), axis=(0, 1))
                pairs += c2[i, j] * _sums(ring, same.astype(np.float64))
    return np.asarray(count**2 / np.maximum(pairs, 1e-300))


def _hermitian(ring: NDArray[np.intp], a: NDArray[np.complex128], b: NDArray[np.complex128]) -> _Real:
    """How far both spectra share the symmetry of a pure phase, F(q)·F(-q): 1 for weak phases, 0 for complex noise."""
    pa, pb = (f * np.roll(f[::-1, ::-1], 1, axis=(0, 1)) for f in (a, b))
    shared, whole = _sums(ring, (pa * pb.conj()).real), _sums(ring, np.abs(pa * pb))
    return np.clip(np.where(whole > 0, shared / np.where(whole > 0, whole, 1.0), 1.0), 0, 1)
