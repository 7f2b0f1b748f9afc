"""What a real session does to the patterns of a perfect microscope, as numbers."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from beamopt.acquisition import Acquisition
from beamopt.damage import Fading, amplitude_attenuation

__all__ = ["PERFECT", "Imperfections", "defoci"]

_NotNegative = Annotated[float, Field(ge=0, le=1e4, allow_inf_nan=False)]

_QUADRATURE = 1e-3
"""Largest error of the mean over defocus of any two beams' interference, of its full strength."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Imperfections:
    """Everything beside the acquisition that changes the expectation; the default is a perfect session.

    Parameters
    ----------
    source_size
        Standard deviation of the Gaussian effective source in the specimen plane [Å].
    focal_spread
        Standard deviation of the defocus from electron to electron [Å].
    fading
        How the specimen fades under the beam; None does not fade.
    point_spread
        Standard deviation of where the camera records an electron [camera pixels].
    """

    source_size: _NotNegative = 0.0
    focal_spread: _NotNegative = 0.0
    fading: Fading | None = None
    point_spread: _NotNegative = 0.0

    @property
    def touches_scan(self) -> bool:
        """Whether detail that changes with the probe position is weaker than in a perfect session."""
        return self.source_size > 0 or self.fading is not None

    def transfer(self, q: ArrayLike, acquisition: Acquisition) -> NDArray[np.float64]:
        """What is left of a Fourier component q over the scan, exp(-2π²s²q²) times the mean amplitude not yet faded.

        A source displaced by ρ displaces the probe, so the patterns are averaged over the source (P. D. Nellist and
        J. M. Rodenburg, Ultramicroscopy 54, 61 (1994)). Damage takes the structure and leaves the electrons: the mean
        pattern keeps all of them.

        Parameters
        ----------
        q
            Spatial frequency [Å⁻¹], at least 0, any shape.
        acquisition
            Sets fluence and energy.

        Returns
        -------
        ndarray
            0 to 1, and 1 at q = 0.

        Examples
        --------
        >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15,
        ...                 scan_sampling=1, dose_per_area=100)
        >>> [float(g) for g in Imperfections(source_size=0.2).transfer([0.0, 0.5], a).round(4)]
        [1.0, 0.8209]
        """
        frequency = np.asarray(q, np.float64)
        kept = np.exp(-2 * (np.pi * self.source_size * frequency) ** 2)
        if self.fading is None:
            return kept
        critical = self.fading.critical_dose(frequency, acquisition.energy)
        return np.where(frequency == 0, 1.0, kept * amplitude_attenuation(acquisition.dose_per_area, critical))


PERFECT = Imperfections()
"""Point source, one focus, no damage, sharp camera."""


def defoci(acquisition: Acquisition, focal_spread: float) -> tuple[tuple[float, float], ...]:
    """Defoci [Å] and weights whose incoherent sum is the Gaussian focal spread, as few as the aperture allows.

    A defocus δ turns two beams of the probe against each other by at most πλk0²δ; the fewest Gauss-Hermite points are
    taken that give the mean of every such turn, exp(-φ²/2), within 1e-3.

    Parameters
    ----------
    acquisition
        Sets aperture and mean defocus.
    focal_spread
        Standard deviation [Å].

    Returns
    -------
    tuple
        Pairs (defocus, weight); the weights sum to 1.

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=300, detector_outer=15,
    ...                 scan_sampling=1, dose_per_area=100)
    >>> defoci(a, 0.0), [round(z) for z, _ in defoci(a, 21.2)]
    (((300.0, 1.0),), [263, 300, 337])
    """
    largest = np.pi * acquisition.wavelength * acquisition.cutoff**2 * focal_spread
    turns = np.linspace(0, largest, 64)
    points = 1
    while True:
        nodes, weights = np.polynomial.hermite_e.hermegauss(points)
        weights /= weights.sum()
        if np.max(np.abs(np.cos(np.outer(turns, nodes)) @ weights - np.exp(-(turns**2) / 2))) <= _QUADRATURE:
            return tuple(
                (float(acquisition.defocus + focal_spread * z), float(w)) for z, w in zip(nodes, weights, strict=True)
            )
        points += 1
