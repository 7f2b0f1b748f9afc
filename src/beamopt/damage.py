"""Closed forms of radiation damage: how much of the incident fluence still carries signal.

Every diffracted intensity fades as I(q, D) = I0(q)·exp(-D/De(q)), an amplitude as exp(-D/2De). De is the critical
fluence [e/Å²]. A scan gives each area its fluence once, so the image sees the mean amplitude over the exposure.
"""

from typing import Annotated, Literal, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from scipy.special import lambertw

from beamopt import physics
from beamopt.quantities import Energy, Fluence, Unit

__all__ = [
    "OPTIMUM",
    "Fading",
    "amplitude_attenuation",
    "effective_dose",
    "optimal_dose",
    "shape_grant_grigorieff",
    "shape_power",
    "voltage_factor",
]

OPTIMUM = float(-1 - 2 * lambertw(-0.5 * np.exp(-0.5), -1).real)
"""Best fluence over critical fluence: x > 0 with exp(x/2) = 1 + x, where (1 - exp(-x/2))²/x is largest."""


def amplitude_attenuation(dose: ArrayLike, critical_dose: ArrayLike) -> NDArray[np.float64]:
    """Mean amplitude left of a Fourier component exposed once, (1 - exp(-x))/x with x = dose/(2·critical_dose).

    Parameters
    ----------
    dose
        Incident fluence [e/Å²], at least 0, any shape.
    critical_dose
        De [e/Å²], above 0, infinite where nothing fades; broadcast against `dose`.

    Returns
    -------
    ndarray
        Factor 0 to 1; the counts are as many as ever, the signal in them is weaker.

    Raises
    ------
    ValueError
        If a fluence is negative or not a number, or a critical fluence is not positive.

    Examples
    --------
    >>> float(amplitude_attenuation(100.0, 50.0).round(4))
    0.6321
    """
    incident, critical = np.asarray(dose, np.float64), np.asarray(critical_dose, np.float64)
    if not (np.all(incident >= 0) and np.all(critical > 0)):
        raise ValueError("dose must be at least 0 and critical_dose above 0 e/Å², without NaN")
    x = incident / (2 * critical)
    tiny = x < 1e-9  # there the factor is 1 - x/2 and the quotient 0/0
    divisor = np.where(tiny, 1.0, x)
    return np.asarray(np.where(tiny, 1 - x / 2, -np.expm1(-divisor) / divisor), np.float64)


def effective_dose(dose: ArrayLike, critical_dose: ArrayLike) -> NDArray[np.float64]:
    """Fluence that would carry the same signal undamaged, [2De(1 - exp(-D/2De))]²/D.

    Signal to noise of one unweighted exposure (S. B. Hayward and R. M. Glaeser, Ultramicroscopy 4, 201 (1979)). It is
    largest at `optimal_dose`, where it is 0.8145·De.

    Parameters
    ----------
    dose
        Incident fluence D [e/Å²], at least 0, any shape.
    critical_dose
        De [e/Å²], for instance De(q) of every spatial frequency; broadcast against `dose`.

    Returns
    -------
    ndarray
        Effective fluence [e/Å²], never above `dose`.

    Raises
    ------
    ValueError
        As `amplitude_attenuation`.

    Examples
    --------
    >>> [float(d) for d in effective_dose([1.0, 251.29, 10_000.0], 100.0).round(2)]
    [1.0, 81.45, 4.0]
    """
    return np.asarray(dose, np.float64) * amplitude_attenuation(dose, critical_dose) ** 2


def optimal_dose(critical_dose: ArrayLike) -> NDArray[np.float64]:
    """Fluence [e/Å²] beyond which more exposure takes signal away, 2.5129·De (Hayward & Glaeser 1979).

    Examples
    --------
    >>> float(optimal_dose(1.0).round(4))
    2.5129
    """
    return OPTIMUM * np.asarray(critical_dose, np.float64)


def voltage_factor(energy: float, reference_energy: float, exponent: float = 0.65) -> float:
    """How much more fluence is borne at an energy than at the reference, (β²/β²_ref)^exponent.

    Parameters
    ----------
    energy, reference_energy
        Beam energies [eV].
    exponent
        0.65 where damage was measured at 100 and 300 keV (M. J. Peet, R. Henderson and C. J. Russo, Ultramicroscopy
        203, 125 (2019): damage × 1.57 where β² falls by 2.006); 1 for the inelastic cross-section alone.

    Examples
    --------
    >>> round(1 / voltage_factor(100e3, 300e3), 2)
    1.57
    """
    return float((physics.beta_squared(energy) / physics.beta_squared(reference_energy)) ** exponent)


