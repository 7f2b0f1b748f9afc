"""Schema of a microscope column as a scanned probe sees it."""

import math
from typing import Annotated, Literal, Self, final

from pydantic import BaseModel, Field, model_validator

from beamopt import physics
from beamopt.catalogue.standing import FROZEN, Equipment, require_rising
from beamopt.quantities import Angle, Energy, Unit

__all__ = ["Apertures", "Column", "Continuous"]

_Current = Annotated[float, Field(gt=0, le=1e6)]


class Continuous(BaseModel):
    """Convergence semi-angles of a column whose condensers set any between two limits [mrad]."""

    model_config = FROZEN

    kind: Literal["continuous"] = "continuous"
    low: Angle
    high: Angle

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_rising("semiangles", (self.low, self.high))
        return self

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"

    def nearest(self, semiangle: float) -> float:
        """Available semi-angle nearest to a wanted one [mrad]."""
        return min(max(semiangle, self.low), self.high)


class Apertures(BaseModel):
    """Convergence semi-angles of a column with fixed apertures [mrad], rising."""

    model_config = FROZEN

    kind: Literal["apertures"] = "apertures"
    angles: Annotated[tuple[Angle, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for pair in zip(self.angles, self.angles[1:], strict=False):
            require_rising("semiangles.angles", pair)
        return self

    def __str__(self) -> str:
        return ", ".join(f"{angle:g}" for angle in self.angles)

    def nearest(self, semiangle: float) -> float:
        """Available semi-angle nearest to a wanted one [mrad]."""
        return min(self.angles, key=lambda angle: abs(angle - semiangle))


@final
class Column(Equipment):
    """A microscope column as a scanned probe sees it.

    Parameters
    ----------
    energies
        Lowest and highest beam energy [eV].
    semiangles
        Convergence semi-angles [mrad], an interval or a list of apertures.
    currents
        Lowest and highest probe current [pA].
    spherical_aberration
        Cs [Å], after correction where there is a corrector (1 mm = 1e7 Å).
    chromatic_aberration
        Cc [Å].
    energy_spread
        Full width at half maximum [eV].
    source_size
        Effective source at the specimen, full width at half maximum [Å].
    """

    energies: Annotated[tuple[Energy, Energy], Unit("eV")]
    semiangles: Annotated[Continuous | Apertures, Field(discriminator="kind"), Unit("mrad")]
    currents: Annotated[tuple[_Current, _Current], Unit("pA")]
    spherical_aberration: Annotated[float, Field(ge=-1e9, le=1e9), Unit("Å")]
    chromatic_aberration: Annotated[float, Field(ge=0, le=1e9), Unit("Å")]
    energy_spread: Annotated[float, Field(ge=0, le=100), Unit("eV")]
    source_size: Annotated[float, Field(ge=0, le=1000), Unit("Å")]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_rising("energies", self.energies)
        require_rising("currents", self.currents)
        return self

    def focal_spread(self, energy: float) -> float:
        """Spread of defocus [Å, full width at half maximum], Cc·(dE/E)·(1 + E/mc²)/(1 + E/2mc²), lenses steady.

        Parameters
        ----------
        energy
            Beam energy E [eV].
        """
        gamma = 1 / math.sqrt(1 - physics.beta_squared(energy))  # 1 + E/mc²
        return self.chromatic_aberration * self.energy_spread / energy * 2 * gamma / (1 + gamma)
