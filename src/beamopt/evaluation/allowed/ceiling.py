"""F/N of the whole 4D-STEM measurement, dark field included, from the exit waves of the study's own engine."""

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.evaluation.clock import Stage, silent
from beamopt.evaluation.feasibility import Feasibility
from beamopt.limit import centred, full, ring_shifts
from beamopt.simulate import Engine
from beamopt.simulate.lattice import Block, block_for
from beamopt.threads import in_threads

__all__ = ["ceiling"]

# Against 49 positions, 120 rings and 5 directions the information on UiO-66 comes within 0.4 % (root mean
# square over apertures, defoci and fluences), 1.1 % at most.
_POSITIONS = 4  # along each side of the cell
_RINGS = 64


def ceiling(
    engine: Engine,
    feasibility: Feasibility,
    acquisition: Acquisition,
    stage: Stage = silent,
    *,
    positions: int = _POSITIONS,
    rings: int = _RINGS,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Full limit at frequencies on rings, averaged over probe positions spread evenly over one cell.

    Neither source size nor focal spread is paid for: the patterns of each coherent probe of the mixture are independent
    of each other given the probe, so knowing which it was can only tell more (Fisher information is convex).

    Parameters
    ----------
    engine
        Made for the study.
    feasibility
        Study, specimen and what the engine carries.
    acquisition
        The setting; feasible.
    stage
        Told what is being done.
    positions
        Along each side of the cell; each frequency sees one in every row and column.
    rings
        Frequencies.

    Returns
    -------
    frequency, fisher
        |q| [Å⁻¹] and F/N of each sample, as `limit.limits` wants them; the last, beyond every pair of beams that the
        camera compares, is 0.
    """
    spec, potential = feasibility.spec, feasibility.potential
    grid = tuple(n * m for n, m in zip(potential.grid, potential.supercell, strict=True))
    # As wide as the engine carries: beams beside the camera still interfere with those on it.
    reach = min(max(spec.most("detector_outer"), acquisition.detector_outer), feasibility.carried)
    block = block_for(potential.window, (grid[0], grid[1]), spec.energy, reach, spec.camera.pixels)
    stage("exit waves", 0.0)
    x, y = ((np.arange(positions) + 0.5) * side / positions for side in potential.cell)
    places = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    beams = engine.exit_beams(acquisition, x, y, block)
    waves = centred(
        beams.reshape(-1, *block.shape), places.reshape(-1, 2), (block.frequencies(0), block.frequencies(1))
    )
    spacing = (1 / potential.window[0], 1 / potential.window[1])
    furthest = acquisition.detector_outer * 1e-3 / acquisition.wavelength * np.sqrt(2) + acquisition.cutoff
    shifts = ring_shifts(spacing, furthest * (np.arange(rings) + 0.5) / rings, 1)
    camera = _camera(block, acquisition)
    fisher = np.empty(len(shifts))

    def some(first: int) -> None:
        row = np.arange(positions)
        few = waves[row * positions + (row + first) % positions]  # one in every row and column
        fisher[first::positions] = full(few, shifts[first::positions], camera=camera).full

    stage("full limit", 0.0)
    in_threads(some, range(positions))
    frequency = np.hypot(shifts[:, 0] * spacing[0], shifts[:, 1] * spacing[1])
    end = max(float(frequency.max()), furthest) * (1 + 1 / rings)
    return np.append(frequency, end), np.append(fisher, 0.0)


def _camera(block: Block, acquisition: Acquisition) -> NDArray[np.int64]:
    """A number for every beam on the camera, -1 beside it.

    Beams that share a pixel stay apart: how many do hangs on the window, and telling them apart can only tell more.
    """
    edge = acquisition.detector_outer * 1e-3 / acquisition.wavelength
    x, y = (np.abs(block.frequencies(axis)) <= edge for axis in (0, 1))
    return np.where(x[:, None] & y[None, :], np.arange(x.size * y.size).reshape(x.size, y.size), -1)
