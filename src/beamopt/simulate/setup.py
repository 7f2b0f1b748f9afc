"""What an engine is made for, and the way every engine goes from exit waves to patterns."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.measurement import Expectation
from beamopt.potential import Potential
from beamopt.simulate.camera import Camera
from beamopt.simulate.imperfections import PERFECT, Imperfections, defoci
from beamopt.simulate.lattice import Block, block_for
from beamopt.simulate.point_spread import spread
from beamopt.simulate.scan import fold
from beamopt.simulate.transfer import fine_count, scan_filter

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


def expectation(
    setup: Setup, acquisition: Acquisition, exit_beams: ExitBeams, imperfections: Imperfections = PERFECT
) -> Expectation:
    """Scan, let the camera collect, and say how the positions repeat.

    Parameters
    ----------
    setup
        What the engine was made for.
    acquisition
        What the operator sets.
    exit_beams
        The engine.
    imperfections
        What the session does to the patterns of a perfect one.

    Returns
    -------
    Expectation

    Raises
    ------
    InfeasibleError
        If the acquisition asks for larger angles than the engine was made for.
    """
    _require_within(setup, acquisition)
    cell = setup.potential.cell
    axes = [fold(side, extent, acquisition.scan_sampling) for side, extent in zip(cell, setup.field, strict=True)]
    wanted = axes[0].positions, axes[1].positions
    scan = _Scan(setup, acquisition, exit_beams, defoci(acquisition, imperfections.focal_spread))
    patterns = np.zeros((len(wanted[0]), len(wanted[1]), setup.pixels, setup.pixels), np.float32)
    if imperfections.touches_scan:
        sides = zip(cell, setup.potential.window, strict=True)
        nx, ny = (fine_count(acquisition, side, window) for side, window in sides)
        keep = scan_filter(cell, (nx, ny), wanted, lambda q: imperfections.transfer(q, acquisition))
        x, y = (np.arange(n, dtype=np.float64) * (side / n) for n, side in zip((nx, ny), cell, strict=True))
        for rows in scan.chunks(nx, ny):
            fine = np.empty((len(x[rows]), ny, setup.pixels, setup.pixels), np.float32)
            scan.collect(x[rows], y, fine)
            keep.add(fine, rows.start, patterns)
        np.maximum(patterns, 0, out=patterns)
    else:
        for rows in scan.chunks(*patterns.shape[:2]):
            scan.collect(wanted[0][rows], wanted[1], patterns[rows])
    spread(patterns, imperfections.point_spread)
    return Expectation(
        array=patterns,
        scan_sampling=(axes[0].step, axes[1].step),
        angular_sampling=scan.camera.angular_sampling,
        repeats=(axes[0].repeats, axes[1].repeats),
    )


class _Scan:
    """Patterns at any positions, summed incoherently over the defoci."""

    def __init__(
        self,
        setup: Setup,
        acquisition: Acquisition,
        exit_beams: ExitBeams,
        foci: tuple[tuple[float, float], ...],
    ) -> None:
        self.camera = Camera.of(acquisition, setup.pixels)
        self._block = setup.block(acquisition.detector_outer)
        self._exit_beams = exit_beams
        self._foci = [(replace(acquisition, defocus=defocus), weight) for defocus, weight in foci]

    def chunks(self, nx: int, ny: int) -> list[slice]:
        """Rows of a scan whose exit waves fit into memory together."""
        step = max(1, int(_CHUNK / (8 * ny * self._block.shape[0] * self._block.shape[1])))
        return [slice(start, min(start + step, nx)) for start in range(0, nx, step)]

    def collect(self, x: NDArray[np.float64], y: NDArray[np.float64], patterns: NDArray[np.float32]) -> None:
        """Fractions of the beam at probe positions [Å], written to float32 ``(x, y, pixels, pixels)``."""
        if len(self._foci) == 1:
            self._collect(self._foci[0][0], x, y, patterns)
            return
        patterns[:] = 0
        one = np.empty_like(patterns)
        for acquisition, weight in self._foci:
            self._collect(acquisition, x, y, one)
            one *= np.float32(weight)
            patterns += one

    def _collect(
        self, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64], patterns: NDArray[np.float32]
    ) -> None:
        beams = self._exit_beams(acquisition, x, y, self._block)
        self.camera.collect(beams, self._block, (x, y), patterns)


def _require_within(setup: Setup, acquisition: Acquisition) -> None:
    if acquisition.energy != setup.energy:
        raise ValueError(f"energy = {acquisition.energy:g} eV, but the engine was made for {setup.energy:g} eV")
    for knob in ("semiangle_cutoff", "detector_outer"):
        asked, limit = getattr(acquisition, knob), getattr(setup, knob)
        if asked > limit * (1 + 1e-9):
            raise InfeasibleError(
                f"{knob}={asked:g} mrad is beyond the {limit:g} mrad this engine was built for; lower it or rebuild"
            )
