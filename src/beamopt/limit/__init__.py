"""What physics allows: quantum, full and linear limits of an acquisition, and the information they leave."""

from beamopt.limit.aliasing import is_fine, unmixed
from beamopt.limit.conditions import IDEAL, Conditions
from beamopt.limit.curves import RING, Curve, Limits, curve, limits, pooled, rings_of
from beamopt.limit.full import FullLimit, centred, full, ring_shifts
from beamopt.limit.linear import icom, linear, linear_many, single_sideband
from beamopt.limit.prescan import prescan, unconfused
from beamopt.limit.quantum import QUANTUM, probe_limit
from beamopt.limit.spectrum import Spectrum, spectrum_of

__all__ = [
    "IDEAL",
    "QUANTUM",
    "RING",
    "Conditions",
    "Curve",
    "FullLimit",
    "Limits",
    "Spectrum",
    "centred",
    "curve",
    "full",
    "icom",
    "is_fine",
    "limits",
    "linear",
    "linear_many",
    "pooled",
    "prescan",
    "probe_limit",
    "ring_shifts",
    "rings_of",
    "single_sideband",
    "spectrum_of",
    "unconfused",
    "unmixed",
]
