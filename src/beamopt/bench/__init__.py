"""How fast beamopt is, against the same trial written plainly with abTEM and py4DSTEM."""

from beamopt.bench.figures import Figure, run_bench
from beamopt.bench.growth import Growth, grow

__all__ = ["Figure", "Growth", "grow", "run_bench"]
