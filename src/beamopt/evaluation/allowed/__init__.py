"""What physics allows an acquisition, and what to think of a score beside it."""

from beamopt.evaluation.allowed.bounds import Bounds, bounds
from beamopt.evaluation.allowed.ceiling import ceiling
from beamopt.evaluation.allowed.verdict import doubted, excesses
from beamopt.evaluation.allowed.weak import WeakObject, phase_deviation

__all__ = ["Bounds", "WeakObject", "bounds", "ceiling", "doubted", "excesses", "phase_deviation"]
