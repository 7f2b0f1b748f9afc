"""How much there is to see: power of the specimen's phase per spatial frequency."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.measurement import BAND

__all__ = ["Spectrum", "spectrum_of"]

_Real = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """Power spectral density of the transmission in bands of |q|.

    W(q) = ⟨|∫ (t - t̄) exp(-2πiq·r) d²r|²⟩ / area [rad² Å²], which for a weak phase is that of the phase. The signal
    power per real unit-norm Fourier mode of an image of pixels px² is S_q = W/px², and N = dose·px², so SSNR = S_q·F(q)
    = W(q)·dose·F/N whatever the pixel.

    Parameters
    ----------
    edges
        ``(m + 1,)`` band edges [Å⁻¹], rising.
    power
        ``(m,)`` mean W of each band [Å²]; 0 is allowed.
    """

    edges: _Real
    power: _Real

    def __post_init__(self) -> None:
        rising = len(self.edges) == len(self.power) + 1 and bool(np.all(np.diff(self.edges) > 0))
        if not rising or self.edges[0] < 0:
            raise InputError("spectrum: band edges must rise from 0 or above and be one more than the powers")
        if not np.all(np.isfinite(self.power)) or np.any(self.power < 0):
            raise InputError("spectrum: every power must be finite and at least 0")

    @property
    def furthest(self) -> float:
        """Where the spectrum ends [Å⁻¹]."""
        return float(self.edges[-1])

    def at(self, frequency: _Real) -> _Real:
        """W of the band that holds each |q|; 0 outside every band.

        Examples
        --------
        >>> s = Spectrum(edges=np.array([0.0, 0.1, 0.2]), power=np.array([3.0, 1.0]))
        >>> [float(w) for w in s.at(np.array([0.05, 0.1, 0.2]))]
        [3.0, 1.0, 0.0]
        """
        band = np.searchsorted(self.edges, np.asarray(frequency), side="right") - 1
        inside = (band >= 0) & (band < len(self.power))
        return np.where(inside, self.power[np.clip(band, 0, len(self.power) - 1)], 0.0)

    def variance(self) -> float:
        """∫W d²q, the variance of the transmission within the bands [rad²]."""
        return float(np.sum(np.pi * np.diff(self.edges**2) * self.power))


def spectrum_of(
    transmission: NDArray[np.complexfloating],
    sampling: tuple[float, float],
    *,
    window: _Real | None = None,
    band: float = BAND,
) -> Spectrum:
    """Spectrum of a known specimen, band by band as the score sees it.

    The score correlates complex transmissions with their means removed, in bands of 0.1 Å⁻¹, so a crystal's Bragg spots
    are averaged with the silence between them; the same is done here, so that `information` of a limit and of a score
    are the same quantity. A method that filters ring by ring finds the silence out: with a finer `band`,
    `Curve.scored` says how far that can take it. Power is spread over the whole area of its band, so one cell of a
    crystal has the same spectrum as many.

    Parameters
    ----------
    transmission
        complex ``(x, y)``, the truth: of whole crystal cells, or under the window of the score.
    sampling
        Pixel size [Å].
    window
        Weights ``(x, y)``; none where left out.
    band
        Width of a band [Å⁻¹].

    Returns
    -------
    Spectrum
        From 0 to the Nyquist frequency of the coarser axis.

    Raises
    ------
    InputError
        If the field is too small to hold one frequency.

    Examples
    --------
    Its integral is the variance, here of 0.1·√2·cos along one axis:

    >>> phase = 0.1 * 2**0.5 * np.cos(2 * np.pi * 5 * np.arange(64) / 64)[:, None] * np.ones(64)
    >>> round(spectrum_of(np.exp(1j * phase), (0.5, 0.5), band=1.0).variance(), 3)
    0.01
    """
    weight = np.ones(transmission.shape) if window is None else window
    mean = np.average(transmission, weights=weight)
    density = np.abs(np.fft.fft2(weight * (transmission - mean))) ** 2 * sampling[0] * sampling[1] / np.sum(weight**2)
    qx, qy = (np.fft.fftfreq(n, d) for n, d in zip(transmission.shape, sampling, strict=True))
    q = np.hypot(qx[:, None], qy[None, :])
    furthest = 0.5 / max(sampling)
    count = max(1, int(np.ceil(furthest / band - 1e-9)))
    edges = np.minimum(band * np.arange(count + 1), furthest)
    held = (q > 0) & (q < furthest)
    if not held.any():
        raise InputError(f"spectrum: {transmission.shape} pixels of {sampling} Å hold no frequency; use a larger field")
    number = np.minimum((q[held] / band).astype(np.intp), count - 1)
    coefficients = np.pi * np.diff(edges**2) * np.prod(np.multiply(transmission.shape, sampling))  # in each band's area
    power = np.bincount(number, density[held], count) / coefficients
    return Spectrum(edges=edges, power=power)
