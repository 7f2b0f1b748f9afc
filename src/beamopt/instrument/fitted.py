"""The instrument that a study names: its limits, its numbers and its advice for every proposal."""

from dataclasses import dataclass
from typing import Self, TypedDict, final

from beamopt.acquisition import Acquisition
from beamopt.catalogue import Apertures, Column, Detector, load_column, load_detector
from beamopt.constraint import Constraint
from beamopt.errors import InputError
from beamopt.instrument import constraints
from beamopt.instrument.geometry import binning
from beamopt.instrument.response import camera_of, response_said
from beamopt.instrument.session import SessionNumbers, session_constraints, session_numbers
from beamopt.spec import Choice, CoherenceSpec, InstrumentSpec, Range, StudySpec

__all__ = ["Instrument", "equipment_said", "fitted"]


@final
@dataclass(frozen=True, kw_only=True)
class Instrument:
    """Column and detector of one study.

    Parameters
    ----------
    column, detector
        The equipment.
    field
        Scanned field along each axis [Å].
    pixels
        Camera pixels per side after binning.
    current
        Probe current [pA]; for each acquisition the lowest that ends the scan in time where None.
    longest_scan
        Longest scan [s].
    thickness
        Specimen thickness [Å].
    """

    column: Column
    detector: Detector
    field: tuple[float, float]
    pixels: int
    current: float | None
    longest_scan: float
    thickness: float = 0.0

    @classmethod
    def of(cls, spec: InstrumentSpec, field: tuple[float, float], pixels: int, thickness: float = 0.0) -> Self:
        """Instrument of a study file's table.

        Raises
        ------
        InputError
            If the catalogue knows no such equipment or its file cannot be used.
        """
        return cls(
            column=load_column(spec.column),
            detector=load_detector(spec.detector),
            field=field,
            pixels=pixels,
            current=spec.current,
            longest_scan=spec.longest_scan,
            thickness=thickness,
        )

    def margins(self, acquisition: Acquisition) -> dict[str, float]:
        """Name of every limit to its margin in its own unit, at most 0 where it holds; see `session_margins`."""
        return {one.name: one.margin for one in self._constraints(acquisition)}

    def shares(self, acquisition: Acquisition) -> dict[str, float]:
        """Name of every limit to its margin as a share of the limit, so that µs and eV weigh alike."""
        return {one.name: one.share for one in self._constraints(acquisition)}

    def broken(self, acquisition: Acquisition) -> list[tuple[float, str]]:
        """Share and sentence of every limit that is broken."""
        return [(one.share, one.sentence) for one in self._constraints(acquisition) if one.margin > 0]

    def numbers(self, acquisition: Acquisition) -> SessionNumbers:
        """What the operator sets and waits for."""
        return session_numbers(acquisition, **self._equipment, current=self.current, longest_scan=self.longest_scan)

    def advice(self) -> tuple[str, ...]:
        """Warnings about the camera, in plain words."""
        return tuple(sentence for sentence in (binning(self.detector, self.pixels),) if sentence)

    def __str__(self) -> str:
        current = "the lowest current that ends in time" if self.current is None else f"{self.current:g} pA"
        return f"{self.detector.name} on {self.column.name}, {current}, scans of at most {self.longest_scan:g} s"

    def _constraints(self, acquisition: Acquisition) -> tuple[Constraint, ...]:
        session = session_constraints(
            acquisition,
            **self._equipment,
            pixels=self.pixels,
            current=self.current,
            longest_scan=self.longest_scan,
        )
        scan = constraints.overlap(acquisition), constraints.out_of_step(acquisition, self.pixels, self.thickness)
        return *session, *scan

    @property
    def _equipment(self) -> "_Equipment":
        return {"detector": self.detector, "column": self.column, "field": self.field}


class _Equipment(TypedDict):
    detector: Detector
    column: Column
    field: tuple[float, float]


def fitted(spec: StudySpec) -> StudySpec:
    """Fit a study to its instrument.

    The camera's response, and its pixels where the study leaves them out, are those of the detector (`camera_of`); a
    range of semi-angles becomes a choice among the apertures inside it; Cs is the column's where the study says none.
    A study without an instrument stays as it is, and so does one that is fitted.

    Raises
    ------
    InputError
        If the equipment is unknown, if no aperture lies in the range, or if what no proposal changes (beam energy,
        camera pixels, a current that is given) is beyond the equipment.
    """
    named = spec.instrument
    if named is None:
        return spec
    column, detector = load_column(named.column), load_detector(named.detector)
    camera = camera_of(detector, spec.camera)
    middle = spec.propose({name: knob.at(0.5) for name, knob in spec.searched().items()}).acquisition
    for one in (
        constraints.column_energy(middle, column),
        constraints.detector_energy(middle, detector),
        constraints.camera_pixels(detector, camera.pixels),
        *(() if named.current is None else (constraints.current_range(column, named.current),)),
    ):
        if one.margin > 0:
            raise InputError(f"{spec.name}: {one.sentence}")
    wanted, search = spec.search.semiangle_cutoff, spec.search
    if isinstance(wanted, Range) and isinstance(column.semiangles, Apertures):
        search = search.model_copy(update={"semiangle_cutoff": _apertures(wanted, column.semiangles, column.name)})
    cs = column.spherical_aberration if named.spherical_aberration is None else named.spherical_aberration
    instrument = named.model_copy(update={"spherical_aberration": cs})
    return spec.model_copy(update={"search": search, "camera": camera, "instrument": instrument})


def equipment_said(spec: StudySpec) -> tuple[str, ...]:
    """Every number of a fitted study that is its equipment's and was not read, one sentence each with its standing.

    Parameters
    ----------
    spec
        From `fitted`.
    """
    if spec.instrument is None:
        return ()
    column, detector = load_column(spec.instrument.column), load_detector(spec.instrument.detector)
    coherence = spec.coherence or CoherenceSpec()
    own = 0 < coherence.source_size == column.source_size and column.standing["source_size"].status != "read"
    source = column.standing["source_size"].source
    beam = (f"source_size of {column.name}: {column.stated('source_size')}, {source}",) if own else ()
    return (*beam, *response_said(detector, spec.camera))


def _apertures(wanted: Range, apertures: Apertures, column: str) -> Choice:
    inside = tuple(angle for angle in apertures.angles if wanted.low <= angle <= wanted.high)
    if not inside:
        raise InputError(
            f"search.semiangle_cutoff = {wanted.low:g} to {wanted.high:g} mrad holds none of the {apertures} mrad of "
            f"{column}; widen the range"
        )
    return Choice(inside)
