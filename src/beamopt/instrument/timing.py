"""Dwell, current and fluence: N = D·step² electrons in the dwell t at the current I, N = I·t/e."""

import math

from scipy import constants

__all__ = [
    "ELECTRONS",
    "dwell_time",
    "frames_in",
    "largest_current",
    "scan_positions",
    "slowest_current",
    "smallest_step",
]

ELECTRONS = float(1e-12 * 1e-6 / constants.e)
"""Electrons that 1 pA brings in 1 µs, 6.2415."""


def dwell_time(electrons: float, current: float) -> float:
    """Time [µs] in which a current [pA] brings so many electrons.

    Examples
    --------
    >>> round(dwell_time(62.415, current=1.0), 3)
    10.0
    """
    return electrons / (ELECTRONS * current)


def frames_in(dwell: float, frame_rate: float) -> int:
    """Whole frames of a detector of a frame rate [Hz] in a dwell [µs]; one where the dwell is too short for it.

    A detector runs at its frame rate and writes every frame; those of one position are added up afterwards.

    Examples
    --------
    >>> frames_in(632.0, frame_rate=87e3), frames_in(8.0, frame_rate=10e3)
    (54, 1)
    """
    return max(1, int(dwell * 1e-6 * frame_rate * (1 + 1e-9)))


def smallest_step(dose_per_area: float, current: float, frame_rate: float) -> float:
    """Smallest step [Å] at which a detector keeps up, √(I/(e·f·D)).

    Parameters
    ----------
    dose_per_area
        Fluence D [e/Å²].
    current
        Probe current I [pA].
    frame_rate
        Patterns per second f [Hz].

    Examples
    --------
    >>> round(smallest_step(50.0, current=1.0, frame_rate=10e3), 2)
    3.53
    """
    return math.sqrt(ELECTRONS * current * 1e6 / (frame_rate * dose_per_area))


def largest_current(electrons: float, frame_rate: float) -> float:
    """Largest current [pA] at which a detector of a frame rate [Hz] keeps up, N·e·f.

    Examples
    --------
    >>> round(largest_current(100.0, frame_rate=10e3), 3)
    0.16
    """
    return electrons * frame_rate / (ELECTRONS * 1e6)


def scan_positions(field: tuple[float, float], step: float) -> int:
    """Positions of a scan that covers a field [Å] at a step [Å].

    Examples
    --------
    >>> scan_positions((40.0, 30.0), step=1.0)
    1200
    """
    return math.prod(max(1, math.ceil(side / step - 1e-6)) for side in field)


def slowest_current(electrons: float, positions: int, currents: tuple[float, float], longest_scan: float) -> float:
    """Lowest current [pA] of a range at which the scan still ends in time; the highest where none is enough.

    A low current gives the detector the longest dwell and the source its smallest image; only the scan time asks for
    more. Every other limit holds at this current if it holds at any that is fast enough.

    Parameters
    ----------
    electrons
        Incident electrons per position.
    positions
        Positions of the scan.
    currents
        Lowest and highest current [pA].
    longest_scan
        Longest scan [s].

    Examples
    --------
    >>> round(slowest_current(100.0, 10_000, (0.01, 50.0), longest_scan=10.0), 4)
    0.016
    """
    enough = electrons * positions / (ELECTRONS * longest_scan * 1e6) * (1 + 1e-9)  # in time in spite of rounding
    return min(max(enough, currents[0]), currents[1])
