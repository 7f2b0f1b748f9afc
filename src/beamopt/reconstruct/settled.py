"""Settings that may be searched, read once they are numbers."""

from beamopt.errors import InputError
from beamopt.spec import Range

__all__ = ["number", "whole"]


def number(value: float | Range) -> float:
    """The number itself; a range that nothing was proposed from is an InputError.

    Examples
    --------
    >>> number(0.5)
    0.5
    """
    if isinstance(value, Range):
        raise InputError(
            f"a setting is still the range {value.low:g} to {value.high:g}; propose a number from it first"
        )
    return float(value)


def whole(value: int | Range) -> int:
    """The same for a setting that counts something."""
    return round(number(value))
