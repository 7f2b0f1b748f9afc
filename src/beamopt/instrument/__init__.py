"""What a real session allows: detector speed and count rate, currents, apertures, scan time."""

from beamopt.constraint import Constraint
from beamopt.instrument.fitted import Instrument, equipment_said, fitted
from beamopt.instrument.geometry import binning, camera_length, resonance
from beamopt.instrument.response import camera_of
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
    "Instrument",
    "SessionNumbers",
    "binning",
    "camera_length",
    "camera_of",
    "equipment_said",
    "fitted",
    "largest_current",
    "resonance",
    "session_constraints",
    "session_margins",
    "session_numbers",
    "smallest_step",
    "worst_sentence",
]
