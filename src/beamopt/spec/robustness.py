"""The table that says what a session may get wrong, and whether the search should care."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from beamopt.quantities import Unit
from beamopt.spec.ranges import FROZEN

__all__ = ["RobustnessSpec"]


class RobustnessSpec(BaseModel):
    """Size of everything that a session does differently from what the operator believes; 0 leaves it out.

    Parameters
    ----------
    defocus
        The focus is off by so much of its value [%], either way, and at least by 20 Å.
    thickness
        The specimen is thicker or thinner by so much [%], to the nearest whole cell.
    mistilt
        Angle between beam and zone axis [mrad], along x and along y.
    astigmatism
        Residual twofold astigmatism C12 [Å].
    coma
        Residual axial coma C21 [Å].
    threefold_astigmatism
        Residual threefold astigmatism C23 [Å].
    position_jitter
        Probe positions scatter by so much along each axis [Å rms].
    drift
        The specimen drifts steadily by so much during the scan [Å].
    optimise
        ``mean`` scores every trial by its mean over the calm and all disturbed sessions, ``worst`` by the worst of
        them; the calm session alone counts where left out.
    """

    model_config = FROZEN

    defocus: Annotated[float, Field(ge=0, le=100), Unit("%")] = 10.0
    thickness: Annotated[float, Field(ge=0, le=90), Unit("%")] = 20.0
    mistilt: Annotated[float, Field(ge=0, le=20), Unit("mrad")] = 2.0
    astigmatism: Annotated[float, Field(ge=0, le=1e4), Unit("Å")] = 20.0
    coma: Annotated[float, Field(ge=0, le=1e6), Unit("Å")] = 300.0
    threefold_astigmatism: Annotated[float, Field(ge=0, le=1e6), Unit("Å")] = 300.0
    position_jitter: Annotated[float, Field(ge=0, le=10), Unit("Å")] = 0.2
    drift: Annotated[float, Field(ge=0, le=100), Unit("Å")] = 2.0
    optimise: Literal["mean", "worst"] | None = None
