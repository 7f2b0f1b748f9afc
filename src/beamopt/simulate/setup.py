"""What an engine is made for."""

from dataclasses import dataclass
from functools import cached_property

from beamopt import physics
from beamopt.potential import Potential
from beamopt.simulate.lattice import Block, block_for
from beamopt.simulate.mirror import Mirror, mirrors

__all__ = ["Setup"]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The specimen and the largest settings a study will ask for.

    Parameters
    ----------
    potential
        The sliced specimen.
    energy
        Beam energy [eV].
    semiangle_cutoff, detector_outer
        Largest convergence and collection semi-angles [mrad].
    pixels
        Camera pixels per side.
    field
        Least extent of the scanned field along each axis [Å].
    """

    potential: Potential
    energy: float
    semiangle_cutoff: float
    detector_outer: float
    pixels: int
    field: tuple[float, float]

    @property
    def grid(self) -> tuple[int, int]:
        """Pixels of the whole window."""
        (nx, ny), (mx, my) = self.potential.grid, self.potential.supercell
        return nx * mx, ny * my

    @property
    def cutoff(self) -> float:
        """Largest aperture radius [Å⁻¹]."""
        return self.semiangle_cutoff * 1e-3 / physics.wavelength(self.energy)

    def block(self, detector_outer: float) -> Block:
        """Exit beams that a camera of this half width [mrad] needs."""
        return block_for(self.potential.window, self.grid, self.energy, detector_outer, self.pixels)

    @cached_property
    def mirrors(self) -> tuple[Mirror, ...]:
        """Mirror planes of the crystal."""
        return mirrors(self.potential)
