"""The crystal engine: scatter every beam once, then every probe is a weighted sum of what came out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import final

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Expectation
from beamopt.simulate.lattice import Block, illuminate, lit_orders
from beamopt.simulate.matrix import BlochClass, ScatteringMatrix
from beamopt.simulate.planewaves import PlaneWaves
from beamopt.simulate.setup import Setup, expectation
from beamopt.simulate.threads import thread_count

__all__ = ["CrystalEngine", "build_matrix", "matrix_bytes"]

_BATCH = 1.2e6  # bytes of waves in flight per thread; they should stay in the processor's cache


@final
class CrystalEngine:
    """Exact exit waves of a crystal by its scattering matrix.

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

    def expectation(self, acquisition: Acquisition) -> Expectation:
        """Noise-free patterns of one acquisition."""
        return expectation(self.setup, acquisition, self.exit_beams)

    def exit_beams(
        self, acquisition: Acquisition, positions: NDArray[np.float64], block: Block
    ) -> NDArray[np.complex64]:
        """Exit-wave beams of probes anywhere.

        Each class gives Σ_G0 a(G0)·exp(-2πi k0·r0)·S[G0, G], one matrix product for all positions.

        Parameters
        ----------
        acquisition
            Sets aperture and defocus.
        positions
            Probe positions ``(n, 2)`` [Å].
        block
            Wanted beams, inside those of the matrix.

        Returns
        -------
        ndarray
            complex64 ``(n, bx, by)``.
        """
        lit, amplitudes = illuminate(acquisition, block.window)
        reach = np.max(np.hypot(*(np.argwhere(amplitudes) - np.array(lit.half)).T / np.array([block.window]).T))
        ramps = [np.exp(-2j * np.pi * np.outer(positions[:, axis], lit.frequencies(axis))) for axis in (0, 1)]
        beams = np.zeros((len(positions), *block.shape), np.complex64)
        for c in self.matrix.classes:
            radius = np.hypot(*(c.inputs / np.array(block.window)).T)
            rows = c.inputs[: np.searchsorted(radius, reach * (1 + 1e-9))] + np.array(lit.half)
            if not len(rows):
                continue
            weights = ramps[0][:, rows[:, 0]] * ramps[1][:, rows[:, 1]] * amplitudes[rows[:, 0], rows[:, 1]]
            elements = c.elements[(slice(len(rows)), *c.columns(self.matrix.block, block, self.matrix.supercell))]
            out = weights.astype(np.complex64) @ elements.reshape(len(rows), -1)
            beams[(slice(None), *c.members(block, self.matrix.supercell))] = out.reshape(-1, *elements.shape[1:])
        return beams


def matrix_bytes(setup: Setup) -> int:
    """Memory the scattering matrix of a setup takes [bytes]."""
    mx, my = setup.potential.supercell
    bx, by = setup.block(setup.detector_outer).shape
    return 8 * len(lit_orders(setup.cutoff, setup.potential.window)) * -(-bx // mx) * -(-by // my)


def build_matrix(setup: Setup, progress: Callable[[float], None] | None = None) -> ScatteringMatrix:
    """Scatter every beam of the largest aperture.

    Parameters
    ----------
    setup
        The crystal and the largest angles asked for.
    progress
        Called with the finished fraction, 0 to 1, after each batch of beams.

    Returns
    -------
    ScatteringMatrix
    """
    potential, block = setup.potential, setup.block(setup.detector_outer)
    supercell = np.array(potential.supercell)
    orders = lit_orders(setup.cutoff, potential.window)
    waves = PlaneWaves(potential, setup.energy)
    batch = max(1, int(_BATCH / (8 * potential.grid[0] * potential.grid[1])))
    classes, done = [], 0
    with ThreadPoolExecutor(thread_count()) as pool:
        for offset in sorted({(int(i), int(j)) for i, j in orders % supercell}):
            inputs = orders[np.all(orders % supercell == offset, axis=1)]
            empty = BlochClass(offset, inputs, np.empty((0, 0, 0), np.complex64))
            out_x, out_y = (
                block.orders(axis)[empty.members(block, potential.supercell)[axis]] // potential.supercell[axis]
                for axis in (0, 1)
            )
            scatter = partial(waves.scatter, flights=waves.flights(offset), out=(out_x, out_y))
            elements = np.empty((len(inputs), len(out_x), len(out_y)), np.complex64)
            cells = inputs // supercell
            starts = range(0, len(inputs), batch)
            for start, beams in zip(starts, pool.map(scatter, [cells[s : s + batch] for s in starts]), strict=True):
                elements[start : start + batch] = beams
                done += len(beams)
                if progress is not None:
                    progress(done / len(orders))
            classes.append(BlochClass(offset, inputs, elements))
    return ScatteringMatrix(block, potential.supercell, tuple(classes))
