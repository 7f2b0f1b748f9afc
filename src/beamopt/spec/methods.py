"""Settings of the reconstruction methods; every number may be a range, which the study then searches."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from beamopt.spec.ranges import FROZEN, Range

__all__ = [
    "METHODS",
    "IcomSettings",
    "MethodSettings",
    "MultislicePtychographySettings",
    "ParallaxSettings",
    "PtychographySettings",
]

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class MethodSettings(BaseModel):
    """Base of the settings of one method."""

    model_config = FROZEN

    def searched(self) -> dict[str, Range]:
        """Settings that are ranges, by name."""
        return {name: value for name, value in self if isinstance(value, Range)}


class PtychographySettings(MethodSettings):
    """Single-slice ptychography by gradient descent with a known probe.

    Parameters
    ----------
    iterations
        Passes over all patterns.
    step_size
        Update strength, 0 to 1 for a stable descent.
    batch
        Patterns per update.
    object_type
        ``potential`` or ``complex`` as py4DSTEM names them; ``phase`` is a complex object of modulus one.
    """

    iterations: Annotated[int, Field(ge=1, le=1000)] | Range = 10
    step_size: Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] | Range = 0.5
    batch: Annotated[int, Field(ge=1, le=100_000)] = 128
    object_type: Literal["phase", "complex"] = "phase"


class MultislicePtychographySettings(MethodSettings):
    """Multislice ptychography for specimens thicker than the depth of field λ/α².

    Parameters
    ----------
    iterations, step_size, batch
        As for single-slice ptychography.
    slices
        Object slices of equal thickness.
    """

    iterations: Annotated[int, Field(ge=1, le=1000)] | Range = 10
    step_size: Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] | Range = 0.5
    batch: Annotated[int, Field(ge=1, le=100_000)] = 128
    slices: Annotated[int, Field(ge=2, le=100)] = 4


class IcomSettings(MethodSettings):
    """Integrated centre of mass.

    Parameters
    ----------
    iterations
        Fourier-integration passes with padding (the boundary is not periodic).
    """

    iterations: Annotated[int, Field(ge=1, le=1000)] = 64


class ParallaxSettings(MethodSettings):
    """Parallax: bright-field images shifted by the known aberrations and summed, then corrected for the transfer sign.

    Parameters
    ----------
    upsampling
        Pixels of the image per scan step.
    """

    upsampling: Annotated[int, Field(ge=1, le=8)] = 2


METHODS: dict[str, type[MethodSettings]] = {
    "ptychography": PtychographySettings,
    "multislice_ptychography": MultislicePtychographySettings,
    "icom": IcomSettings,
    "parallax": ParallaxSettings,
}
"""Every reconstruction method by the name used in study files and records."""

