"""What a session gets wrong: disturbances, probes that wander, how far a knob may drift, what is left of a score."""

from beamopt.sessions.disturbance import Actual, Disturbance, disturbances
from beamopt.sessions.optimised import evaluated, robust_metrics
from beamopt.sessions.patterns import measured_in, striking
from beamopt.sessions.robustness import Robustness, robustness
from beamopt.sessions.tolerance import Tolerance

__all__ = [
    "Actual",
    "Disturbance",
    "Robustness",
    "Tolerance",
    "disturbances",
    "evaluated",
    "measured_in",
    "robust_metrics",
    "robustness",
    "striking",
]
