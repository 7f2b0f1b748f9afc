"""Whether an acquisition can be carried out, by the simulation and by the session's instrument."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict, final

import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.instrument import Instrument
from beamopt.potential import Potential
from beamopt.simulate import margins, require_feasible
from beamopt.simulate.feasibility import shares
from beamopt.spec import StudySpec

__all__ = ["Feasibility"]


@final
@dataclass(frozen=True, kw_only=True)
class Feasibility:
    """Every constraint of one study; asking costs no simulation.

    Parameters
    ----------
    spec
        The study.
    potential
        What stands in the beam.
    """

    spec: StudySpec
    potential: Potential

    @property
    def field(self) -> tuple[float, float]:
        """Least field that a scan covers along each axis [Å]."""
        wanted = self.spec.sample.field
        return self.potential.window if wanted is None else (wanted, wanted)

    @property
    def carried(self) -> float:
        """Largest half width of a square camera whose corner the potential still carries [mrad]."""
        return self.potential.max_angle(self.spec.energy) / float(np.sqrt(2))

    @cached_property
    def instrument(self) -> Instrument | None:
        """Column and detector, if the study names them."""
        named = self.spec.instrument
        return None if named is None else Instrument.of(named, self.field, self.spec.camera.pixels)

    def margins(self, acquisition: Acquisition) -> dict[str, float]:
        """Constraint margins of an acquisition, at most 0 where it can be carried out."""
        found = margins(acquisition, **self._limits)
        return found if self.instrument is None else found | self.instrument.margins(acquisition)

    def weights(self, acquisition: Acquisition) -> dict[str, float]:
        """Margins as the search weighs them: with an instrument, where eV meet µs, as shares of their limits."""
        if self.instrument is None:
            return self.margins(acquisition)
        return shares(acquisition, **self._limits) | self.instrument.shares(acquisition)

    def require(self, acquisition: Acquisition) -> None:
        """Raise InfeasibleError with the one sentence that helps, if the acquisition cannot be carried out."""
        require_feasible(acquisition, **self._limits)
        if self.instrument is not None:
            self.instrument.require_feasible(acquisition)

    @property
    def _limits(self) -> "_Limits":
        return {
            "window": self.potential.window,
            "thickness": self.potential.thickness,
            "carried_angle": self.carried,
            "field": self.field,
            "pixels": self.spec.camera.pixels,
        }


class _Limits(TypedDict):
    """What `margins` wants to know besides the acquisition."""

    window: tuple[float, float]
    thickness: float
    carried_angle: float
    field: tuple[float, float]
    pixels: int
