"""Whether an acquisition can be carried out on a detector and a column, and what the operator then sets."""

import math
from dataclasses import asdict
from typing import Annotated

from pydantic.dataclasses import dataclass

from beamopt.acquisition import Acquisition
from beamopt.catalogue import Column, Detector
from beamopt.constraint import Constraint
from beamopt.instrument import constraints
from beamopt.instrument.geometry import camera_length
from beamopt.instrument.timing import ELECTRONS, dwell_time, frames_in, scan_positions, slowest_current
from beamopt.quantities import Unit, unit_of

__all__ = ["SessionNumbers", "session_constraints", "session_margins", "session_numbers", "worst_sentence"]

_LONGEST = 600.0  # s; after ten minutes most stages have drifted by more than a unit cell


@dataclass(frozen=True, kw_only=True)
class SessionNumbers:
    """What follows for the operator.

    Parameters
    ----------
    dwell
        Time per position [µs].
    current
        Probe current [pA].
    scan_time
        Time of the whole scan [s], without flyback.
    dose_rate
        Flux inside the lit disc [e/Å²/s], current over e·π·probe_radius².
    data_size
        Raw data of the scan [GB]: all pixels of every frame that a dwell holds, or every event.
    camera_length
        Camera length that puts `detector_outer` on the edge of the detector [mm].
    """

    dwell: Annotated[float, Unit("µs")]
    current: Annotated[float, Unit("pA")]
    scan_time: Annotated[float, Unit("s")]
    dose_rate: Annotated[float, Unit("e/Å²/s")]
    data_size: Annotated[float, Unit("GB")]
    camera_length: Annotated[float, Unit("mm")]

    def named(self) -> dict[str, float]:
        """Every number under a name that ends in its unit, for instance ``dwell_microseconds``."""
        return {f"{name}_{_WORDS[unit_of(type(self), name)]}": value for name, value in asdict(self).items()}


_WORDS = {
    "µs": "microseconds",
    "pA": "picoamperes",
    "s": "seconds",
    "e/Å²/s": "electrons_per_square_angstrom_second",
    "GB": "gigabytes",
    "mm": "millimetres",
}


def session_constraints(
    acquisition: Acquisition,
    detector: Detector,
    column: Column,
    field: tuple[float, float],
    pixels: int,
    current: float | None = None,
    longest_scan: float = _LONGEST,
) -> tuple[Constraint, ...]:
    """Every limit of the session, broken or not; always the same names for the same detector.

    Parameters
    ----------
    acquisition
        What the operator sets.
    detector, column
        The equipment.
    field
        Scanned field along each axis [Å].
    pixels
        Camera pixels per side after binning.
    current
        Probe current [pA], above 0; the lowest of the column that ends the scan in time where left out.
    longest_scan
        Longest scan [s].

    Returns
    -------
    tuple of Constraint
    """
    positions = scan_positions(field, acquisition.scan_sampling)
    electrons = acquisition.electrons_per_pattern
    used = _current(acquisition, column, positions, current, longest_scan)
    total = (
        () if detector.total_rate is None else (constraints.total_rate(detector, detector.total_rate, column, used),)
    )
    return (
        constraints.dwell(acquisition, detector, column, used),
        constraints.pixel_rate(acquisition, detector, column, used),
        *total,
        constraints.scan_time(electrons, positions, used, longest_scan),
        constraints.semiangle(acquisition, column),
        constraints.current_range(column, used),
        constraints.column_energy(acquisition, column),
        constraints.detector_energy(acquisition, detector),
        constraints.camera_pixels(detector, pixels),
    )


def session_margins(
    acquisition: Acquisition,
    detector: Detector,
    column: Column,
    field: tuple[float, float],
    pixels: int,
    current: float | None = None,
    longest_scan: float = _LONGEST,
) -> dict[str, float]:
    """Name of every limit to its margin, at most 0 where it holds; parameters as `session_constraints`.

    Returns
    -------
    dict
        ``dwell`` [µs], ``pixel_rate`` and ``total_rate`` [1/s], ``scan_time`` [s], ``semiangle`` [mrad], ``current``
        [pA], ``column_energy`` and ``detector_energy`` [eV], ``camera_pixels``.
    """
    limits = session_constraints(acquisition, detector, column, field, pixels, current, longest_scan)
    return {one.name: one.margin for one in limits}


def worst_sentence(
    acquisition: Acquisition,
    detector: Detector,
    column: Column,
    field: tuple[float, float],
    pixels: int,
    current: float | None = None,
    longest_scan: float = _LONGEST,
) -> str:
    """Say which limit is broken by the largest share, and the way out; empty where all hold.

    Parameters as `session_constraints`.
    """
    limits = session_constraints(acquisition, detector, column, field, pixels, current, longest_scan)
    worst = max(limits, key=lambda one: one.share)
    return worst.sentence if worst.margin > 0 else ""


def session_numbers(
    acquisition: Acquisition,
    detector: Detector,
    column: Column,
    field: tuple[float, float],
    current: float | None = None,
    longest_scan: float = _LONGEST,
) -> SessionNumbers:
    """What the operator sets and waits for; parameters as `session_constraints`.

    Returns
    -------
    SessionNumbers
    """
    positions = scan_positions(field, acquisition.scan_sampling)
    electrons = acquisition.electrons_per_pattern
    used = _current(acquisition, column, positions, current, longest_scan)
    dwell = dwell_time(electrons, used)
    lit = math.pi * acquisition.probe_radius**2
    return SessionNumbers(
        dwell=dwell,
        current=used,
        scan_time=dwell * positions * 1e-6,
        dose_rate=ELECTRONS * used * 1e6 / lit,
        data_size=_stored(detector, electrons, frames_in(dwell, detector.frame_rate)) * positions / 8e9,
        camera_length=camera_length(detector, acquisition.detector_outer),
    )


def _current(
    acquisition: Acquisition, column: Column, positions: int, current: float | None, longest_scan: float
) -> float:
    if current is not None:
        return current
    return slowest_current(acquisition.electrons_per_pattern, positions, column.currents, longest_scan)


def _stored(detector: Detector, electrons: float, frames: int) -> float:
    """Bits of one position: every frame that the dwell holds, or every event."""
    if detector.reading == "events":
        return detector.bits * electrons * detector.hits_per_electron
    return float(detector.bits * detector.pixels[0] * detector.pixels[1] * frames)
