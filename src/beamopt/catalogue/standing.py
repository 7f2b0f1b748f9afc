"""What every piece of equipment says about its numbers: the source of each and how sure it is."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from beamopt.quantities import unit_of

__all__ = ["FROZEN", "Equipment", "Standing", "require_rising"]

FROZEN = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Standing(BaseModel):
    """How sure a number is.

    Parameters
    ----------
    status
        ``read``: read in its source. ``derived``: calculated from a number that was read. ``recalled``: from memory,
        to be confirmed. ``guess``: ours, so that a first study has a scale; never to be shown as a specification.
    source
        Who says so, or how it follows.
    """

    model_config = FROZEN

    status: Literal["read", "derived", "recalled", "guess"]
    source: str = Field(min_length=1)


class Equipment(BaseModel):
    """What a detector and a column have in common; use one of the two.

    Parameters
    ----------
    name
        The word used in study files.
    aliases
        Other names it answers to.
    title
        What it is, for people.
    notes
        What to beware of.
    standing
        Field name to `Standing`, for every number given and for nothing else.
    """

    model_config = FROZEN

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")
    aliases: tuple[str, ...] = ()
    title: str
    notes: str = ""
    standing: dict[str, Standing]

    @model_validator(mode="after")
    def _every_number_stands(self) -> Self:
        words = {*Equipment.model_fields, "reading"}
        numbers = self.model_fields_set - words
        if missing := sorted(numbers - set(self.standing)):
            raise ValueError(f"standing.{missing[0]} is missing; say who says so and how sure it is")
        if unknown := sorted(set(self.standing) - numbers):
            raise ValueError(f"standing.{unknown[0]} belongs to no number that is given; remove it or give the number")
        return self

    def stated(self, name: str) -> str:
        """One of its numbers as it is printed: value, unit and standing.

        Parameters
        ----------
        name
            A field, for instance ``frame_rate``.
        """
        value, unit = getattr(self, name), unit_of(type(self), name)
        if unit == "Å" and abs(value) >= 1e4:  # lens aberrations are spoken of in mm
            value, unit = value / 1e7, "mm"
        between = " × " if name == "pixels" else " to "
        shown = between.join(f"{part:g}" for part in value) if isinstance(value, tuple) else format(value, _form(value))
        standing = self.standing.get(name)
        return f"{shown} {unit}".strip() + (f" ({standing.status})" if standing else "")


def _form(value: object) -> str:
    return "g" if isinstance(value, (int, float)) else ""


def require_rising(name: str, ends: tuple[float, ...]) -> None:
    """Raise ValueError unless the second of two ends lies above the first."""
    if not ends[0] < ends[1]:
        raise ValueError(f"{name} = {ends[0]:g}, {ends[1]:g}: the second must be above the first")
