"""What a real session does to the patterns of a perfect microscope, as numbers."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from beamopt.acquisition import Acquisition
from beamopt.damage import Fading, amplitude_attenuation

__all__ = ["PERFECT", "Imperfections"]

_NotNegative = Annotated[float, Field(ge=0, le=1e4, allow_inf_nan=False)]


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

    @property
    def named(self) -> str:
        """What is not perfect, in words."""
        names = {
            "a source size": self.source_size > 0,
            "a focal spread": self.focal_spread > 0,
            "fading": self.fading is not None,
        }
        return " with ".join(name for name, present in names.items() if present)

    def contrast(self, acquisition: Acquisition) -> float | None:
        """What fading leaves of any change from position to position, 0 to 1; None where that depends on its scale."""
        if self.fading is None:
            return 1.0
        if self.fading.reference is not None:
            return None
        critical = self.fading.critical_dose(0.0, acquisition.energy)
        return float(amplitude_attenuation(acquisition.dose_per_area, critical))

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
