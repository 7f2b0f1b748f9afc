"""How fast beamopt is, against the same trial written plainly with abTEM and py4DSTEM."""

from beamopt.bench.figures import Figure, run_bench

__all__ = ["Figure", "run_bench"]
