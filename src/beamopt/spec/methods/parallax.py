"""Settings of parallax, tilt-corrected bright field."""

from typing import Annotated, ClassVar

from pydantic import Field

from beamopt.acquisition import Acquisition
from beamopt.spec.methods.base import MethodSettings
from beamopt.spec.ranges import Range

__all__ = ["ParallaxSettings"]


class ParallaxSettings(MethodSettings):
    """Parallax: bright-field images shifted by the known aberrations and summed, then corrected for the transfer sign.

    Parameters
    ----------
    upsampling
        Pixels of the image per scan step; as many as carry twice the aperture radius where left out.
    """

    upsampling: Annotated[int, Field(ge=1, le=16)] | Range | None = None

    weak: ClassVar[bool] = True

    def band(self, acquisition: Acquisition) -> float:
        """Highest frequency that the bright field transfers [Å⁻¹], twice the aperture's."""
        return 2 * acquisition.cutoff

    def pixel(self, acquisition: Acquisition, camera: int) -> None:  # noqa: ARG002 (the shifts found decide)
        """Nothing that is known before the patterns are."""
        return
