"""Single sideband as a method of a study."""

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.direct import single_sideband
from beamopt.reconstruct.obf import direct_image
from beamopt.spec import SsbSettings

__all__ = ["ssb"]


def ssb(
    counts: Counts, acquisition: Acquisition, settings: SsbSettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Single sideband with the known aberrations (`direct.single_sideband`); arguments and result as `obf`."""
    return direct_image("ssb", single_sideband, counts, acquisition, settings, thickness, seed)
