"""Settings of the reconstruction methods; every number may be a range, which the study then searches."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

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
        describes the patterns better after 24 updates.
    tolerance
        Stop once the data error falls by less than this fraction of itself in one pass, not before the fifth, at
        low dose the tenth; 0 never stops.
    blind_probe
        Solve for the probe as well, with py4DSTEM's own class; slower, `tolerance` unused.
    """

    iterations: Annotated[int, Field(ge=1, le=1000)] | Range = 40
    step_size: Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] | Range = 0.5
    batch: Annotated[int, Field(ge=1, le=100_000)] | None = None
    normalization_min: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.5
    object_type: Literal["auto", "phase", "complex"] = "auto"
    start: Literal["auto", "flat", "icom"] = "auto"
    tolerance: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.003
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

    iterations: Annotated[int, Field(ge=1, le=1000)] | Range = 10
    step_size: Annotated[float, Field(gt=0, le=2, allow_inf_nan=False)] | Range = 0.5
    batch: Annotated[int, Field(ge=1, le=100_000)] = 128
    normalization_min: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 1.0
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
        Pixels of the image per scan step; as many as carry twice the aperture radius where left out.
    """

    upsampling: Annotated[int, Field(ge=1, le=16)] | None = None


class ObfSettings(MethodSettings):
    """Optimum bright field: every camera pixel of the disc at its best weight, which attains the linear limit.

    Parameters
    ----------
    upsampling
        Pixels of the image per scan step along each axis. The modes that one step confuses are told apart, as far as
        the patterns tell them apart; time grows with the square.
    """

    upsampling: Annotated[int, Field(ge=1, le=8)] = 2


class SsbSettings(MethodSettings):
    """Single sideband: the double overlaps of the disc alone.

    Parameters
    ----------
    upsampling
        As for `ObfSettings`.
    """

    upsampling: Annotated[int, Field(ge=1, le=8)] = 2


METHODS: dict[str, type[MethodSettings]] = {
    "ptychography": PtychographySettings,
    "multislice_ptychography": MultislicePtychographySettings,
    "icom": IcomSettings,
    "parallax": ParallaxSettings,
    "obf": ObfSettings,
    "ssb": SsbSettings,
}
"""Every reconstruction method by the name used in study files and records."""
