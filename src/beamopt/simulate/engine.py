"""Choose the engine for a specimen."""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.cache import Cache
from beamopt.measurement import Expectation
from beamopt.potential import Potential
from beamopt.simulate.crystal import CrystalEngine, build_matrix, matrix_bytes
from beamopt.simulate.imperfections import PERFECT, Imperfections
from beamopt.simulate.lattice import Block, lit_orders
from beamopt.simulate.matrix import ScatteringMatrix
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.simulate.setup import Setup

__all__ = ["MEMORY", "Engine", "has_matrix", "make_engine"]

MEMORY = 2e9
"""What a scattering matrix may take [bytes]."""

_TRIALS = 10  # over which building a matrix must pay


class Engine(Protocol):
    """Turns an acquisition into noise-free patterns."""

    @property
    def name(self) -> str:
        """Which engine ran, as it is recorded."""
        ...

    @property
    def nbytes(self) -> int:
        """Memory that it keeps [bytes]."""
        ...

    def expectation(self, acquisition: Acquisition, imperfections: Imperfections = PERFECT) -> Expectation:
        """Noise-free patterns of one acquisition; InfeasibleError beyond the angles the engine was made for."""
        ...

    def patterns(
        self, acquisition: Acquisition, points: NDArray[np.float64], imperfections: Imperfections = PERFECT
    ) -> NDArray[np.float32]:
        """Noise-free patterns ``(n, pixels, pixels)`` at any positions ``(n, 2)`` [Å], on a raster or not."""
        ...

    def exit_beams(
        self, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64], block: Block
    ) -> NDArray[np.complex64]:
        """Exit-wave beams ``(len(x), len(y), bx, by)`` for probes on a grid of positions [Å]."""
        ...


def make_engine(
    potential: Potential,
    *,
    energy: float,
    semiangle_cutoff: float,
    detector_outer: float,
    pixels: int,
    field: tuple[float, float],
    memory: float = MEMORY,
    progress: Callable[[float], None] | None = None,
    cache: Cache | None = None,
) -> Engine:
    """Make the engine that serves a study fastest.

    Parameters
    ----------
    potential
        The sliced specimen.
    energy
        Beam energy [eV].
    semiangle_cutoff, detector_outer
        Largest convergence and collection semi-angles the study will ask for [mrad].
    pixels
        Camera pixels per side.
    field
        Least extent of the scanned field [Å].
    memory
        What a scattering matrix may take [bytes].
    progress
        Called with the finished fraction, 0 to 1, while a matrix is built.
    cache
        Where a matrix is looked for and kept; none where left out.

    Returns
    -------
    Engine
        ``crystal`` if its matrix fits and costs less than a few trials of multislice, else ``multislice``.
    """
    setup = Setup(
        potential=potential,
        energy=energy,
        semiangle_cutoff=semiangle_cutoff,
        detector_outer=detector_outer,
        pixels=pixels,
        field=field,
    )
    if not has_matrix(setup, memory):
        return MultisliceEngine(setup)
    if cache is None:
        return CrystalEngine(setup, build_matrix(setup, progress))
    arrays = cache.fetch(_about(setup), lambda: build_matrix(setup, progress).to_arrays())
    return CrystalEngine(setup, ScatteringMatrix.from_arrays(arrays))


def has_matrix(setup: Setup, memory: float = MEMORY) -> bool:
    """Whether a study is served by a scattering matrix, which must fit and pay."""
    return matrix_bytes(setup) <= memory and _pays(setup)


def _about(setup: Setup) -> dict[str, object]:
    """Everything that decides a scattering matrix; structure and parametrization are in the slices."""
    potential = setup.potential
    return ({"tilt_mrad": potential.tilt} if any(potential.tilt) else {}) | {
        "kind": "scattering matrix",
        "format": 2,
        "slices_sha256": hashlib.sha256(potential.slices.tobytes()).hexdigest(),
        "grid": potential.slices.shape,
        "slice_thickness_angstrom": potential.slice_thickness,
        "cell_angstrom": potential.cell,
        "thickness_angstrom": potential.thickness,
        "supercell": potential.supercell,
        "energy_ev": setup.energy,
        "semiangle_cutoff_mrad": setup.semiangle_cutoff,
        "outgoing_beams": setup.block(setup.detector_outer).half,
        "versions": {name: version(name) for name in ("beamopt", "numpy", "scipy")},
    }


def _pays(setup: Setup) -> bool:
    """Whether scattering every beam through one cell costs less than `_TRIALS` scans at 1 Å through the window."""
    (mx, my), cell = setup.potential.supercell, setup.potential.cell
    beams = len(lit_orders(setup.cutoff, setup.potential.window))
    positions = np.prod([min(side, extent) for side, extent in zip(cell, setup.field, strict=True)])
    return beams <= _TRIALS * float(positions) * mx * my
