"""Settings of the methods that weight every bright-field pixel: optimum bright field and single sideband."""

from typing import Annotated, ClassVar, final

from pydantic import Field

from beamopt.acquisition import Acquisition
from beamopt.spec.methods.base import MethodSettings
from beamopt.spec.ranges import Range

__all__ = ["ObfSettings", "SsbSettings"]


class _BrightField(MethodSettings):
    """What the two share: an image on a whole number of pixels per scan step.

    Parameters
    ----------
    upsampling
        Pixels of the image per scan step along each axis. The modes that one step confuses are told apart, as far as
        the patterns tell them apart; time grows with the square.
    """

    upsampling: Annotated[int, Field(ge=1, le=8)] | Range = 2

    weak: ClassVar[bool] = True

    def band(self, acquisition: Acquisition) -> float:
        """Highest frequency on the pixels of the image [Å⁻¹]."""
        finer = self.upsampling.high if isinstance(self.upsampling, Range) else self.upsampling
        return finer / (2 * acquisition.scan_sampling)

    def pixel(self, acquisition: Acquisition, camera: int) -> float | None:  # noqa: ARG002 (pixels divide a step)
        """Pixel of the image [Å], a share of one scan step as asked for."""
        return None if isinstance(self.upsampling, Range) else acquisition.scan_sampling / self.upsampling


@final
class ObfSettings(_BrightField):
    """Optimum bright field: every camera pixel of the disc at its best weight, which attains the linear limit."""


@final
class SsbSettings(_BrightField):
    """Single sideband: the double overlaps of the disc alone."""
