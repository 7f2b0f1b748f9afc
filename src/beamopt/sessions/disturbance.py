"""What a session does differently from what the operator believes, each kind with its size and who says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self, final

import numpy as np

from beamopt.aberrations import NONE, Aberrations
from beamopt.acquisition import Acquisition, ActualAcquisition
from beamopt.potential import Potential
from beamopt.quantities import unit_of
from beamopt.sessions.wander import STILL, Wander
from beamopt.spec import RobustnessSpec

__all__ = ["KINDS", "Actual", "Disturbance", "Kind", "disturbances"]


@final
@dataclass(frozen=True, kw_only=True)
class Actual:
    """What the microscope really does.

    Parameters
    ----------
    acquisition
        The setting as the microscope carries it out.
    repeats
        Crystal cells along the beam.
    tilt
        Angle between beam and zone axis along x and y [mrad].
    aberrations
        What the lens has besides defocus and the known Cs.
    wander
        Where the probe really stops.
    """

    acquisition: Acquisition
    repeats: int
    tilt: tuple[float, float] = (0.0, 0.0)
    aberrations: Aberrations = NONE
    wander: Wander = STILL

    @classmethod
    def calm(cls, acquisition: Acquisition, potential: Potential) -> Self:
        """A session that is what the operator believes."""
        return cls(acquisition=acquisition, repeats=potential.repeats, tilt=potential.tilt)

    @property
    def carried_out(self) -> Acquisition:
        """The acquisition with every aberration of the lens."""
        if self.aberrations == NONE:
            return self.acquisition
        known = self.acquisition.named() | {"spherical_aberration": self.acquisition.spherical_aberration}
        return ActualAcquisition(**known, residual=self.aberrations)

    def specimen(self, potential: Potential) -> Potential:
        """The specimen as it really stands in the beam."""
        return replace(potential, repeats=self.repeats, tilt=self.tilt)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of disturbance.

    Parameters
    ----------
    ways
        The ways it comes about, each a case of its own: signs or directions.
    strike
        Makes an actual session of a calm one, from a size in its unit and a way.
    source
        Who says how large it usually is.
    means
        What happens, with places for ``{size}`` and ``{way}``.
    """

    ways: tuple[str, ...]
    strike: Callable[[Actual, float, str], Actual]
    source: str
    means: str = ""


_LEAST_FOCUS = 20.0  # Å; a setting near focus does not escape the error of focusing


def _sign(way: str) -> float:
    return -1.0 if way == "-" else 1.0


def _defocus(calm: Actual, percent: float, way: str) -> Actual:
    defocus = calm.acquisition.defocus
    off = max(abs(defocus) * percent / 100, _LEAST_FOCUS)
    further = defocus + _sign(way) * (off if defocus >= 0 else -off)
    return replace(calm, acquisition=replace(calm.acquisition, defocus=further))


def _thickness(calm: Actual, percent: float, way: str) -> Actual:
    return replace(calm, repeats=max(1, round(calm.repeats * (1 + _sign(way) * percent / 100))))


def _mistilt(calm: Actual, angle: float, way: str) -> Actual:
    x, y = calm.tilt
    return replace(calm, tilt=(x + angle, y) if way == "along x" else (x, y + angle))


def _lens(name: str) -> Callable[[Actual, float, str], Actual]:
    def strike(calm: Actual, size: float, _way: str) -> Actual:
        return replace(calm, aberrations=replace(calm.aberrations, **{name: size}))

    return strike


def _jitter(calm: Actual, rms: float, _way: str) -> Actual:
    return replace(calm, wander=replace(calm.wander, jitter=rms))


def _drift(calm: Actual, length: float, _way: str) -> Actual:
    along = length / float(np.sqrt(2))
    return replace(calm, wander=replace(calm.wander, drift=(along, along)))


_LENS = "assumption: what a tuned lens is left with, or drifts to, before anyone tunes it again"

KINDS: Mapping[str, Kind] = {
    "defocus": Kind(
        ways=("+", "-"), strike=_defocus, source="assumption: focused beside the field, on a specimen that is not flat"
    ),
    "thickness": Kind(ways=("+", "-"), strike=_thickness, source="assumption: thickness is guessed, not measured"),
    "mistilt": Kind(
        ways=("along x", "along y"),
        strike=_mistilt,
        source="assumption: bent crystals, tilted at low dose",
        means="beam and zone axis {size} apart {way}",
    ),
    "astigmatism": Kind(ways=("",), strike=_lens("C12"), source=_LENS, means="C12 = {size} in the probe"),
    "coma": Kind(ways=("",), strike=_lens("C21"), source=_LENS, means="C21 = {size} in the probe"),
    "threefold_astigmatism": Kind(ways=("",), strike=_lens("C23"), source=_LENS, means="C23 = {size} in the probe"),
    "position_jitter": Kind(
        ways=("",),
        strike=_jitter,
        source="assumption: vibration and hum of the scan coils",
        means="every position {size} rms beside the raster, along each axis",
    ),
    "drift": Kind(
        ways=("",),
        strike=_drift,
        source="assumption: a stage that has settled, minutes long",
        means="the specimen moves {size} during the scan, along the diagonal",
    ),
}
"""Every kind by its key in the study file's ``[robustness]`` table."""


@final
@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """One thing that goes wrong.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    size
        How much, in `unit`; at least 0, and 0 is a calm session.
    way
        One of the kind's ways.
    """

    kind: str
    size: float
    way: str

    @property
    def unit(self) -> str:
        """Unit of the size."""
        return unit_of(RobustnessSpec, self.kind)

    @property
    def source(self) -> str:
        """Who says how large it usually is."""
        return KINDS[self.kind].source

    @property
    def name(self) -> str:
        """As a reader sees it.

        Examples
        --------
        >>> Disturbance(kind="defocus", size=10.0, way="-").name
        'defocus -10 %'
        """
        sign, where = (self.way, "") if self.way in ("+", "-") else ("", f" {self.way}" if self.way else "")
        return f"{self.kind.replace('_', ' ')} {sign}{self.size:g} {self.unit}{where}"

    def strike(self, calm: Actual) -> Actual:
        """What the microscope does then; the calm session itself where the size is 0."""
        return calm if self.size == 0 else KINDS[self.kind].strike(calm, self.size, self.way)

    def strikes(self, calm: Actual) -> bool:
        """Whether it makes any difference: less than half a cell more is no cell more."""
        return self.strike(calm) != calm

    def told(self, calm: Actual) -> str:
        """What it means for one setting, in words."""
        struck = self.strike(calm)
        if self.kind == "defocus":
            return f"{struck.acquisition.defocus:.4g} Å instead of {calm.acquisition.defocus:.4g} Å"
        if self.kind == "thickness":
            return f"{struck.repeats} cells along the beam instead of {calm.repeats}"
        return KINDS[self.kind].means.format(size=f"{self.size:g} {self.unit}", way=self.way)


def disturbances(spec: RobustnessSpec) -> tuple[Disturbance, ...]:
    """Every disturbance that a table asks for, in the table's order.

    Examples
    --------
    >>> [one.name for one in disturbances(RobustnessSpec())][:3]
    ['defocus +10 %', 'defocus -10 %', 'thickness +20 %']
    """
    return tuple(
        Disturbance(kind=kind, size=getattr(spec, kind), way=way)
        for kind, known in KINDS.items()
        for way in known.ways
        if getattr(spec, kind) > 0
    )
