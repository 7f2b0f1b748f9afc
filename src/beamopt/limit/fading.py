"""What damage leaves of the signal of one pass."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BEST_DOSE", "surviving_fraction"]

BEST_DOSE = 2.5129
"""Fluence over critical fluence at which one pass carries most signal (Hayward & Glaeser 1979)."""


def surviving_fraction(dose: ArrayLike, critical: ArrayLike) -> NDArray[np.float64]:
    """D_eff/D, the undamaged electrons that carry the signal of one pass over the electrons spent.

    Spots fade as I = I0·exp(-D/De), amplitudes as exp(-D/2De); the noise of D electrons stays, so
    D_eff = [2De(1 - exp(-D/2De))]²/D (Hayward & Glaeser, Ultramicroscopy 4, 201 (1979)).

    Parameters
    ----------
    dose
        Fluence D [e/Å²], positive.
    critical
        De at each frequency [e/Å²], positive; broadcast against `dose`.

    Returns
    -------
    ndarray
        0 to 1.

    Examples
    --------
    >>> round(float(surviving_fraction(BEST_DOSE, 1.0)) * BEST_DOSE, 4)
    0.8145
    """
    spent = np.asarray(dose, dtype=np.float64) / (2 * np.asarray(critical, dtype=np.float64))
    return np.asarray((-np.expm1(-spent) / spent) ** 2)
