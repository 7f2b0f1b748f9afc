"""Settings of multislice ptychography."""

from typing import Annotated, ClassVar

from pydantic import Field

from beamopt.acquisition import Acquisition
from beamopt.spec.methods.base import MethodSettings, Passes, Share, Step
from beamopt.spec.methods.ptychography import Batch, wave_band, wave_pixel
from beamopt.spec.ranges import Range

__all__ = ["MultislicePtychographySettings"]


class MultislicePtychographySettings(MethodSettings):
    """Multislice ptychography for specimens thicker than the depth of field λ/α².

    Parameters
    ----------
    iterations, step_size, normalization_min
        As for single-slice ptychography.
    batch
        Patterns per update.
    slices
        Object slices of equal thickness.
    """

    iterations: Passes = 10
    step_size: Step = 0.5
    batch: Batch = 128
    normalization_min: Share = 0.5
    slices: Annotated[int, Field(ge=2, le=100)] | Range = 4

    iterative: ClassVar[bool] = True

    def band(self, acquisition: Acquisition) -> float:
        """Highest frequency that the object's grid holds [Å⁻¹]."""
        return wave_band(acquisition)

    def pixel(self, acquisition: Acquisition, camera: int) -> float:
        """Pixel of the object [Å]."""
        return wave_pixel(acquisition, camera)

    def passes(self) -> float:
        """Passes over all patterns, of which every slice takes its own."""
        return float(self.iterations.high if isinstance(self.iterations, Range) else self.iterations)
