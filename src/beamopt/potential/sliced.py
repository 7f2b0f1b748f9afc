"""A sliced potential of one crystal cell and how often it is repeated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt import physics

__all__ = ["Potential"]

# abTEM's defaults, in units of 1/(larger pixel): where waves are cut, and the width of the cosine edge before it.
_CUTOFF, _TAPER = 0.6666666 / 2, 0.01


@dataclass(frozen=True, kw_only=True)
class Potential:
    """Projected potential of a crystal that repeats laterally and along the beam.

    Parameters
    ----------
    slices
        float32 ``(n_slices, nx, ny)`` [V Å], the slices of one cell in the order the beam meets them.
    slice_thickness
        Thickness of each slice of one cell [Å].
    cell
        Lateral sides of one cell [Å].
    repeats
        Cells along the beam.
    supercell
        Whole cells along each side of the simulated window.
    tilt
        Angle between beam and zone axis along x and y [mrad]: flying on by Δz the beam moves sideways by Δz·tan(tilt).
    """

    slices: NDArray[np.float32]
    slice_thickness: tuple[float, ...]
    cell: tuple[float, float]
    repeats: int
    supercell: tuple[int, int]
    tilt: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.slices.ndim != 3 or len(self.slices) != len(self.slice_thickness):
            raise ValueError(f"{self.slices.shape} slices do not match {len(self.slice_thickness)} thicknesses")
        if min(self.repeats, *self.supercell) < 1:
            raise ValueError(f"repeats = {self.repeats} and supercell = {self.supercell} must be at least 1")

    @property
    def grid(self) -> tuple[int, int]:
        """Pixels of one cell along x and y."""
        return self.slices.shape[1], self.slices.shape[2]

    @property
    def sampling(self) -> tuple[float, float]:
        """Pixel size along x and y [Å]."""
        return self.cell[0] / self.grid[0], self.cell[1] / self.grid[1]

    @property
    def thickness(self) -> float:
        """Thickness of the whole specimen [Å]."""
        return sum(self.slice_thickness) * self.repeats

    @property
    def window(self) -> tuple[float, float]:
        """Sides of the simulated window [Å]."""
        return self.cell[0] * self.supercell[0], self.cell[1] * self.supercell[1]

    def max_angle(self, energy: float) -> float:
        """Largest scattering angle [mrad] that survives the antialias limit untouched.

        abTEM's multislice cuts at 2/3 of the Nyquist frequency of the coarser pixel and tapers just below it; this is
        where the taper begins.

        Parameters
        ----------
        energy
            Beam energy [eV].
        """
        return 1e3 * physics.wavelength(energy) * (_CUTOFF - _TAPER) / max(self.sampling)

    def antialias(self, k: NDArray[np.float64]) -> NDArray[np.float64]:
        """Antialias aperture of abTEM at |k| [Å⁻¹]: 1 in the band, a cosine edge, 0 beyond 2/3 of Nyquist."""
        cutoff, width = _CUTOFF / max(self.sampling), _TAPER / max(self.sampling)
        edge = 0.5 * (1 + np.cos(np.pi * np.clip((k - cutoff + width) / width, 0.0, 1.0)))
        return np.where(k > cutoff, 0.0, edge)
