"""What a reconstruction method says of itself: its settings, and what theory, costs and pictures ask of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from beamopt.acquisition import Acquisition
from beamopt.spec.ranges import FROZEN, Range

__all__ = ["MethodSettings", "Passes", "Share", "Step"]

Passes = Annotated[int, Field(ge=1, le=1000)] | Range
Step = Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] | Range
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | Range


class MethodSettings(BaseModel, ABC):
    """Base of the settings of one method; every number may be a range, which the study then searches.

    Attributes
    ----------
    iterative
        Whether it ties neighbouring probes together step by step, which needs them to overlap.
    weak
        Whether it takes the specimen for a weak object.
    """

    model_config = FROZEN

    iterative: ClassVar[bool] = False
    weak: ClassVar[bool] = False

    @abstractmethod
    def band(self, acquisition: Acquisition) -> float:
        """Highest frequency that the image can hold [Å⁻¹]; of a range of settings the widest."""

    @abstractmethod
    def pixel(self, acquisition: Acquisition, camera: int) -> float | None:
        """Pixel of the image [Å] with a camera of so many pixels along a side; None where the patterns decide."""

    def passes(self) -> float:
        """Passes over all patterns of a descent, about so many; 0 for a method that needs none."""
        return 0.0

    def suited(self, *, strong: bool) -> Self:  # noqa: ARG002 (most methods are the same for both)
        """Settings with what is left to beamopt decided by whether the specimen is no pure phase object."""
        return self

    def searched(self) -> dict[str, Range]:
        """Settings that are ranges, by name."""
        return {name: value for name, value in self if isinstance(value, Range)}

    def settled(self, values: Mapping[str, float]) -> Self:
        """Settings with proposed numbers in place of ranges, whole ones where the setting counts something.

        Parameters
        ----------
        values
            A number for every name of `searched`.

        Examples
        --------
        >>> from beamopt.spec import IcomSettings
        >>> searched = IcomSettings(iterations=Range(low=8, high=64))
        >>> searched.settled({"iterations": 31.7}).iterations
        32
        """
        numbers = {name: round(value) if self._counts(name) else value for name, value in values.items()}
        return type(self).model_validate({**dict(self), **numbers})

    @model_validator(mode="after")
    def _ranges_end_at_what_is_allowed(self) -> Self:
        for name, knob in self.searched().items():
            for end in (knob.low, knob.high):
                try:
                    type(self).model_validate({name: round(end) if self._counts(name) else end})
                except ValidationError as error:
                    raise ValueError(f"{name} = {end:g}: {error.errors()[0]['msg']}") from None
        return self

    @classmethod
    def _counts(cls, name: str) -> bool:
        """Whether a setting is a whole number, by its type."""
        return any(int in (kind, *get_args(kind)) for kind in get_args(cls.model_fields[name].annotation))
