"""The limits of a session, one function each."""

from beamopt.acquisition import Acquisition
from beamopt.catalogue import Column, Detector
from beamopt.constraint import Constraint, at_least, at_most
from beamopt.instrument.geometry import disc_share, in_step, resonance
from beamopt.instrument.timing import ELECTRONS, dwell_time, largest_current, smallest_step

__all__ = [
    "camera_pixels",
    "column_energy",
    "current_range",
    "detector_energy",
    "dwell",
    "out_of_step",
    "overlap",
    "pixel_rate",
    "scan_time",
    "semiangle",
    "total_rate",
]

_APERTURE = 0.01  # a fixed aperture is met to this share of its angle, about as well as it is calibrated


def dwell(acquisition: Acquisition, detector: Detector, column: Column, current: float) -> Constraint:
    """Dwell [µs] against the time of one frame."""
    electrons = acquisition.electrons_per_pattern
    slower = _weaker(column, largest_current(electrons, detector.frame_rate))
    step = smallest_step(acquisition.dose_per_area, current, detector.frame_rate)
    return at_least(
        "dwell",
        dwell_time(electrons, current),
        1e6 / detector.frame_rate,
        "µs",
        of=f"one {detector.name} frame",
        remedy=f"at {current:.3g} pA use scan_sampling of at least {step:.3g} Å"
        + (f", more dose_per_area, or {slower}" if slower else " or more dose_per_area"),
    )


def pixel_rate(acquisition: Acquisition, detector: Detector, column: Column, current: float) -> Constraint:
    """Counts per second [1/s] of a pixel inside the bright disc."""
    rate = ELECTRONS * current * 1e6 * disc_share(acquisition, detector) * detector.hits_per_electron
    slower = _weaker(column, current * detector.pixel_rate / rate)
    return at_most(
        "pixel_rate",
        rate,
        detector.pixel_rate,
        "1/s",
        of=f"one {detector.name} pixel",
        remedy="spread the bright disc over more pixels (lower detector_outer)"
        + (f" or use {slower}" if slower else ""),
    )


def total_rate(detector: Detector, limit: float, column: Column, current: float) -> Constraint:
    """Counts per second [1/s] of the whole detector, as if it caught the whole beam."""
    rate = ELECTRONS * current * 1e6 * detector.hits_per_electron
    slower = _weaker(column, current * limit / rate)
    remedy = (
        f"use {slower}"
        if slower
        else f"not even the {column.currents[0]:g} pA of {column.name} is weak enough; use another detector"
    )
    return at_most("total_rate", rate, limit, "1/s", of=f"the whole {detector.name}", remedy=remedy)


def scan_time(electrons: float, positions: int, current: float, longest_scan: float) -> Constraint:
    """Time of the whole scan [s]."""
    return at_most(
        "scan_time",
        dwell_time(electrons, current) * positions * 1e-6,
        longest_scan,
        "s",
        of=f"this session for {positions} positions at {current:.3g} pA",
        remedy="use more current, a smaller field, or less dose_per_area",
    )


def semiangle(acquisition: Acquisition, column: Column) -> Constraint:
    """Distance [mrad] from the nearest semi-angle that the column has."""
    wanted, available = acquisition.semiangle_cutoff, column.semiangles
    nearest = available.nearest(wanted)
    allowed = _APERTURE * nearest if available.kind == "apertures" else 0.0
    return Constraint(
        name="semiangle",
        margin=abs(wanted - nearest) - allowed,
        unit="mrad",
        limit=nearest,
        sentence=f"semiangle_cutoff={wanted:.4g} mrad is not among the {available} mrad of {column.name}; "
        f"use {nearest:.4g} mrad",
    )


def overlap(acquisition: Acquisition) -> Constraint:
    """Scan step [Å] against the probe's diameter: beyond it, neighbouring probes leave the specimen between unlit."""
    step, diameter = acquisition.scan_sampling, 2 * acquisition.probe_radius
    return Constraint(
        name="overlap",
        margin=step - diameter,
        unit="Å",
        limit=diameter,
        sentence=f"scan_sampling={step:.3g} Å is beyond the {diameter:.3g} Å of the probe, so that neighbours do not "
        "overlap; lower scan_sampling or raise defocus",
    )


def out_of_step(acquisition: Acquisition, pixels: int, thickness: float) -> Constraint:
    """How near neighbouring bright-field images are to sampling the same positions [scan steps], see `resonance`."""
    shift, whole, near = in_step(acquisition, pixels, thickness)
    return Constraint(
        name="resonance",
        margin=near - abs(shift - whole),
        unit="steps",
        limit=near,
        sentence=resonance(acquisition, pixels, thickness),
    )


def current_range(column: Column, current: float) -> Constraint:
    """Probe current [pA] against both ends of the column's range."""
    low, high = column.currents
    if current - high > low - current:
        return at_most("current", current, high, "pA", of=column.name, remedy=f"use {low:g} to {high:g} pA")
    return at_least("current", current, low, "pA", of=column.name, remedy=f"use {low:g} to {high:g} pA")


def column_energy(acquisition: Acquisition, column: Column) -> Constraint:
    """Beam energy [eV] against what the column is run at."""
    return _energy("column_energy", acquisition.energy, column.energies, column.name)


def detector_energy(acquisition: Acquisition, detector: Detector) -> Constraint:
    """Beam energy [eV] against what the detector bears."""
    return _energy("detector_energy", acquisition.energy, detector.energies, detector.name)


def camera_pixels(detector: Detector, pixels: int) -> Constraint:
    """Camera pixels of the study against those that the detector has along its shorter side."""
    remedy = "lower camera.pixels"
    return at_most("camera_pixels", pixels, min(detector.pixels), "pixels", of=detector.name, remedy=remedy)


def _energy(name: str, energy: float, limits: tuple[float, float], of: str) -> Constraint:
    low, high = limits
    remedy = f"use {low:g} to {high:g} eV"
    if energy - high > low - energy:
        return at_most(name, energy, high, "eV", of=of, remedy=remedy)
    return at_least(name, energy, low, "eV", of=of, remedy=remedy)


def _weaker(column: Column, current: float) -> str:
    """The current [pA] as a remedy; none where the column, which has no less than its least, would refuse it."""
    return f"at most {current:.3g} pA" if current >= column.currents[0] else ""
