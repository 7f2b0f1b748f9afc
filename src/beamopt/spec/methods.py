"""Settings of the reconstruction methods; every number may be a range, which the study then searches."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from beamopt.spec.ranges import FROZEN, Range

__all__ = [
    "METHODS",
    "IcomSettings",
    "MethodSettings",
    "MultislicePtychographySettings",
    "ObfSettings",
    "ParallaxSettings",
    "PtychographySettings",
    "SsbSettings",
]

_Passes = Annotated[int, Field(ge=1, le=1000)] | Range
_Step = Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] | Range
_Batch = Annotated[int, Field(ge=1, le=100_000)] | Range
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | Range


class MethodSettings(BaseModel):
    """Base of the settings of one method."""

    model_config = FROZEN

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
        >>> searched = IcomSettings(iterations=Range(low=8, high=64))
        >>> searched.settled({"iterations": 31.7}).iterations
        32
        """
        found = {name: round(value) if self._counts(name) else value for name, value in values.items()}
        return type(self).model_validate({**dict(self), **found})

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


class PtychographySettings(MethodSettings):
    """Single-slice ptychography by gradient descent with a known probe.

    Parameters
    ----------
    iterations
        Passes over all patterns, at most.
    step_size
        Update strength, 0 to 1 for a stable descent.
    batch
        Patterns per update; where left out a sixteenth of the scan, at low dose a quarter. Updates from few electrons
        are mostly noise, so a share of the scan serves every step and field where a fixed number does not.
    normalization_min
        What the gradient is divided by: 1 the brightest illumination everywhere, 0 the local one, as py4DSTEM names it.
        At 1 neighbouring probes that overlap little need several times as many passes.
    object_type
        ``phase`` is an object of modulus one; ``complex`` may absorb. ``auto`` is complex where the specimen's phase is
        more than 1 rad from its mean on 2 % of the area and the study may spend 1e4 e/Å² or more; else it is phase.
    start
        ``flat``, ``icom`` for the low frequencies of the integrated centre of mass, or ``auto`` for the one that
        describes the patterns better after the first passes.
    tolerance
        Stop once the data error falls by less than this fraction of itself in one pass, not before the fifth, at
        low dose less than three times this, not before the eighth; 0 never stops.
    blind_probe
        Solve for the probe as well, with py4DSTEM's own class; slower, `tolerance` unused.
    """

    iterations: _Passes = 40
    step_size: _Step = 0.5
    batch: _Batch | None = None
    normalization_min: _Share = 0.5
    object_type: Literal["auto", "phase", "complex"] = "auto"
    start: Literal["auto", "flat", "icom"] = "auto"
    tolerance: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] | Range = 0.003
    blind_probe: bool = False


class MultislicePtychographySettings(MethodSettings):
    """Multislice ptychography for specimens thicker than the depth of field λ/α².

    Parameters
    ----------
    iterations, step_size, normalization_min
        As for single-slice ptychography.
    batch
        Patterns per update, all slices of which are held in memory.
    slices
        Object slices of equal thickness.
    """

    iterations: _Passes = 10
    step_size: _Step = 0.5
    batch: _Batch = 128
    normalization_min: _Share = 0.5
    slices: Annotated[int, Field(ge=2, le=100)] | Range = 4


class IcomSettings(MethodSettings):
    """Integrated centre of mass.

    Parameters
    ----------
    iterations
        Fourier-integration passes with padding (the boundary is not periodic).
    """

    iterations: _Passes = 64


class ParallaxSettings(MethodSettings):
    """Parallax: bright-field images shifted by the known aberrations and summed, then corrected for the transfer sign.

    Parameters
    ----------
    upsampling
        Pixels of the image per scan step; as many as carry twice the aperture radius where left out.
    """

    upsampling: Annotated[int, Field(ge=1, le=16)] | Range | None = None


class ObfSettings(MethodSettings):
    """Optimum bright field: every camera pixel of the disc at its best weight, which attains the linear limit.

    Parameters
    ----------
    upsampling
        Pixels of the image per scan step along each axis. The modes that one step confuses are told apart, as far as
        the patterns tell them apart; time grows with the square.
    """

    upsampling: Annotated[int, Field(ge=1, le=8)] | Range = 2


class SsbSettings(MethodSettings):
    """Single sideband: the double overlaps of the disc alone.

    Parameters
    ----------
    upsampling
        As for `ObfSettings`.
    """

    upsampling: Annotated[int, Field(ge=1, le=8)] | Range = 2


METHODS: dict[str, type[MethodSettings]] = {
    "ptychography": PtychographySettings,
    "multislice_ptychography": MultislicePtychographySettings,
    "icom": IcomSettings,
    "parallax": ParallaxSettings,
    "obf": ObfSettings,
    "ssb": SsbSettings,
}
"""Every reconstruction method by the name used in study files and records."""
