"""What an engine is made for, and the way every engine goes from exit waves to patterns."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.measurement import Expectation
from beamopt.potential import Potential
from beamopt.simulate.camera import Camera
from beamopt.simulate.lattice import Block, block_for
from beamopt.simulate.scan import fold

__all__ = ["ExitBeams", "Setup", "expectation"]

ExitBeams = Callable[[Acquisition, NDArray[np.float64], NDArray[np.float64], Block], NDArray[np.complex64]]
"""Acquisition, probe positions along x and y [Å] and block to exit-wave beams, complex64 ``(x, y, bx, by)``."""

_CHUNK = 200e6  # bytes of exit waves held at a time


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


def expectation(setup: Setup, acquisition: Acquisition, exit_beams: ExitBeams) -> Expectation:
    """Scan, let the camera collect, and say how the positions repeat.

    Parameters
    ----------
    setup
        What the engine was made for.
    acquisition
        What the operator sets.
    exit_beams
        The engine.

    Returns
    -------
    Expectation

    Raises
    ------
    InfeasibleError
        If the acquisition asks for larger angles than the engine was made for.
    """
    _require_within(setup, acquisition)
    axes = [
        fold(side, extent, acquisition.scan_sampling)
        for side, extent in zip(setup.potential.cell, setup.field, strict=True)
    ]
    x, y = (axis.positions for axis in axes)
    block = setup.block(acquisition.detector_outer)
    camera = Camera.of(acquisition, setup.pixels)
    patterns = np.empty((len(x), len(y), setup.pixels, setup.pixels), np.float32)
    step = max(1, int(_CHUNK / (8 * len(y) * block.shape[0] * block.shape[1])))
    for start in range(0, len(x), step):
        some = x[start : start + step]
        camera.collect(exit_beams(acquisition, some, y, block), block, (some, y), patterns[start : start + step])
    return Expectation(
        array=patterns,
        scan_sampling=(axes[0].step, axes[1].step),
        angular_sampling=camera.angular_sampling,
        repeats=(axes[0].repeats, axes[1].repeats),
    )


def _require_within(setup: Setup, acquisition: Acquisition) -> None:
    if acquisition.energy != setup.energy:
        raise ValueError(f"energy = {acquisition.energy:g} eV, but the engine was made for {setup.energy:g} eV")
    for knob in ("semiangle_cutoff", "detector_outer"):
        asked, limit = getattr(acquisition, knob), getattr(setup, knob)
        if asked > limit * (1 + 1e-9):
            raise InfeasibleError(
                f"{knob}={asked:g} mrad is beyond the {limit:g} mrad this engine was built for; lower it or rebuild"
            )