def shape_grant_grigorieff(q: ArrayLike, reference: float) -> NDArray[np.float64]:
    """De(q)/De(reference) as in protein, 0.245·q^-1.665 + 2.81 (T. Grant and N. Grigorieff, eLife 4, e06980 (2015)).

    Parameters
    ----------
    q
        Spatial frequency [Å⁻¹], at least 0; infinite at 0, where nothing fades.
    reference
        Spatial frequency [Å⁻¹], above 0, where the ratio is 1.

    Examples
    --------
    >>> float(shape_grant_grigorieff(0.1, 1 / 3).round(2))  # 14.14 over 4.34 e/Å² at 300 kV
    3.26
    """
    return _grant_grigorieff(q) / _grant_grigorieff(reference)


def shape_power(q: ArrayLike, reference: float, exponent: float = -1.7) -> NDArray[np.float64]:
    """De(q)/De(reference) as a power law, steeper than protein at fine spacings (reanalysis in IUCrJ 6, 1040 (2019)).

    Parameters
    ----------
    q
        Spatial frequency [Å⁻¹], at least 0; infinite at 0, where nothing fades.
    reference
        Spatial frequency [Å⁻¹], above 0, where the ratio is 1.
    exponent
        Below 0; -2 in the same paper's physical model.

    Examples
    --------
    >>> float(shape_power(1.0, 0.5).round(3))
    0.308
    """
    with np.errstate(divide="ignore"):
        return (np.asarray(q, np.float64) / reference) ** exponent


def _grant_grigorieff(q: ArrayLike) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(0.245 * np.asarray(q, np.float64) ** -1.665 + 2.81, np.float64)


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Fading:
    """How a sample fades, from one known critical fluence; the law behind a catalogue entry.

    Parameters
    ----------
    value
        Critical fluence De [e/Å²] at `energy` and, where De depends on q, at `reference`.
    energy
        Beam energy [eV] at which it holds; None where it is not known, and then no voltage is corrected for.
    shape
        ``constant``: De is the same for all q. ``protein``: the shape of `shape_grant_grigorieff`. ``power``: that of
        `shape_power`.
    reference
        Spatial frequency [Å⁻¹] at which `value` was found; None for a constant De and only then.
    source
        Who says so.
    status
        ``measured``, ``derived``, ``quoted`` or ``guess``, as in the sample catalogue; goes wherever the number goes.

    Examples
    --------
    >>> mof = Fading(value=17.0, energy=300e3, source="recalled", status="quoted")
    >>> float(mof.critical_dose(0.5, energy=200e3).round(1))
    14.7
    """

    value: Fluence
    energy: Energy | None = None
    shape: Literal["constant", "protein", "power"] = "constant"
    reference: Annotated[float | None, Field(gt=0, le=10, allow_inf_nan=False), Unit("Å⁻¹")] = None
    source: str
    status: Literal["measured", "derived", "quoted", "guess"]

    def __post_init__(self) -> None:
        if (self.shape == "constant") != (self.reference is None):
            raise ValueError(
                f"shape = '{self.shape}' with reference = {self.reference}: a shape that depends on q needs the "
                "reference frequency [Å⁻¹] of its value, a constant one takes none"
            )

    def critical_dose(self, q: ArrayLike, energy: float) -> NDArray[np.float64]:
        """De(q) [e/Å²] at a beam energy.

        Parameters
        ----------
        q
            Spatial frequency [Å⁻¹], at least 0, any shape.
        energy
            Beam energy [eV].

        Returns
        -------
        ndarray
            Same shape as `q`; infinite at q = 0 where De depends on q.
        """
        factor = 1.0 if self.energy is None else voltage_factor(energy, self.energy)
        return self.value * factor * self._shape(q)

    def _shape(self, q: ArrayLike) -> NDArray[np.float64]:
        if self.reference is None:
            return np.ones(np.shape(q))
        match self.shape:
            case "protein":
                return shape_grant_grigorieff(q, self.reference)
            case "power":
                return shape_power(q, self.reference)
            case "constant":
                return np.ones(np.shape(q))
            case _:
                assert_never(self.shape)
