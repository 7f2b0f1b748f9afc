"""The table of a study file that names the user's own microscope."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, field_validator

from beamopt.quantities import Current, Duration, SphericalAberration
from beamopt.spec.paths import require_path
from beamopt.spec.ranges import FROZEN

__all__ = ["InstrumentSpec"]

_Name = Annotated[str, Field(min_length=1), AfterValidator(require_path)]


class InstrumentSpec(BaseModel):
    """Column and detector whose limits every proposal must respect.

    Parameters
    ----------
    column
        Name from the catalogue, for instance ``corrected-300``, or a ``.json`` file relative to the study file.
    detector
        Name from the catalogue, for instance ``EMPAD-G2``, or a ``.json`` file relative to the study file.
    current
        Probe current [pA]; for each proposal the lowest that ends the scan in time where left out.
    longest_scan
        Longest scan [s]; after ten minutes most stages have drifted by more than a unit cell.
    spherical_aberration
        Cs [Å], known to simulation and reconstruction alike; the column's where left out.
    """

    model_config = FROZEN

    column: _Name
    detector: _Name
    current: Current | None = None
    longest_scan: Duration = 600.0
    spherical_aberration: SphericalAberration | None = None

    @field_validator("current", mode="before")
    @classmethod
    def _in_picoamperes(cls, current: object) -> object:
        if isinstance(current, float) and 0 < current < 1e-6:
            raise ValueError(f"currents are in pA; for {current:g} A write {current * 1e12:g}")
        return current
