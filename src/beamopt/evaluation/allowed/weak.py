"""The specimen as the weak-object model sees it, and where that model is doubtful."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.limit import RING, Conditions, Spectrum, spectrum_of
from beamopt.measurement import FAINT
from beamopt.potential import Potential, true_transmission
from beamopt.simulate import Imperfections
from beamopt.spec import CameraSpec

__all__ = ["WeakObject", "phase_deviation"]

_WEAK = 1.0  # rad
# UiO-66 [110] at 12 mrad, 300 Å, 0.7 Å, 50 and 500 e/Å²: optimum bright field reaches 0.78 and 0.85 of the linear limit
# at 15 Å (0.07 % of the area beyond 1 rad), 0.71 and 0.56 at 29 Å (0.4 %), 0.44 and 0.34 at 59 Å (2 %), 0.42 and 0.24
# at 103 Å (5 %).
_STRONG = 0.002  # of the area


@dataclass(frozen=True, kw_only=True)
class WeakObject:
    """The specimen as the weak-object model sees it; made once per study.

    Parameters
    ----------
    spectrum
        Power of its transmission in rings of 0.025 Å⁻¹, which a field of 40 Å tells apart, whatever the field: in finer
        rings a crystal's spots stand out further, and the same experiment would seem to allow more in a larger window.
    field
        Extent of the scan [Å].
    thickness
        Thickness [Å].
    camera
        Its pixels, quantum efficiency and background enter.
    imperfections
        Coherence and fading enter.
    largest_phase
        Largest deviation of the projected phase from its mean [rad].
    strong_share
        Fraction of the area where that deviation is beyond 1 rad.
    """

    spectrum: Spectrum
    field: tuple[float, float]
    thickness: float
    camera: CameraSpec
    imperfections: Imperfections
    largest_phase: float
    strong_share: float

    @classmethod
    def of(
        cls,
        potential: Potential,
        energy: float,
        *,
        field: tuple[float, float],
        camera: CameraSpec,
        imperfections: Imperfections,
    ) -> Self:
        """Spectrum and phases of one cell.

        Parameters
        ----------
        potential
            The sliced specimen.
        energy
            Beam energy [eV].
        field
            Extent of the scan [Å].
        camera, imperfections
            Of the study.
        """
        transmission = true_transmission(
            potential, energy, sampling=potential.sampling, origin=(0.0, 0.0), shape=potential.grid
        )
        spectrum = spectrum_of(transmission.astype(np.complex128), potential.sampling, band=RING)
        deviation = phase_deviation(potential, energy)
        return cls(
            spectrum=Spectrum(
                edges=spectrum.edges, power=np.where(spectrum.power > FAINT * spectrum.power.max(), spectrum.power, 0.0)
            ),
            field=field,
            thickness=potential.thickness,
            camera=camera,
            imperfections=imperfections,
            largest_phase=float(deviation.max()),
            strong_share=float(np.mean(deviation > _WEAK)),
        )

    def conditions(self, acquisition: Acquisition) -> Conditions:
        """What lowers the linear limit of an acquisition beside fading."""
        return Conditions(
            source_size=self.imperfections.source_size,
            focal_spread=self.imperfections.focal_spread,
            thickness=self.thickness,
            angular_sampling=acquisition.angular_sampling(self.camera.pixels),
            background=_background(self.camera, acquisition),
        )

    def fading(self, acquisition: Acquisition, frequency: NDArray[np.float64]) -> NDArray[np.float64]:
        """What damage leaves of the fluence, D_eff/D at each |q|."""
        return Imperfections(fading=self.imperfections.fading).transfer(frequency, acquisition) ** 2

    @property
    def doubt(self) -> str:
        """Where the weak-object model is doubtful on this specimen, in one sentence; empty where it holds.

        It holds while less than 0.2 % of the area deviates by more than 1 rad.
        """
        if self.strong_share < _STRONG:
            return ""
        return (
            f"the weak-object model is doubtful: the specimen's phase deviates by up to {self.largest_phase:.2g} rad "
            f"from its mean, by more than {_WEAK:g} rad on {self.strong_share:.2g} of the area; there the linear limit "
            "is a guide, not a bound"
        )


def phase_deviation(potential: Potential, energy: float) -> NDArray[np.float64]:
    """How far the projected phase of one cell is from its mean [rad], ``(nx, ny)``."""
    phase = physics.interaction_parameter(energy) * potential.repeats * potential.slices.sum(axis=0, dtype=float)
    return np.asarray(np.abs(phase - phase.mean()))


def _background(camera: CameraSpec, acquisition: Acquisition) -> float:
    """What the camera costs as counts over those of a bright-field pixel.

    Electrons that are not counted lower F/N by the quantum efficiency, as a background of 1/dqe - 1 would.
    """
    pixel = acquisition.angular_sampling(camera.pixels)
    lit = max(1.0, float(np.pi) * (acquisition.semiangle_cutoff / pixel) ** 2)
    foreign = camera.background * lit / (camera.dqe * acquisition.electrons_per_pattern)
    return min((1 + foreign) / camera.dqe - 1, 1e6)
