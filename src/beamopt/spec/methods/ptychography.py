"""Settings of single-slice ptychography."""

import math
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from beamopt.acquisition import Acquisition, object_sampling, wave_pixels
from beamopt.spec.methods.base import MethodSettings, Passes, Share, Step
from beamopt.spec.ranges import Range

__all__ = ["Batch", "PtychographySettings", "wave_band", "wave_pixel"]

Batch = Annotated[int, Field(ge=1, le=100_000)] | Range

_SETTLED = 14.0  # after about so many passes the tolerance stops a descent, the two starts counted


def wave_band(acquisition: Acquisition) -> float:
    """Highest frequency on the grid of waves that hold the aperture beside the camera, (α + β)/λ [Å⁻¹]."""
    return acquisition.cutoff + acquisition.detector_outer * 1e-3 / acquisition.wavelength


def wave_pixel(acquisition: Acquisition, camera: int) -> float:
    """Pixel of such a grid [Å]."""
    angle = acquisition.angular_sampling(camera)
    return object_sampling(acquisition, wave_pixels(acquisition, camera, angle), angle)


class PtychographySettings(MethodSettings):
    """Single-slice ptychography by gradient descent with a known probe.

    Parameters
    ----------
    iterations
        Passes over all patterns, at most.
    step_size
        Update strength, 0 to 1 for a stable descent.
    batch
        Patterns per update; where left out a sixteenth of the scan, at low dose a quarter. Updates from few electrons
        are mostly noise, so a share of the scan serves every step and field where a fixed number does not.
    normalization_min
        What the gradient is divided by: 1 the brightest illumination everywhere, 0 the local one, as py4DSTEM names it.
        At 1 neighbouring probes that overlap little need several times as many passes.
    object_type
        ``phase`` is an object of modulus one; ``complex`` may absorb. ``auto`` is complex where the specimen's phase is
        more than 1 rad from its mean on 2 % of the area and the study may spend 1e4 e/Å² or more; else it is phase.
    start
        ``flat``, ``icom`` for the low frequencies of the integrated centre of mass, or ``auto`` for the one that
        describes the patterns better after the first passes.
    tolerance
        Stop once the data error falls by less than this fraction of itself in one pass, not before the fifth, at
        low dose less than three times this, not before the eighth; 0 never stops.
    blind_probe
        Solve for the probe as well, with py4DSTEM's own class; slower, `tolerance` unused.
    """

    iterations: Passes = 40
    step_size: Step = 0.5
    batch: Batch | None = None
    normalization_min: Share = 0.5
    object_type: Literal["auto", "phase", "complex"] = "auto"
    start: Literal["auto", "flat", "icom"] = "auto"
    tolerance: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] | Range = 0.003
    blind_probe: bool = False

    iterative: ClassVar[bool] = True

    def band(self, acquisition: Acquisition) -> float:
        """Highest frequency that the object's grid holds [Å⁻¹]."""
        return wave_band(acquisition)

    def pixel(self, acquisition: Acquisition, camera: int) -> float:
        """Pixel of the object [Å]."""
        return wave_pixel(acquisition, camera)

    def passes(self) -> float:
        """Passes over all patterns; about so many where the tolerance ends the descent."""
        most = self.iterations.high if isinstance(self.iterations, Range) else float(self.iterations)
        return min(most, _SETTLED if self.tolerance else math.inf)

    def suited(self, *, strong: bool) -> Self:
        """Settings with a complex object for a strong specimen, where the kind of object is left to beamopt."""
        kind = ("complex" if strong else "phase") if self.object_type == "auto" else self.object_type
        return self.model_copy(update={"object_type": kind})
