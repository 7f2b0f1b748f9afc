"""A searched interval, linear or logarithmic, or a list of values to choose from."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag, model_validator

__all__ = ["FROZEN", "Choice", "Knob", "Number", "Range", "Searched"]

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


class Choice(RootModel[Annotated[tuple[Number, ...], Field(strict=False, min_length=1, max_length=100)]]):
    """Values that the search may choose from, rising, such as the apertures of a condenser; in a file a plain list.

    Examples
    --------
    >>> apertures = Choice((5.0, 10.0, 21.0))
    >>> apertures.low, apertures.high
    (5.0, 21.0)
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for first, second in zip(self.root, self.root[1:], strict=False):
            if not first < second:
                raise ValueError(f"{first:g} stands before {second:g}; write the values rising, each once")
        return self

    @property
    def low(self) -> float:
        """Smallest value."""
        return self.root[0]

    @property
    def high(self) -> float:
        """Largest value."""
        return self.root[-1]

    @property
    def log(self) -> bool:
        """Never in the logarithm: there is nothing between the values."""
        return False

    def at(self, fraction: float) -> float:
        """Value at a fraction 0 to 1 of the list, equal shares for all.

        Examples
        --------
        >>> [Choice((5.0, 10.0, 21.0)).at(fraction) for fraction in (0.0, 0.5, 1.0)]
        [5.0, 10.0, 21.0]
        """
        return self.root[min(int(fraction * len(self.root)), len(self.root) - 1)]


Searched = Range | Choice


def _written_as(value: object) -> str:
    if isinstance(value, (list, tuple, Choice)):
        return "choice"
    return "range" if isinstance(value, (dict, Range)) else "number"


# The tag decides by how the value is written, so that a complaint speaks of what the user meant.
Knob = Annotated[
    Annotated[Range, Tag("range")] | Annotated[Choice, Tag("choice")] | Annotated[Number, Tag("number")],
    Discriminator(_written_as),
]
