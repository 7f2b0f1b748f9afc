"""Whether an acquisition can be carried out, by the simulation and by the session's instrument."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.instrument import Instrument, SessionNumbers
from beamopt.potential import Potential
from beamopt.simulate import SimulationConstraints
from beamopt.simulate.scan import Axis, fold
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
        return (
            None
            if named is None
            else Instrument.of(named, self.field, self.spec.camera.pixels, self.potential.thickness)
        )

    def margins(self, acquisition: Acquisition) -> dict[str, float]:
        """Constraint margins of an acquisition, at most 0 where it can be carried out."""
        margins = self._simulation.margins(acquisition)
        if self.instrument is None:
            return margins
        instrument, actual = self._session(self.instrument, acquisition)
        return margins | instrument.margins(actual)

    def weights(self, acquisition: Acquisition) -> dict[str, float]:
        """Margins as the search weighs them: with an instrument, where eV meet µs, as shares of their limits."""
        if self.instrument is None:
            return self.margins(acquisition)
        instrument, actual = self._session(self.instrument, acquisition)
        return self._simulation.shares(acquisition) | instrument.shares(actual)

    def require(self, acquisition: Acquisition) -> None:
        """Raise InfeasibleError with one sentence that names every broken limit, the worst first."""
        broken = self._simulation.broken(acquisition)
        if self.instrument is not None:
            instrument, actual = self._session(self.instrument, acquisition)
            broken += instrument.broken(actual)
        if broken:
            raise InfeasibleError.naming(broken)

    def session(self, acquisition: Acquisition) -> SessionNumbers | None:
        """What the operator sets and waits for at the step that is scanned; None without an instrument."""
        if self.instrument is None:
            return None
        instrument, actual = self._session(self.instrument, acquisition)
        return instrument.numbers(actual)

    def scan(self, scan_sampling: float) -> tuple[Axis, Axis]:
        """Positions along each axis at a step that fits the crystal, near the one asked for [Å]."""
        frozen = self.spec.thermal is not None and self.spec.thermal.frozen
        period = self.potential.window if frozen else self.potential.cell
        x, y = (fold(side, extent, scan_sampling) for side, extent in zip(period, self.field, strict=True))
        return x, y

    def scanned(self, acquisition: Acquisition) -> Acquisition:
        """An acquisition at the step that is scanned; where x and y differ a little, a square step of their area."""
        axes = self.scan(acquisition.scan_sampling)
        return replace(acquisition, scan_sampling=float(np.sqrt(axes[0].step * axes[1].step)))

    def _session(self, instrument: Instrument, acquisition: Acquisition) -> tuple[Instrument, Acquisition]:
        """Instrument and acquisition at the step that is scanned, the same electrons and positions in all."""
        actual = self.scanned(acquisition)
        x, y = (axis.count * axis.repeats * actual.scan_sampling for axis in self.scan(acquisition.scan_sampling))
        return replace(instrument, field=(x, y)), actual

    @cached_property
    def _simulation(self) -> SimulationConstraints:
        return SimulationConstraints(
            window=self.potential.window,
            thickness=self.potential.thickness,
            carried_angle=self.carried,
            field=self.field,
            pixels=self.spec.camera.pixels,
        )
