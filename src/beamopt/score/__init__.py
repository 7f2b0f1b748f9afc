"""How much of the truth an image holds, on the complex transmission."""

from beamopt.score.region import Region, scored_region
from beamopt.score.scoring import score
from beamopt.score.summary import LARGEST_SSNR

__all__ = ["LARGEST_SSNR", "Region", "score", "scored_region"]
