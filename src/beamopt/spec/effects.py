"""Physical effects that a perfect session lacks: partial coherence, damage, thermal motion; a table each."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from beamopt.damage import Fading
from beamopt.quantities import Energy, Fluence, Unit
from beamopt.spec.ranges import FROZEN

__all__ = ["CoherenceSpec", "DamageSpec", "ThermalSpec"]

_LARGEST_MOTION = 1.0  # Å; atoms that move farther are not bound to their places

_OwnNumber = Literal["catalogue"]


class CoherenceSpec(BaseModel):
    """How incoherent the beam is; full widths at half maximum, as column makers give them.

    Parameters
    ----------
    source_size
        Effective source in the specimen plane [Å].
    focal_spread
        Spread of the defocus from electron to electron [Å].
    """

    model_config = FROZEN

    source_size: Annotated[float, Field(ge=0, le=20), Unit("Å")] = 0.0
    focal_spread: Annotated[float, Field(ge=0, le=300), Unit("Å")] = 0.0


class DamageSpec(BaseModel):
    """How the sample fades under the beam.

    Parameters
    ----------
    critical_dose
        Critical fluence De [e/Å²], or ``"catalogue"`` for what the catalogue knows of the sample.
    energy
        Beam energy [eV] at which it holds, from which it is scaled; not scaled where left out.
    shape
        ``constant``, ``protein`` or ``power``: how De depends on spatial frequency, see `beamopt.damage.Fading`.
    reference
        Spatial frequency [Å⁻¹] of `critical_dose`, for a shape that is not constant.
    status
        How sure a number of the study's own is: a guess unless said otherwise, and said to be one in every result.
    source
        Who says so.
    """

    model_config = FROZEN

    critical_dose: _OwnNumber | Fluence
    energy: Energy | None = None
    shape: Literal["constant", "protein", "power"] = "constant"
    reference: Annotated[float | None, Field(gt=0, le=10), Unit("Å⁻¹")] = None
    status: Literal["measured", "derived", "quoted", "guess"] = "guess"
    source: str = Field(default="the study file", min_length=1, max_length=500)

    @field_validator("critical_dose", mode="before")
    @classmethod
    def _number_or_catalogue(cls, value: object) -> object:
        if value == "catalogue":
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1e12:
            raise ValueError('write a number above 0 in e/Å², or "catalogue" for the sample\'s own')
        return float(value)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.critical_dose == "catalogue":
            fields = type(self).model_fields
            own = [name for name in ("energy", "status", "source") if getattr(self, name) != fields[name].default]
            if own:
                raise ValueError(f"{own[0]} comes with the catalogue's number; remove it or give your own number")
        self.fading(1.0 if self.critical_dose == "catalogue" else self.critical_dose)
        return self

    def fading(self, value: float) -> Fading:
        """The law of fading from a critical fluence [e/Å²] and what else the table says."""
        return Fading(
            value=value,
            energy=self.energy,
            shape=self.shape,
            reference=self.reference,
            source=self.source,
            status=self.status,
        )


class ThermalSpec(BaseModel):
    """How much the atoms vibrate, and how that enters the simulation.

    Parameters
    ----------
    displacement
        Root-mean-square displacement along one axis [Å], one number for all atoms or one for each element, or
        ``"catalogue"`` for what the catalogue knows of the sample.
    model
        ``debye-waller`` smears the potential and stays elastic. ``frozen phonons`` displaces the atoms of the whole
        window and sums patterns over configurations: thermal diffuse scattering included, at many times the cost.
    configurations
        Frozen configurations whose patterns are averaged.
    """

    model_config = FROZEN

    displacement: _OwnNumber | float | dict[str, float]
    model: Literal["debye-waller", "frozen phonons"] = "debye-waller"
    configurations: Annotated[int, Field(ge=1, le=256)] = 8

    @property
    def frozen(self) -> int:
        """Frozen configurations, 0 with Debye-Waller factors."""
        return self.configurations if self.model == "frozen phonons" else 0

    @model_serializer(mode="wrap")
    def _as_written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """An elastic study says nothing of configurations, as those that were stored before there were any."""
        written: dict[str, Any] = write(self)
        return written if self.frozen else {"displacement": written["displacement"]}

    @field_validator("displacement", mode="before")
    @classmethod
    def _possible(cls, value: object) -> object:
        if value == "catalogue":
            return value
        table: dict[str, object] = value if isinstance(value, dict) else {"all atoms": value}
        for element, motion in table.items():
            if isinstance(motion, bool) or not isinstance(motion, (int, float)) or not 0 <= motion <= _LARGEST_MOTION:
                raise ValueError(f"{element}: {motion!r:.40} is no displacement; write 0 to {_LARGEST_MOTION:g} in Å")
        return value
