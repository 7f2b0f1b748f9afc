"""What a real session allows: detector speed and count rate, currents, apertures, scan time."""

from beamopt.instrument.constraint import Constraint
from beamopt.instrument.geometry import camera_length, resonance
from beamopt.instrument.session import (
    SessionNumbers,
    session_constraints,
    session_margins,
    session_numbers,
    worst_sentence,
)
from beamopt.instrument.timing import largest_current, smallest_step

__all__ = [
    "Constraint",
    "SessionNumbers",
    "camera_length",
    "largest_current",
    "resonance",
    "session_constraints",
    "session_margins",
    "session_numbers",
    "smallest_step",
    "worst_sentence",
]
