"""The study file as one frozen value, checked whole before the first electron."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.nearest import did_you_mean
from beamopt.quantities import Angle, Energy, unit_of
from beamopt.spec.effects import CoherenceSpec, DamageSpec, ThermalSpec
from beamopt.spec.instrument import InstrumentSpec
from beamopt.spec.methods import METHODS, MethodSettings
from beamopt.spec.ranges import FROZEN, Choice, Knob, Range, Searched
from beamopt.spec.robustness import RobustnessSpec
from beamopt.spec.sections import BudgetSpec, CameraSpec, Objective, PotentialSpec, SamplerSpec, SampleSpec

__all__ = ["Proposal", "StudySpec"]


_SMALLEST = 0.2  # mrad; what is below was meant in radians


@dataclass(frozen=True)
class Proposal:
    """One point of the search: the physical setting and how its data will be reconstructed."""

    acquisition: Acquisition
    settings: Mapping[str, MethodSettings]


class SearchSpec(BaseModel):
    """A fixed number, a range or a list of choices for everything the operator sets, in the units of `Acquisition`."""

    model_config = FROZEN

    semiangle_cutoff: Knob
    defocus: Knob
    detector_outer: Knob
    scan_sampling: Knob
    dose_per_area: Knob

    @model_validator(mode="after")
    def _physical(self) -> Self:
        for name, value in self:
            ends = (value.low, value.high) if isinstance(value, (Range, Choice)) else (value,)
            field: Any = Acquisition.__annotations__[name]
            for end in ends:
                try:
                    TypeAdapter(field).validate_python(end)
                except ValidationError as error:
                    limit = error.errors()[0]["msg"].lower()
                    raise ValueError(f"{name} = {end:g} {unit_of(Acquisition, name)}: {limit}") from None
                if field == Angle and end < _SMALLEST:  # a tilt may well be as small
                    raise ValueError(
                        f"{name} = {end:g} mrad: below {_SMALLEST:g} mrad, the least in use, and looks like radians; "
                        f"write {end * 1e3:g} mrad"
                    )
        return self


class StudySpec(BaseModel):
    """Everything a study says.

    Parameters
    ----------
    name
        Letters, digits, ``_``, ``-`` and ``.``; the key in every database.
    title
        One sentence for people.
    energy
        Beam energy [eV].
    seed
        Root of every random number.
    sample, potential, camera, search, sampler, budget
        The tables, see `sections`.
    coherence, damage, thermal
        How the session differs from a perfect one, see `imperfections`; perfect where left out.
    instrument
        The user's column and detector, whose limits become constraints; no such limits where left out.
    robustness
        What a session may get wrong, and whether trials are scored by it; see `robustness`.
    methods
        Reconstruction methods in order; unqualified scores are those of the first.
    reconstruct
        Settings per method where they differ from the defaults.
    objectives
        What is traded; dose down and information up where left out.
    """

    model_config = FROZEN

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    title: str = Field(default="", max_length=500)
    energy: Energy
    seed: int = Field(default=0, ge=0, lt=2**63)
    sample: SampleSpec
    search: SearchSpec
    potential: PotentialSpec = PotentialSpec()
    camera: CameraSpec = CameraSpec()
    coherence: CoherenceSpec | None = None
    damage: DamageSpec | None = None
    thermal: ThermalSpec | None = None
    instrument: InstrumentSpec | None = None
    robustness: RobustnessSpec | None = None
    methods: tuple[str, ...] = Field(default=("ptychography", "icom", "parallax"), strict=False, min_length=1)
    reconstruct: dict[str, MethodSettings] = Field(default_factory=dict)
    objectives: tuple[Objective, ...] = Field(
        default=(
            Objective(metric="dose_per_area", direction="minimize"),
            Objective(metric="information", direction="maximize"),
        ),
        strict=False,
        min_length=1,
        max_length=4,
    )
    sampler: SamplerSpec = SamplerSpec()
    budget: BudgetSpec = BudgetSpec()

    @model_validator(mode="before")
    @classmethod
    def _typed_settings(cls, raw: object) -> object:
        """Give every method's table its own schema, defaults included."""
        if not isinstance(raw, dict):
            return raw
        methods = raw.get("methods", cls.model_fields["methods"].default)
        given = raw.get("reconstruct", {})
        if not isinstance(given, dict) or not isinstance(methods, (list, tuple)):
            return raw
        unknown = [m for m in [*methods, *given] if not isinstance(m, str) or m not in METHODS]
        if unknown:
            near = did_you_mean(str(unknown[0]), METHODS, f"use {', '.join(METHODS)}")
            raise ValueError(f"methods: '{unknown[0]!s:.60}' is not a method; {near}")
        unused = [m for m in given if m not in methods]
        if unused:
            raise ValueError(f"reconstruct.{unused[0]}: not among methods; add it there or remove the table")
        if len(set(methods)) != len(methods):
            raise ValueError("methods: a method is named twice; name each once")
        return raw | {"reconstruct": {m: _settings(m, given.get(m, {})) for m in methods}}

    @model_validator(mode="after")
    def _objectives_are_measured(self) -> Self:
        for objective in self.objectives:
            if objective.method and objective.method not in self.methods:
                raise ValueError(f"objectives: {objective.metric} needs method '{objective.method}'; add it to methods")
        if not self.searched():
            raise ValueError("search: nothing is searched; write a knob as {low = ..., high = ...} or as a list")
        return self

    def method_of(self, objective: Objective) -> str:
        """Method whose score an objective is: the one it names, else the first; empty for a knob."""
        return (objective.method or self.methods[0]) if objective.score else ""

    def scored(self) -> tuple[Objective, ...]:
        """Objectives that are scores, in their order."""
        return tuple(objective for objective in self.objectives if objective.score)

    def judged(self) -> tuple[str, str]:
        """Method and score that the study is judged by: the first objective that is a score, else information."""
        first = next(iter(self.scored()), None)
        return (self.method_of(first), first.score) if first else (self.methods[0], "information")

    def judged_methods(self) -> tuple[str, ...]:
        """Methods that the objectives name, in the study's order; the first where they name none."""
        named = {self.method_of(objective) for objective in self.scored()}
        return tuple(method for method in self.methods if method in named) or self.methods[:1]

    def qualified(self, objective: Objective) -> str:
        """``method.score`` under which an objective is recorded; a knob by its name alone."""
        return metric_names.score(self.method_of(objective), objective.score) if objective.score else objective.metric

    def searched(self) -> dict[str, Searched]:
        """Every searched parameter by name: knobs as they are, settings as ``method.setting``."""
        knobs: dict[str, Searched] = {name: value for name, value in self.search if isinstance(value, (Range, Choice))}
        for method, settings in self.reconstruct.items():
            knobs |= {f"{method}.{name}": value for name, value in settings.searched().items()}
        return knobs

    def propose(self, params: Mapping[str, float]) -> Proposal:
        """Turn searched parameters into an acquisition and complete settings.

        Parameters
        ----------
        params
            A value for every name of `searched`.

        Returns
        -------
        Proposal
        """
        knobs = {name: params.get(name, value) for name, value in self.search}
        cs = 0.0 if self.instrument is None else self.instrument.spherical_aberration or 0.0
        return Proposal(
            acquisition=Acquisition(energy=self.energy, spherical_aberration=cs, **knobs),
            settings={
                method: settings.settled({name: params[f"{method}.{name}"] for name in settings.searched()})
                for method, settings in self.reconstruct.items()
            },
        )

    def most(self, knob: str) -> float:
        """Largest value a knob can take, in its own unit."""
        value = getattr(self.search, knob)
        return float(value.high if isinstance(value, (Range, Choice)) else value)

    def fingerprint(self) -> str:
        """Digest of everything that decides a trial's numbers: not title, sampler, or when to stop.

        A file of the user's own counts by its content, not by where it lies.
        """
        kept = self.resolved()
        kept.pop("title")
        if self.robustness is not None and self.robustness.optimise is None:
            kept.pop("robustness")
        kept.pop("sampler")
        for free in ("trials", "stagnant"):
            kept["budget"].pop(free, None)
        for place, digest in self.file_digests().items():
            table, key = place.split(".")
            kept[table][key] = digest
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def file_digests(self) -> dict[str, str]:
        """Digest of the content of every file of the user's own that the study names, by its key."""
        written, digests = self.resolved(), {}
        for table, key in (("sample", "file"), ("instrument", "column"), ("instrument", "detector")):
            named = written.get(table, {}).get(key)
            if named is not None and Path(named).suffix and Path(named).is_file():
                digests[f"{table}.{key}"] = hashlib.sha256(Path(named).read_bytes()).hexdigest()
        return digests

    def resolved(self) -> dict[str, Any]:
        """The study with every default written out, as plain JSON values; a table that is absent stays absent."""
        dumped: dict[str, Any] = self.model_dump(mode="json", exclude={"reconstruct"})
        whole = {key: value for key, value in dumped.items() if value is not None}
        whole["reconstruct"] = {m: s.model_dump(mode="json") for m, s in self.reconstruct.items()}
        if self.instrument is not None:  # what the study leaves out is the detector's to say
            given = self.camera.model_fields_set
            whole["camera"] = {name: value for name, value in self.camera if name in given}
        return whole


def _settings(method: str, given: object) -> MethodSettings:
    """Check one method's table; the complaint names it whole."""
    try:
        return METHODS[method].model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(["reconstruct", method, *(str(part) for part in first["loc"][:1])])
        known = ", ".join(METHODS[method].model_fields)
        near = did_you_mean(str(first["loc"][0]) if first["loc"] else "", METHODS[method].model_fields, f"use {known}")
        message = f"unknown key; {near}" if first["type"] == "extra_forbidden" else first["msg"]
        message = message.removeprefix("Value error, ")
        raise ValueError(f"{key} = {first['input']!r:.60}: {message}") from None
