"""From ring correlations to the two numbers a user reads: bits per area and the finest spacing that is right."""

import numpy as np
from numpy.typing import NDArray

from beamopt.measurement import FAINT, HALF_BIT
from beamopt.score.rings import RingCorrelation

__all__ = ["LARGEST_SSNR", "information", "resolution", "signal_rings"]

LARGEST_SSNR = 1e4
"""Spectral signal-to-noise ratio beyond which nothing is gained; keeps the information of a perfect image finite."""

_VOID = 1e-4  # of the image's strongest band: below it nothing was reconstructed, not even noise
_OWN = 0.1  # of the truth's power in a band: less, and the rest leaked in from other bands
_LOCAL = 0.05  # of the strongest ring nearby: between Bragg spots
_NEARBY = 6  # rings


def information(bands: RingCorrelation) -> float:
    """Information about the specimen per area, -½ Σ modes·log2(1 - FRC²) [bits/Å²], free of chance correlation.

    FRC² of each band is debiased to (n·FRC² - 1)/(n - 1), n its independent numbers, and *not* clipped at 0: clipping
    makes pure noise score 0.013 bits/Å² (38 Å region, 0.4 Å pixels) where the plain form scores 0.000 ± 0.001. An image
    of noise therefore scores 0 within its spread and may come out slightly negative. A band whose FRC is negative by
    more than three standard deviations has the wrong sign and counts nothing. SSNR is capped at `LARGEST_SSNR`, and
    bands where the truth has less than 1e-6 of its strongest band's power count nothing.

    Parameters
    ----------
    bands
        Correlation in bands of `BAND`.

    Returns
    -------
    float

    Examples
    --------
    One band of 2 modes per Å², half of whose power is signal: SSNR = 1, half a bit per mode.

    >>> one = np.ones(1)
    >>> round(information(RingCorrelation(frequency=one, correlation=one / 2**0.5, modes=2 * one,
    ...                                   independent=1e9 * one, image_power=one, truth_power=one, own=one)), 6)
    1.0
    """
    n = np.maximum(bands.independent, 2.0)
    squared = np.minimum((n * bands.correlation**2 - 1) / (n - 1), 1 - 1 / (1 + LARGEST_SSNR))
    counted = (bands.own > _OWN) & (bands.truth_power > FAINT * bands.truth_power.max())
    counted &= bands.image_power > _VOID * bands.image_power.max()
    counted &= bands.correlation > -3 / np.sqrt(n)
    return float(-0.5 * np.sum(bands.modes[counted] * np.log2(1 - squared[counted])))


def signal_rings(rings: RingCorrelation) -> NDArray[np.bool_]:
    """Rings that carry signal in the truth: at least 5 % of the strongest ring within six, and 1e-6 of the strongest.

    Between the Bragg spots of a crystal the truth holds only what the window leaks; an image there is right or wrong
    about nothing.
    """
    power = rings.truth_power
    padded = np.pad(power, _NEARBY)
    nearby = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEARBY + 1).max(axis=1)
    return np.asarray((power > _LOCAL * nearby) & (power > FAINT * power.max()))


def resolution(rings: RingCorrelation, coarsest: float) -> float:
    """Finest spacing that agrees with the truth at half a bit [Å].

    Over the rings that carry signal, from coarse to fine, the excess FRC - 0.541 is summed; the ring where this sum is
    highest is the resolution. That ring passes, the rings before it pass on the whole, and those behind it fail on the
    whole: one noisy ring neither ends the count nor extends it past failures. The FRC is first averaged with its
    signal-carrying neighbours (1, 2, 1).

    Parameters
    ----------
    rings
        Correlation in rings of one over the side.
    coarsest
        The answer when no ring passes [Å]: the side of the region, which says that nothing finer was resolved.

    Returns
    -------
    float
        Between the ring spacing at Nyquist and `coarsest`.
    """
    judged = signal_rings(rings)
    frc, frequency = rings.correlation[judged], rings.frequency[judged]
    if not frc.size:
        return coarsest
    smooth = np.convolve(np.pad(frc, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    excess = np.cumsum(smooth - HALF_BIT)
    best = int(np.argmax(excess))
    return min(coarsest, float(1 / frequency[best])) if excess[best] > 0 else coarsest
