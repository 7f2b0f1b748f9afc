"""The tables of a study file, each checked on its own."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.measurement import METRICS
from beamopt.nearest import did_you_mean
from beamopt.quantities import Length, unit_of
from beamopt.spec.methods import METHODS
from beamopt.spec.paths import require_path
from beamopt.spec.ranges import FROZEN

__all__ = ["BudgetSpec", "CameraSpec", "Objective", "PotentialSpec", "SampleSpec", "SamplerSpec"]


class SampleSpec(BaseModel):
    """What stands in the beam.

    Parameters
    ----------
    name
        Sample of the catalogue; or
    file
        a structure file (cif, xyz, extxyz, vasp, pdb), relative to the study file.
    zone_axis
        Crystal direction along the beam; the catalogue's recommendation where left out.
    thickness
        Thickness [Å], met to the nearest whole crystal cell.
    window
        Least side of the simulated window [Å]; whole cells are repeated to reach it.
    field
        Least side of the scanned field [Å]; the window where left out.
    sheets
        How often a file's cell with vacuum along the beam is stacked; once where left out.
    """

    model_config = FROZEN

    name: str | None = None
    file: Annotated[Path | None, AfterValidator(require_path)] = Field(default=None, strict=False)
    zone_axis: tuple[int, int, int] | None = Field(default=None, strict=False)
    thickness: Length
    window: Length
    field: Length | None = None
    sheets: Annotated[int, Field(ge=1, le=100)] | None = None

    @field_validator("zone_axis", mode="before")
    @classmethod
    def _three_numbers(cls, given: object) -> object:
        """A direction in one word is a common slip; say how it is written."""
        if not isinstance(given, (str, int)):
            return given
        indices = re.findall(r"-?\d", str(given))
        meant = f"[{', '.join(indices)}]" if len(indices) == 3 else "[1, 1, 0]"
        raise ValueError(f"write three whole numbers in brackets, zone_axis = {meant}")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.name is None) == (self.file is None):
            raise ValueError("give exactly one of name (a catalogue sample) and file (your structure file)")
        if self.zone_axis == (0, 0, 0):
            raise ValueError("zone_axis = [0, 0, 0] is no direction; give three integers such as [1, 1, 0]")
        if self.sheets is not None and self.file is None:
            raise ValueError("sheets is for structure files; a catalogue sheet stands once, remove it")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Sheets that are not asked for are not written, as in studies that were stored before there was such a key."""
        written: dict[str, Any] = write(self)
        if self.sheets is None:
            written.pop("sheets", None)
        return written


class PotentialSpec(BaseModel):
    """How finely the specimen is resolved.

    Parameters
    ----------
    sampling
        Largest pixel [Å]; refined to an FFT-friendly grid.
    slice_thickness
        Largest slice [Å]; refined to whole slices per cell.
    parametrization
        Atomic scattering factors, ``lobato`` or ``kirkland``.
    """

    model_config = FROZEN

    sampling: Annotated[Length, Field(le=1.0)] = 0.165
    slice_thickness: Annotated[Length, Field(le=20.0)] = 2.5
    parametrization: Literal["lobato", "kirkland"] = "lobato"


