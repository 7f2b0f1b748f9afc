"""The most that the score can call information, of an image whose filter knows every ring of the specimen."""

import numpy as np
from numpy.typing import NDArray

from beamopt.limit import Curve
from beamopt.score import BAND, LARGEST_SSNR
from beamopt.score.region import tukey

__all__ = ["attainable"]

_Real = NDArray[np.float64]

_SAMPLES = 256  # of the window
_FAINT, _VOID = 1e-6, 1e-4  # of the strongest band of truth and image: what `score` leaves out


def attainable(frequency: _Real, signal: _Real, limit: Curve, side: float) -> float:
    """-½ Σ modes·log2(1 - FRC²) over the bands of the score, of the image with the best gain for each ring [bits/Å²].

    With signal S and noise v = 1/F the gain g = S/(S + v) maximises every correlation with the truth. A Bragg spot seen
    under the soft window of a region is as wide as one over its side and spills into the neighbouring bands, image and
    truth alike, so that a score at high signal-to-noise ratio counts its correlation there once more; so it is here:
    FRC² of a band is Σ g·S over Σ S, of all that lies in it under the window. Bands that the score leaves out are left
    out.

    Parameters
    ----------
    frequency
        Midpoints of equal rings that begin at 0 [Å⁻¹].
    signal
        Spectral power times fluence, at each.
    limit
        The limit there.
    side
        Side of the scored region [Å].

    Returns
    -------
    float
        At least 0.

    Examples
    --------
    A flat spectrum has nothing to spill: one bit per mode, π modes per Å² and square Å⁻¹.

    >>> q = (np.arange(400) + 0.5) / 400
    >>> flat = Curve(fisher=np.ones(400), ssnr=np.full(400, 3.0), frc=q, information=0.0, scored=0.0, resolution=1.0)
    >>> round(attainable(q, np.full(400, 3.0), flat, 30.0) / np.pi, 3)
    1.0
    """
    seen = limit.fisher > 0
    if not seen.any() or not signal.any():
        return 0.0
    reach = int(np.flatnonzero(seen)[-1]) + 1  # the score looks no further than the image
    window = _spill(2 * frequency[0], len(frequency), side)
    ring = 2 * np.pi * frequency * 2 * frequency[0]
    gain = limit.ssnr / (1 + limit.ssnr)
    band = (frequency[:reach] / BAND).astype(np.intp)
    truth, image = (np.bincount(band, _spilled(ring * part, window)[:reach]) for part in (signal, gain * signal))
    modes = np.bincount(band, ring[:reach])
    counted = (truth > _FAINT * modes * (truth / modes).max()) & (image > _VOID * modes * (image / modes).max())
    agreed = np.minimum(image[counted] / truth[counted], 1 - 1 / (1 + LARGEST_SSNR))
    return float(-0.5 * np.sum(modes[counted] * np.log2(1 - agreed)))


def _spilled(power: _Real, window: _Real) -> _Real:
    return np.asarray(np.convolve(power, window)[len(power) - 1 : 2 * len(power) - 1], dtype=np.float64)


def _spill(step: float, rings: int, side: float) -> _Real:
    """Power of a spot under the window, ``(2·rings - 1,)`` steps of frequency around it, its sum 1."""
    x = (np.arange(_SAMPLES) + 0.5) * side / _SAMPLES
    # Beyond the Nyquist frequency of the samples there is nothing that counts.
    offset = np.arange(min(rings, int(0.4 * _SAMPLES / side / step) + 1)) * step
    power = (np.cos(2 * np.pi * np.outer(offset, x - side / 2)) @ tukey(x, 0.0, side)) ** 2
    whole = np.zeros(2 * rings - 1)
    whole[rings - 1 : rings - 1 + len(power)] = power
    whole[rings - len(power) : rings] = power[::-1]
    return np.asarray(whole / whole.sum())
