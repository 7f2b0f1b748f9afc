"""Schema of a pixelated detector."""

from typing import Annotated, Literal, Self, final

from pydantic import Field, model_validator

from beamopt.catalogue.standing import Equipment, require_rising
from beamopt.quantities import Energy, Unit

__all__ = ["Detector"]

_Pixels = Annotated[int, Field(ge=16, le=65536)]


@final
class Detector(Equipment):
    """A pixelated detector.

    Parameters
    ----------
    reading
        ``frames`` read whole at a fixed rate, or ``events`` read one by one.
    pixels
        Pixels along both sides.
    pixel_pitch
        Side of a pixel [µm].
    frame_rate
        Most patterns per second, all pixels read [Hz]; of an event-driven detector one over the shortest dwell.
    energies
        Lowest and highest beam energy [eV].
    pixel_rate
        Most counts of one pixel per second [1/s] before it loses or saturates.
    total_rate
        Most counts of the whole detector per second [1/s], where there is such a limit.
    hits_per_electron
        Pixels that one electron lights and that count against the two limits.
    dqe
        Detective quantum efficiency at zero frequency.
    point_spread
        Standard deviation of the point spread at the highest energy of use, in pixels.
    background
        False counts of a pixel per second [1/s].
    bits
        Stored per pixel of a frame, or per event.
    """

    reading: Literal["frames", "events"]
    pixels: tuple[_Pixels, _Pixels]
    pixel_pitch: Annotated[float, Field(gt=0, le=1000), Unit("µm")]
    frame_rate: Annotated[float, Field(gt=0, le=1e10), Unit("Hz")]
    energies: Annotated[tuple[Energy, Energy], Unit("eV")]
    pixel_rate: Annotated[float, Field(gt=0), Unit("1/s")]
    total_rate: Annotated[float | None, Field(gt=0), Unit("1/s")] = None
    hits_per_electron: Annotated[float, Field(ge=1, le=100)] = 1.0
    dqe: Annotated[float, Field(gt=0, le=1)]
    point_spread: Annotated[float, Field(ge=0, le=10), Unit("pixels")]
    background: Annotated[float, Field(ge=0), Unit("1/s")]
    bits: Annotated[int, Field(ge=1, le=128), Unit("bit")]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_rising("energies", self.energies)
        return self