class CameraSpec(BaseModel):
    """The pixelated detector: a square whose half width is ``detector_outer``.

    Parameters
    ----------
    pixels
        Pixels along each side after binning, even; angular_sampling = 2·detector_outer/pixels.
    dqe
        Detective quantum efficiency at zero frequency: the share of electrons that is counted.
    point_spread
        Standard deviation of where an electron is recorded [pixels after binning].
    background
        Counts per pixel and pattern that are not from the beam.
    """

    model_config = FROZEN

    pixels: Annotated[int, Field(ge=16, le=1024, multiple_of=2)] = 128
    dqe: Annotated[float, Field(gt=0, le=1)] = 1.0
    point_spread: Annotated[float, Field(ge=0, le=10)] = 0.0
    background: Annotated[float, Field(ge=0, le=1e6)] = 0.0

    @model_serializer(mode="wrap")
    def _as_written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A perfect camera says nothing of its response, as the studies that were stored before it had one."""
        written: dict[str, Any] = write(self)
        perfect = {name for name in ("dqe", "point_spread", "background") if getattr(self, name) == _DEFAULT[name]}
        return {name: value for name, value in written.items() if name not in perfect}


_DEFAULT = {name: field.default for name, field in CameraSpec.model_fields.items()}


class BudgetSpec(BaseModel):
    """How much is tried.

    Parameters
    ----------
    trials
        Proposals in all.
    replicates
        Noise draws per trial; their mean is the trial's score.
    contenders
        Noise draws of a trial that competes for the front, of the methods that the objectives name; as many as of every
        other where left out, and in a study that optimises its robustness, which averages over its sessions.
    stagnant
        Stop when the front's hypervolume has not grown beyond its noise in this many trials; never where left out.
    """

    model_config = FROZEN

    trials: Annotated[int, Field(ge=1, le=100_000)] = 48
    replicates: Annotated[int, Field(ge=1, le=100)] = 1
    contenders: Annotated[int, Field(ge=2, le=100)] | None = None
    stagnant: Annotated[int, Field(ge=2, le=100_000)] | None = None

    @model_validator(mode="after")
    def _noise_is_known(self) -> Self:
        if self.contenders is not None and self.contenders <= self.replicates:
            raise ValueError(f"contenders = {self.contenders} must be more than replicates = {self.replicates}")
        if self.stagnant is not None and max(self.replicates, self.contenders or 0) < 2:
            raise ValueError("stagnant needs to know the noise; set contenders or replicates to 2 or more")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What is left out is not written, as in studies that were stored before there was such a key."""
        written: dict[str, Any] = write(self)
        return {name: value for name, value in written.items() if value is not None}


class SamplerSpec(BaseModel):
    """Where the search begins and who proposes after that; it decides what is tried, never what a trial finds.

    Parameters
    ----------
    start
        ``theory``: acquisitions of which the linear limit promises most, then a Sobol set; ``sobol``: the set alone.
    name
        ``tpe``, ``random``, ``nsga2``, or ``gp``, which needs ``beamopt[gp]``.
    """

    model_config = FROZEN

    start: Literal["theory", "sobol"] = "theory"
    name: Literal["tpe", "gp", "random", "nsga2"] = "tpe"


class Objective(BaseModel):
    """One thing to trade against the others.

    Parameters
    ----------
    metric
        A knob (``dose_per_area``), a score of the first method (``information``) or of a named one
        (``icom.information``).
    direction
        ``minimize`` or ``maximize``.
    """

    model_config = FROZEN

    metric: str
    direction: Literal["minimize", "maximize"]

    @field_validator("metric")
    @classmethod
    def _known(cls, metric: str) -> str:
        method, score = metric_names.method_of(metric), metric_names.score_of(metric)
        if score in METRICS and (not method or method in METHODS):
            return metric
        if metric in Acquisition.knobs():
            return metric
        known = [*Acquisition.knobs(), *METRICS]
        listed = f"use one of {', '.join(known)}, or METHOD.SCORE with METHOD of {', '.join(METHODS)}"
        scores = [metric_names.score(one, name) for one in METHODS for name in METRICS]
        raise ValueError(f"'{metric:.60}' is not recorded; {did_you_mean(metric, [*known, *scores], listed)}")

    @model_validator(mode="after")
    def _seeks_the_better(self) -> Self:
        if self.score and self.direction != METRICS[self.score].direction:
            better = METRICS[self.score].direction
            raise ValueError(f"{self.metric}: direction = '{self.direction}' seeks the worst images; write '{better}'")
        return self

    @property
    def score(self) -> str:
        """Name of the score; empty for a knob.

        Examples
        --------
        >>> objective = Objective(metric="icom.information", direction="maximize")
        >>> objective.method, objective.score
        ('icom', 'information')
        """
        name = metric_names.score_of(self.metric)
        return name if name in METRICS else ""

    @property
    def method(self) -> str:
        """Method that the metric names; empty where it names none, see `StudySpec.method_of`."""
        return metric_names.method_of(self.metric)

    @property
    def unit(self) -> str:
        """Unit symbol of the metric."""
        return METRICS[self.score].unit if self.score else unit_of(Acquisition, self.metric)
