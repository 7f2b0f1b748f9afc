"""Fill a scattering matrix by sending each incident beam through the crystal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from beamopt.potential import Potential
from beamopt.simulate.matrix import BlochClass, Pair, ScatteringMatrix, span
from beamopt.simulate.planewaves import PlaneWaves
from beamopt.threads import thread_count

__all__ = ["Progress", "empty_matrix", "scatter_into"]

Progress = Callable[[float], None]

_BATCH = 1.2e6  # bytes of waves in flight per thread; they should stay in the processor's cache


def empty_matrix(supercell: Pair, orders: NDArray[np.int64], half: Pair) -> ScatteringMatrix:
    """A matrix of zeros.

    Parameters
    ----------
    supercell
        Cells along each side of the window.
    orders
        Incident beams ``(n, 2)`` there must be room for.
    half
        Outgoing beams reach from ``-half`` to ``half`` along each axis.
    """
    offsets = sorted({(int(i), int(j)) for i, j in orders % np.array(supercell)})
    return ScatteringMatrix(supercell, tuple(_empty(offset, orders, half, supercell) for offset in offsets))


def scatter_into(
    matrix: ScatteringMatrix, potential: Potential, energy: float, orders: NDArray[np.int64], progress: Progress
) -> None:
    """Send incident beams through the crystal and write what comes out into the matrix.

    Parameters
    ----------
    matrix
        Has room for the beams.
    potential
        The sliced crystal; beams are orders h of its window.
    energy
        Beam energy [eV].
    orders
        Incident beams ``(n, 2)``.
    progress
        Called with the finished fraction, 0 to 1, after each batch of beams.
    """
    waves = PlaneWaves(potential, energy)
    supercell = np.array(matrix.supercell)
    batch = max(1, int(_BATCH / (8 * potential.grid[0] * potential.grid[1])))
    done = 0
    with ThreadPoolExecutor(thread_count()) as pool:
        for c in matrix.classes:
            cells = orders[np.all(orders % supercell == c.offset, axis=1)] // supercell
            scatter = partial(waves.scatter, flights=waves.flights(c.offset), out=c.outgoing)
            parts = [cells[start : start + batch] for start in range(0, len(cells), batch)]
            for part, beams in zip(parts, pool.map(scatter, parts), strict=True):
                x, y = (part - np.array([g.start for g in c.incident])).T
                c.elements[x, y] = beams
                done += len(part)
                progress(done / len(orders))


def _empty(offset: Pair, orders: NDArray[np.int64], half: Pair, supercell: Pair) -> BlochClass:
    cells = orders[np.all(orders % np.array(supercell) == offset, axis=1)] // np.array(supercell)
    gx, gy = (range(int(g.min()), int(g.max()) + 1) for g in cells.T)
    ox, oy = (span(h, m, i) for h, m, i in zip(half, supercell, offset, strict=True))
    return BlochClass.empty(offset, (gx, gy), (ox, oy))
