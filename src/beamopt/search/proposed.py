"""What a search hands out."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Proposed"]


@dataclass(frozen=True)
class Proposed:
    """A point to evaluate.

    Parameters
    ----------
    number
        Its place in the study, from 0 and without gaps; seeds of its noise belong to this number.
    params
        Searched parameters by name, in the units of `Acquisition`.
    attempt
        1, and one more for every time that its owner died while evaluating it.
    """

    number: int
    params: Mapping[str, float]
    attempt: int = 1
