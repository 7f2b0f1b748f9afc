"""The crystal engine: scatter every beam once, then every probe is a weighted sum of what came out."""

import math
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from beamopt.simulate.exact import Progress, empty_matrix, scatter_into
from beamopt.simulate.lattice import Block, lit_orders
from beamopt.simulate.matrix import BlochClass, Pair, ScatteringMatrix, span
from beamopt.simulate.mirror import Mirror, reflect
from beamopt.simulate.probe import Probe
from beamopt.simulate.setup import Setup
from beamopt.simulate.waves import WaveEngine
from beamopt.threads import in_threads

__all__ = ["CrystalEngine", "build_matrix", "matrix_bytes", "matrix_work"]


@final
class CrystalEngine(WaveEngine):
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
        super().__init__(setup)
        self.matrix = matrix

    @property
    def nbytes(self) -> int:
        """Memory of the matrix [bytes]."""
        return self.matrix.nbytes

    def scatter(
        self,
        probe: Probe,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        block: Block,
        beams: NDArray[np.complex64],
    ) -> None:
        """See `WaveEngine`; the wanted beams must be among those of the matrix.

        Each class gives Σ a(k)·exp(-2πi k·r0)·S[k, k'] over its incident beams k; the sum over their y components is
        done first, for all waves and y positions, and serves every x position.
        """
        plans = {c.offset: _plan(c, probe, self.matrix.supercell, x, y) for c in self.matrix.classes}
        (mx, my), waves = self.matrix.supercell, len(probe.modes)

        def row(order: int) -> None:
            """Outgoing beams of one order along x; small enough for the cache."""
            for j in range(my):
                out = span(block.half[1], my, j)
                start = j + my * out.start + block.half[1]
                target = beams[:, :, :, order + block.half[0], start::my]
                plan = plans.get((order % mx, j))
                if plan is None:
                    target[:] = 0
                    continue
                # (gx, waves·y, gy) times (gx, gy, out), then (x, gx) times (gx, waves·y·out).
                by_y = plan.weights @ plan.part(order // mx, out)
                sums = plan.ramps @ by_y.reshape(len(by_y), -1)
                target[:] = sums.reshape(len(x), waves, len(y), len(out)).swapaxes(0, 1)

        in_threads(row, block.orders(0).tolist())


class _Plan(NamedTuple):
    """What a probe asks of one class.

    Parameters
    ----------
    source
        The class.
    incident
        Which of its incident beams are lit.
    weights
        complex64 ``(gx, waves·y, gy)``.
    ramps
        complex64 ``(x, gx)``.
    """

    source: BlochClass
    incident: tuple[slice, slice]
    weights: NDArray[np.complex64]
    ramps: NDArray[np.complex64]

    def part(self, order: int, out: range) -> NDArray[np.complex64]:
        """Elements ``(gx, gy, out)`` of one row of outgoing cell orders."""
        outgoing = self.source.outgoing
        return self.source.elements[*self.incident, order - outgoing[0].start, _within(out, outgoing[1])]


def _plan(c: BlochClass, probe: Probe, supercell: Pair, x: NDArray[np.float64], y: NDArray[np.float64]) -> _Plan | None:
    lit = probe.block
    spans = [span(lit.half[i], supercell[i], c.offset[i]) for i in (0, 1)]
    gx, gy = (_overlap(known, asked) for known, asked in zip(c.incident, spans, strict=True))
    if not (gx and gy):
        return None
    hx, hy = (
        slice(first := c.offset[i] + supercell[i] * g.start + lit.half[i], first + supercell[i] * len(g), supercell[i])
        for i, g in enumerate((gx, gy))
    )
    weights = lit.ramps(1, y)[:, hy] * probe.modes[:, hx, None, hy].swapaxes(0, 1)
    incident = _within(gx, c.incident[0]), _within(gy, c.incident[1])
    return _Plan(c, incident, weights.reshape(len(gx), -1, len(gy)), lit.ramps(0, x)[:, hx])


def matrix_bytes(setup: Setup) -> int:
    """Memory the scattering matrix of a setup takes [bytes]."""
    sizes = []
    for axis in (0, 1):
        m, side = setup.potential.supercell[axis], setup.potential.window[axis]
        incident, outgoing = 2 * math.ceil(setup.cutoff * side) + 1, setup.block(setup.detector_outer).shape[axis]
        sizes.append(incident * -(-outgoing // m))
    return 8 * sizes[0] * sizes[1]


def matrix_work(setup: Setup) -> float:
    """Pixels of waves that building a scattering matrix sends through a slice; its time is proportional to it."""
    potential = setup.potential
    incident = len(lit_orders(setup.cutoff, potential.window)) / 2 ** len(setup.mirrors)
    return float(incident * math.prod(potential.grid) * len(potential.slices) * potential.repeats)


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
    mirrors = setup.mirrors if planes is None else planes
    one_side = np.all([orders[:, mirror.axis] >= 0 for mirror in mirrors] or [np.ones(len(orders), np.bool_)], axis=0)
    matrix = empty_matrix(potential.supercell, orders, half)
    scatter_into(matrix, potential, setup.energy, orders[one_side], progress or _silent)
    for mirror in mirrors:
        reflect(matrix, mirror, potential.grid[mirror.axis])
    return matrix


def _silent(_done: float) -> None:
    return None


def _overlap(a: range, b: range) -> range:
    return range(max(a.start, b.start), min(a.stop, b.stop))


def _within(part: range, whole: range) -> slice:
    return slice(part.start - whole.start, part.stop - whole.start)
