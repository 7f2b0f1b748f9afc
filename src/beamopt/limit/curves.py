"""From Fisher information to what a user reads: best correlation with the truth, information, resolution."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.errors import InputError
from beamopt.limit.conditions import IDEAL, Conditions
from beamopt.limit.linear import linear
from beamopt.limit.quantum import QUANTUM
from beamopt.limit.spectrum import Spectrum
from beamopt.measurement import BAND, FAINT, HALF_BIT

__all__ = ["RING", "Curve", "Limits", "curve", "limits", "pooled", "rings_of"]

_Real = NDArray[np.float64]

RING = BAND / 4
"""Width of the rings that a limit tells apart [Å⁻¹], what a field of 40 Å resolves, whatever the field at hand."""

_POINTS = 512


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One limit over spatial frequency and as numbers.

    Parameters
    ----------
    fisher
        F/N per frequency.
    ssnr
        Spectral signal-to-noise ratio S_q·F(q) of the best estimate.
    frc
        Best Fourier ring correlation with the truth, √(SSNR/(1 + SSNR)).
    information
        ½∫log2(1 + SSNR) d²q [bits/Å²].
    scored
        What `score` can call information at most [bits/Å²]: it pools bands of 0.1 Å⁻¹, so an image whose filter knows
        which rings of a band hold the signal (a crystal's) scores more than `information`, and one from a transfer that
        varies inside a band scores less. Bands with less than 1e-6 of the power of the strongest are left out, like
        there.
    resolution
        Where the summed excess of `frc` over half a bit is highest [Å]; infinite where it never is above 0. No bound on
        a score's `frc_resolution`: that is judged in wider rings, in those with signal alone, and an image by
        ptychography uses more than the linear limit counts.
    """

    fisher: _Real
    ssnr: _Real
    frc: _Real
    information: float
    scored: float
    resolution: float


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one acquisition on one specimen.

    Parameters
    ----------
    frequency
        |q| [Å⁻¹], from `rings_of`.
    quantum
        Any single-pass measurement.
    linear
        Any method linear in the patterns; optimum bright field attains it at low dose.
    full
        This 4D-STEM measurement, from simulated exit waves, and at least what a linear method attains on a weak
        object; None where none were given.
    """

    frequency: _Real
    quantum: Curve
    linear: Curve
    full: Curve | None = None


def limits(
    acquisition: Acquisition,
    spectrum: Spectrum,
    conditions: Conditions = IDEAL,
    *,
    full: tuple[_Real, _Real] | None = None,
    fading: Callable[[_Real], _Real] | None = None,
    largest_ssnr: float = np.inf,
) -> Limits:
    """What physics allows one acquisition to find out about a specimen of known spectrum.

    Scan steps beyond λ/(4α) are not paid for here; see `unmixed` and `prescan`.

    Parameters
    ----------
    acquisition
        Probe, camera and fluence.
    spectrum
        Power of the specimen.
    conditions
        Coherence, thickness, camera pixel, background.
    full
        Frequencies [Å⁻¹] and F/N of the exit waves (`full.full`), in any order; averaged and interpolated over |q|.
    fading
        D_eff/D at each |q|, the square of `damage.amplitude_attenuation`; no damage where left out.
    largest_ssnr
        Signal-to-noise ratio beyond which the score counts nothing.

    Returns
    -------
    Limits

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=300, detector_outer=15,
    ...                 scan_sampling=0.4, dose_per_area=100)
    >>> s = Spectrum(edges=np.array([0.0, 0.5, 1.0]), power=np.array([0.04, 0.01]))
    >>> bounds = limits(a, s)
    >>> bounds.linear.information < bounds.quantum.information
    True
    """
    q = rings_of(spectrum)
    signal = spectrum.at(q) * acquisition.dose_per_area * (1.0 if fading is None else fading(q))

    def drawn(fisher: _Real) -> Curve:
        return curve(q, fisher, signal, largest_ssnr)

    attained = linear(acquisition, q, conditions)
    return Limits(
        frequency=q,
        quantum=drawn(np.full_like(q, QUANTUM)),
        linear=drawn(attained),
        full=None if full is None else drawn(np.maximum(_along(q, *full), attained)),
    )


def rings_of(spectrum: Spectrum, points: int = _POINTS) -> _Real:
    """Midpoints of equal rings from 0 to the end of a spectrum, `points` or more, a whole number in its first band."""
    first = float(spectrum.edges[1] - spectrum.edges[0])
    step = first / np.ceil(first * points / spectrum.furthest)  # no ring lies in two bands of equal width
    return np.asarray(step * (np.arange(round(spectrum.furthest / step)) + 0.5))


def curve(frequency: _Real, fisher: _Real, signal: _Real, largest_ssnr: float = np.inf) -> Curve:
    """A limit from its F/N.

    Parameters
    ----------
    frequency
        Midpoints of equal rings that begin at 0 [Å⁻¹].
    fisher
        F/N there.
    signal
        Spectral power times fluence, times what fading leaves.
    largest_ssnr
        Cap of the signal-to-noise ratio.
    """
    width = 2 * frequency[0]
    ssnr = np.minimum(signal * fisher, largest_ssnr)
    frc = np.sqrt(ssnr / (1 + ssnr))
    excess = np.cumsum(np.where(signal > 0, frc - HALF_BIT, 0.0))
    best = int(np.argmax(excess))
    return Curve(
        fisher=fisher,
        ssnr=ssnr,
        frc=frc,
        information=float(np.sum(np.pi * width * frequency * np.log2(1 + ssnr))),
        scored=pooled(frequency, fisher, signal, largest_ssnr),
        resolution=float(1 / frequency[best]) if excess[best] > 0 else float("inf"),
    )


def pooled(frequency: _Real, fisher: _Real, signal: _Real, largest_ssnr: float = np.inf) -> float:
    """-½Σ modes·log2(1 - FRC²) over bands [bits/Å²], of the image with the best gain g = SSNR/(1 + SSNR) in each ring.

    With noise v, maximising (Σ g·S)²/(Σ g²(S + v)·ΣS) over g gives g = S/(S + v) and FRC² = Σ g·S/ΣS. What lies beyond
    the last ring that transfers is no part of the image. Arguments as in `curve`.
    """
    reach = int(np.max(np.flatnonzero(fisher > 0), initial=-1)) + 1
    q, power = frequency[:reach], frequency[:reach] * signal[:reach]
    ssnr = np.minimum(signal * fisher, largest_ssnr)[:reach]
    band = (q / BAND).astype(np.intp)
    modes, truth = np.bincount(band, q), np.bincount(band, power)
    density = truth / np.where(modes > 0, modes, 1.0)
    counted = density > FAINT * np.max(density, initial=0.0)
    agreed = np.bincount(band, power * ssnr / (1 + ssnr))[counted] / truth[counted]
    return float(-2 * np.pi * q[:1].sum() * np.sum(modes[counted] * np.log2(1 - agreed)))


def _along(q: _Real, frequency: _Real, fisher: _Real) -> _Real:
    """Scattered samples of F/N as a function of |q|: mean of equal |q|, straight lines between them."""
    if frequency.shape != fisher.shape or not frequency.size:
        raise InputError(f"full: {frequency.shape} frequencies do not match {fisher.shape} values of F/N")
    step = q[1] - q[0]
    number = np.rint(frequency / step).astype(np.intp)
    count = np.bincount(number)
    held = count > 0
    middle = np.bincount(number, frequency)[held] / count[held]
    return np.interp(q, middle, np.bincount(number, fisher)[held] / count[held])
