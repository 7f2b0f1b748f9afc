"""Which acquisitions can be carried out at all, in closed form and before any simulation."""

from dataclasses import dataclass
from typing import final

import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.constraint import Constraint
from beamopt.physics import ray_radius

__all__ = ["SPARE", "UNLIT", "SimulationConstraints", "probe_radius"]

SPARE = 0.25
"""Of the window, and of the camera's real-space box, beyond the probe's diameter."""

UNLIT = 2 / 3
"""Most of the field that may be less than fully lit, where the probe's radius has gone from both sides."""

_CUBE = 2.0  # GB of float32 patterns


def probe_radius(acquisition: Acquisition, thickness: float) -> float:
    """Largest radius of the probe inside the specimen [Å].

    By ray optics (`physics.ray_radius`, Cs included) where it is wider, at the entrance or the exit surface, and at
    least the Airy disc 0.61 λ/α.

    Parameters
    ----------
    acquisition
        Sets aperture, defocus and Cs.
    thickness
        Specimen thickness [Å].

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=40, detector_outer=15,
    ...                 scan_sampling=1, dose_per_area=100)
    >>> round(probe_radius(a, thickness=440.0), 2)
    4.0
    """
    semiangle, cs = acquisition.semiangle_cutoff, acquisition.spherical_aberration
    surfaces = (acquisition.defocus, acquisition.defocus - thickness)
    return max(*(ray_radius(semiangle, defocus, cs) for defocus in surfaces), 0.61 / acquisition.cutoff)


@final
@dataclass(frozen=True, kw_only=True)
class SimulationConstraints:
    """What a simulation bounds: the probe, the camera, the field and the memory.

    Parameters
    ----------
    window
        Sides of the simulated window [Å].
    thickness
        Specimen thickness [Å].
    carried_angle
        Largest half width of a camera whose corner the potential carries [mrad].
    field
        Extent of the scanned field [Å].
    pixels
        Camera pixels per side.
    """

    window: tuple[float, float]
    thickness: float
    carried_angle: float
    field: tuple[float, float]
    pixels: int

    def margins(self, acquisition: Acquisition) -> dict[str, float]:
        """How far an acquisition is beyond each limit; at most 0 where it can be carried out.

        Returns
        -------
        dict
            ``probe_in_window`` [Å], ``detector_carried`` [mrad], ``probe_in_camera_box`` [Å], ``field_left`` [Å],
            ``cube_memory`` [GB].
        """
        return {one.name: one.margin for one in self._constraints(acquisition)}

    def shares(self, acquisition: Acquisition) -> dict[str, float]:
        """Margins over their limits, so that Å and GB weigh alike."""
        return {one.name: one.share for one in self._constraints(acquisition)}

    def broken(self, acquisition: Acquisition) -> list[tuple[float, str]]:
        """Share and sentence of every limit that is exceeded."""
        return [(one.share, one.sentence) for one in self._constraints(acquisition) if one.margin > 0]

    def _constraints(self, acquisition: Acquisition) -> tuple[Constraint, ...]:
        diameter = 2 * probe_radius(acquisition, self.thickness)
        angular_sampling = acquisition.angular_sampling(self.pixels)
        box = acquisition.wavelength * 1e3 / angular_sampling
        positions = np.prod([np.ceil(side / acquisition.scan_sampling) for side in self.field])
        cube = float(positions) * self.pixels**2 * 4e-9
        probe = (
            f"a probe of {diameter:.3g} Å (defocus={acquisition.defocus:g} Å at {acquisition.semiangle_cutoff:g} mrad)"
        )
        return (
            Constraint(
                name="probe_in_window",
                margin=diameter - (1 - SPARE) * min(self.window),
                unit="Å",
                limit=(1 - SPARE) * min(self.window),
                sentence=f"{probe} exceeds {1 - SPARE:.0%} of the {min(self.window):.3g} Å window; lower defocus or "
                f"semiangle_cutoff, or set sample.window to {diameter / (1 - SPARE):.3g} Å or more",
            ),
            Constraint(
                name="detector_carried",
                margin=acquisition.detector_outer - self.carried_angle,
                unit="mrad",
                limit=self.carried_angle,
                sentence=f"detector_outer={acquisition.detector_outer:g} mrad is beyond the "
                f"{self.carried_angle:.3g} mrad this potential carries into the camera's corners; lower it or refine "
                "potential.sampling",
            ),
            Constraint(
                name="probe_in_camera_box",
                margin=diameter - (1 - SPARE) * box,
                unit="Å",
                limit=(1 - SPARE) * box,
                sentence=f"{probe} exceeds {1 - SPARE:.0%} of the {box:.3g} Å box that camera pixels of "
                f"{angular_sampling:.3g} mrad resolve; lower defocus, semiangle_cutoff or detector_outer, "
                "or raise camera.pixels",
            ),
            Constraint(
                name="field_left",
                margin=diameter - UNLIT * min(self.field),
                unit="Å",
                limit=UNLIT * min(self.field),
                sentence=f"{probe} leaves less than a third of the {min(self.field):.3g} Å field fully lit; lower "
                "defocus or semiangle_cutoff, or raise sample.field and sample.window",
            ),
            Constraint(
                name="cube_memory",
                margin=cube - _CUBE,
                unit="GB",
                limit=_CUBE,
                sentence=f"{positions:.0f} patterns of {self.pixels} x {self.pixels} pixels take {cube:.3g} GB, "
                f"more than {_CUBE:g} GB; raise scan_sampling or lower camera.pixels or sample.field",
            ),
        )
