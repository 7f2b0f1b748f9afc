"""The crystal engine: scatter every beam once, then every probe is a weighted sum of what came out."""

import math
from typing import final

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Expectation
from beamopt.simulate.exact import Progress, empty_matrix, scatter_into
from beamopt.simulate.imperfections import PERFECT, Imperfections
from beamopt.simulate.expectation import expectation
from beamopt.simulate.lattice import Block, lit_orders
from beamopt.simulate.matrix import BlochClass, ScatteringMatrix, span
from beamopt.simulate.mirror import Mirror, reflect
from beamopt.simulate.probe import Probe, coherent
from beamopt.simulate.setup import Setup
from beamopt.threads import in_threads

__all__ = ["CrystalEngine", "build_matrix", "matrix_bytes"]


@final
class CrystalEngine:
    """Exit waves of a crystal by its scattering matrix.

    Parameters
    ----------
    setup
        The crystal and the largest angles asked for.
    matrix
        What `build_matrix` made for this setup.
    """

    name = "crystal"

    def __init__(self, setup: Setup, matrix: ScatteringMatrix) -> None:
        self.setup = setup
        self.matrix = matrix

    def expectation(self, acquisition: Acquisition, imperfections: Imperfections = PERFECT) -> Expectation:
        """Noise-free patterns of one acquisition."""
        return expectation(self.setup, acquisition, self.scatter, imperfections)

    def exit_beams(
        self, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64], block: Block
    ) -> NDArray[np.complex64]:
        """Exit-wave beams of the coherent probe on a grid of positions, ``(len(x), len(y), bx, by)``; see `scatter`."""
        return self.scatter(coherent(acquisition, block.window), x, y, block)[0]

    def scatter(
        self, probe: Probe, x: NDArray[np.float64], y: NDArray[np.float64], block: Block
    ) -> NDArray[np.complex64]:
        """Exit-wave beams of a probe's waves on a grid of positions.

        Each class gives Σ a(k)·exp(-2πi k·r0)·S[k, k'] over its incident beams k; the sum over their y components is
        done first, for all waves and y positions, and serves every x position.

        Parameters
        ----------
        probe
            Waves at the window's corner.
        x, y
            Probe positions along each axis [Å].
        block
            Wanted beams, inside those of the matrix.

        Returns
        -------
        ndarray
            complex64 ``(waves, len(x), len(y), bx, by)``.
        """
        lit, waves = probe.block, len(probe.modes)
        ramps = lit.ramps(0, x), lit.ramps(1, y)
        beams = np.zeros((waves, len(x), len(y), *block.shape), np.complex64)

        def add(task: tuple[BlochClass, int]) -> None:
            c, row = task
            gx, gy = (_overlap(c.incident[i], span(lit.half[i], self.matrix.supercell[i], c.offset[i])) for i in (0, 1))
            out = span(block.half[1], self.matrix.supercell[1], c.offset[1])
            if not (gx and gy and out):
                return
            hx, hy = (self._places(lit, c, i, g) for i, g in enumerate((gx, gy)))
            # (gx, waves·y, gy) times (gx, gy, out), then (x, gx) times (gx, waves·y·out): small enough for the cache.
            weights = ramps[1][:, hy] * probe.modes[:, hx, None, hy].swapaxes(0, 1)
            rows, columns = _within(gx, c.incident[0]), _within(gy, c.incident[1])
            part = c.elements[rows, columns, row - c.outgoing[0].start, _within(out, c.outgoing[1])]
            by_y = weights.reshape(len(gx), -1, len(gy)) @ part
            sums = (ramps[0][:, hx] @ by_y.reshape(len(gx), -1)).reshape(len(x), waves, len(y), len(out))
            place = self._places(block, c, 0, range(row, row + 1)).start
            beams[:, :, :, place, self._places(block, c, 1, out)] = sums.swapaxes(0, 1)

        supercell = self.matrix.supercell[0]
        in_threads(add, [(c, row) for c in self.matrix.classes for row in span(block.half[0], supercell, c.offset[0])])
        return beams

    def _places(self, block: Block, c: BlochClass, axis: int, cells: range) -> slice:
        """Where the beams of some cell orders of a class lie in a block."""
        m = self.matrix.supercell[axis]
        start = c.offset[axis] + m * cells.start + block.half[axis]
        return slice(start, start + m * (len(cells) - 1) + 1, m)


def matrix_bytes(setup: Setup) -> int:
    """Memory the scattering matrix of a setup takes [bytes]."""
    sizes = []
    for axis in (0, 1):
        m, side = setup.potential.supercell[axis], setup.potential.window[axis]
        incident, outgoing = 2 * math.ceil(setup.cutoff * side) + 1, setup.block(setup.detector_outer).shape[axis]
        sizes.append(incident * -(-outgoing // m))
    return 8 * sizes[0] * sizes[1]


def build_matrix(
    setup: Setup, progress: Progress | None = None, planes: tuple[Mirror, ...] | None = None
) -> ScatteringMatrix:
    """Scatter every beam of the largest aperture.

    Parameters
    ----------
    setup
        The crystal and the largest angles asked for.
    progress
        Called with the finished fraction, 0 to 1, every fraction of a second.
    planes
        Mirror planes of the crystal, each of which halves the work; looked for where left out.

    Returns
    -------
    ScatteringMatrix
    """
    potential = setup.potential
    orders, half = lit_orders(setup.cutoff, potential.window), setup.block(setup.detector_outer).half
    found = setup.mirrors if planes is None else planes
    one_side = np.all([orders[:, mirror.axis] >= 0 for mirror in found] or [np.ones(len(orders), np.bool_)], axis=0)
    matrix = empty_matrix(potential.supercell, orders, half)
    scatter_into(matrix, potential, setup.energy, orders[one_side], progress or _silent)
    for mirror in found:
        reflect(matrix, mirror, potential.grid[mirror.axis])
    return matrix


def _silent(_done: float) -> None:
    return None


def _overlap(a: range, b: range) -> range:
    return range(max(a.start, b.start), min(a.stop, b.stop))


def _within(part: range, whole: range) -> slice:
    return slice(part.start - whole.start, part.stop - whole.start)
