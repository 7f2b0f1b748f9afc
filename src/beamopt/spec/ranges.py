"""A searched interval, linear or logarithmic."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

__all__ = ["FROZEN", "Knob", "Number", "Range"]

FROZEN = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Range(BaseModel):
    """Interval that the search may propose from, both ends included.

    Parameters
    ----------
    low, high
        Ends, in the unit of the quantity; low < high.
    log
        Search evenly in the logarithm; both ends must then be positive.
    """

    model_config = FROZEN

    low: Number
    high: Number
    log: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(
                f"low = {self.low:g} must be below high = {self.high:g}; a fixed value is written as a number"
            )
        if self.log and self.low <= 0:
            raise ValueError(f"a log range needs low > 0, not {self.low:g}; raise low or drop log")
        return self

    def at(self, fraction: float) -> float:
        """Value at a fraction 0 to 1 of the way from low to high.

        Examples
        --------
        >>> round(Range(low=1.0, high=100.0, log=True).at(0.5), 6)
        10.0
        """
        if self.log:
            return float(self.low * (self.high / self.low) ** fraction)
        return self.low + (self.high - self.low) * fraction


def _written_as(value: object) -> str:
    return "range" if isinstance(value, (dict, Range)) else "number"


# The tag decides by how the value is written, so that a complaint speaks of what the user meant.
Knob = Annotated[Annotated[Range, Tag("range")] | Annotated[Number, Tag("number")], Discriminator(_written_as)]
