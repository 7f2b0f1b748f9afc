"""What the operator sets, as one frozen value, and what follows from it in closed form."""

import math
from dataclasses import fields
from typing import Annotated, final

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from beamopt import physics
from beamopt.aberrations import NONE, Aberrations
from beamopt.quantities import Angle, Defocus, Energy, Fluence, Length, SphericalAberration, Unit

__all__ = ["Acquisition", "ActualAcquisition", "object_sampling", "wave_pixels"]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Acquisition:
    """One 4D-STEM acquisition.

    Parameters
    ----------
    energy
        Beam energy [eV].
    semiangle_cutoff
        Convergence semi-angle α [mrad].
    defocus
        Defocus [Å] at the entrance surface, positive underfocus (C10 = -defocus).
    detector_outer
        Collection semi-angle [mrad]: the half width of the square camera.
    scan_sampling
        Scan step [Å], the same along both axes.
    dose_per_area
        Incident electrons per area [e/Å²].
    spherical_aberration
        Cs [Å] of the column, known and no knob: reconstruction and limits honour it.

    Examples
    --------
    A setting published for MOFs, 885 Å underfocus at 10 mrad:

    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=885, detector_outer=15,
    ...                 scan_sampling=1.051, dose_per_area=100)
    >>> round(a.electrons_per_pattern, 1), round(a.linear_overlap, 2)
    (110.5, 0.94)
    """

    energy: Energy
    semiangle_cutoff: Angle
    defocus: Defocus
    detector_outer: Angle
    scan_sampling: Length
    dose_per_area: Fluence
    spherical_aberration: SphericalAberration = 0.0

    def angular_sampling(self, pixels: int) -> Annotated[float, Unit("mrad")]:
        """Angle per pixel of a square camera of so many pixels a side that `detector_outer` just fits into [mrad]."""
        return 2 * self.detector_outer / pixels

    @property
    def wavelength(self) -> Annotated[float, Unit("Å")]:
        """Electron wavelength [Å]."""
        return physics.wavelength(self.energy)

    @property
    def cutoff(self) -> Annotated[float, Unit("Å⁻¹")]:
        """Aperture radius k0 = α/λ [Å⁻¹]."""
        return self.semiangle_cutoff * 1e-3 / self.wavelength

    @property
    def electrons_per_pattern(self) -> Annotated[float, Unit("e")]:
        """Incident electrons per scan position, fluence times step squared."""
        return self.dose_per_area * self.scan_sampling**2

    @property
    def geometric_radius(self) -> Annotated[float, Unit("Å")]:
        """Radius of the probe by ray optics [Å], |defocus|·tan α without spherical aberration."""
        return physics.ray_radius(self.semiangle_cutoff, self.defocus, self.spherical_aberration)

    @property
    def probe_radius(self) -> Annotated[float, Unit("Å")]:
        """Radius within which the probe falls [Å]: the ray-optics disc or the Airy disc 0.61/k0, the larger one."""
        return max(self.geometric_radius, 0.61 / self.cutoff)

    @property
    def linear_overlap(self) -> float:
        """Overlap of neighbouring probes, 1 - step/(2·probe radius); negative where they do not touch."""
        return 1 - self.scan_sampling / (2 * self.probe_radius)

    @property
    def areal_oversampling(self) -> float:
        """How often each object point is lit, π·R²/step² (Gilgenbach, Chen & LeBeau 2024, doi 10.1093/mam/ozae055)."""
        return float(np.pi * (self.probe_radius / self.scan_sampling) ** 2)

    def ronchigram_magnification(self, angular_sampling: float) -> float:
        """Camera pixels per Å of the shadow image, α/(R·angular_sampling) [1/Å], same source as the oversampling.

        Parameters
        ----------
        angular_sampling
            Angle per camera pixel [mrad].
        """
        return self.semiangle_cutoff / (self.probe_radius * angular_sampling)

    def beam_phase(self, kx: NDArray[np.float64], ky: NDArray[np.float64]) -> NDArray[np.float64]:
        """Phase χ [rad] of the probe on the entrance surface; its aperture function is exp(-iχ).

        Parameters
        ----------
        kx, ky
            Spatial frequencies [Å⁻¹], broadcast against each other.
        """
        return physics.aberration_phase(np.hypot(kx, ky), self.energy, self.defocus, self.spherical_aberration)

    def named(self) -> dict[str, float]:
        """Every knob by name, and Cs where there is any."""
        names = (*self.knobs(), *(("spherical_aberration",) if self.spherical_aberration else ()))
        return {name: float(getattr(self, name)) for name in names}

    def unusual(self) -> dict[str, float]:
        """Knobs that have a default and are set to something else, by name."""
        usual = {field.name: field.default for field in fields(Acquisition) if isinstance(field.default, (int, float))}
        return {n: float(getattr(self, n)) for n in self.knobs() if n in usual and getattr(self, n) != usual[n]}

    @classmethod
    def knobs(cls) -> tuple[str, ...]:
        """Names of everything that can be set, in the order of the docstring."""
        return tuple(field.name for field in fields(Acquisition) if field.name != "spherical_aberration")


@final
@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class ActualAcquisition(Acquisition):
    """An acquisition as the microscope carries it out, with what the operator does not know.

    Parameters
    ----------
    residual
        Aberrations beside defocus and the known Cs; they are in the probe that is simulated and in no other.
    """

    residual: Aberrations = NONE

    def beam_phase(self, kx: NDArray[np.float64], ky: NDArray[np.float64]) -> NDArray[np.float64]:
        """Phase χ [rad] as of any acquisition, residual aberrations included."""
        known = super().beam_phase(kx, ky)
        return known if self.residual == NONE else known + self.residual.phase(kx, ky, self.energy)


def wave_pixels(acquisition: Acquisition, camera: int, angular_sampling: float) -> int:
    """Pixels along a side of the waves, so that the object's grid does not hang on where the camera ends.

    A camera that ends at β sees the object up to α + β: there a beam scattered out of the aperture still touches it,
    and in the bright field two beams of the disc interfere, up to 2α where β = α. On a grid that ends at α + β the
    product of a probe and an object folds over at β and beyond, so what the camera measured is free of it.

    Parameters
    ----------
    acquisition
        Sets α.
    camera
        Camera pixels along each side, even.
    angular_sampling
        Angle per camera pixel [mrad].

    Returns
    -------
    int
        Even, of a size that transforms quickly (16 times factors 2, 3 and 5), at least `camera`.

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=16,
    ...                 scan_sampling=1, dose_per_area=1)
    >>> wave_pixels(a, 64, 0.5)
    128
    """
    outer = camera * angular_sampling / 2
    sixteenths = math.ceil(camera / 16 * (1 + acquisition.semiangle_cutoff / outer) - 1e-9)
    while not _is_quick(sixteenths):
        sixteenths += 1
    return 16 * sixteenths


def object_sampling(acquisition: Acquisition, pixels: int, angular_sampling: float) -> float:
    """Pixel of the probe and the object [Å], λ over the full width of the camera.

    Parameters
    ----------
    acquisition
        Sets the wavelength.
    pixels
        Camera pixels along each side.
    angular_sampling
        Angle per camera pixel [mrad].

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=16,
    ...                 scan_sampling=1, dose_per_area=1)
    >>> round(object_sampling(a, 128, 0.25), 4)
    0.6152
    """
    return acquisition.wavelength / (pixels * angular_sampling * 1e-3)


def _is_quick(n: int) -> bool:
    for prime in (2, 3, 5):
        while n % prime == 0:
            n //= prime
    return n == 1
