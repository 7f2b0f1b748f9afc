"""Settings of the integrated centre of mass."""

from beamopt.acquisition import Acquisition
from beamopt.spec.methods.base import MethodSettings, Passes

__all__ = ["IcomSettings"]


class IcomSettings(MethodSettings):
    """Integrated centre of mass.

    Parameters
    ----------
    iterations
        Fourier-integration passes with padding (the boundary is not periodic).
    """

    iterations: Passes = 64

    def band(self, acquisition: Acquisition) -> float:
        """Highest frequency that the scan samples [Å⁻¹]."""
        return 1 / (2 * acquisition.scan_sampling)

    def pixel(self, acquisition: Acquisition, camera: int) -> float:  # noqa: ARG002 (a pixel is a step)
        """Pixel of the image [Å], one scan step as asked for."""
        return acquisition.scan_sampling
