"""What engines share that send a probe's waves through the specimen one by one: patterns from exit waves."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Expectation
from beamopt.simulate.expectation import expectation
from beamopt.simulate.imperfections import PERFECT, Imperfections
from beamopt.simulate.lattice import Block
from beamopt.simulate.probe import Probe, coherent
from beamopt.simulate.scattered import scattered
from beamopt.simulate.setup import Setup

__all__ = ["WaveEngine"]


class WaveEngine(ABC):
    """Patterns of a specimen whose exit waves `scatter` gives.

    Parameters
    ----------
    setup
        The specimen and the largest angles asked for.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup

    @abstractmethod
    def scatter(
        self,
        probe: Probe,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        block: Block,
        beams: NDArray[np.complex64],
    ) -> None:
        """Exit-wave beams of a probe's waves on a grid of positions.

        Parameters
        ----------
        probe
            Waves at the window's corner.
        x, y
            Probe positions along each axis [Å].
        block
            Wanted beams, inside those that the engine carries.
        beams
            complex64 ``(waves, len(x), len(y), bx, by)``, written.
        """

    def expectation(self, acquisition: Acquisition, imperfections: Imperfections = PERFECT) -> Expectation:
        """Noise-free patterns of one acquisition."""
        return expectation(self.setup, acquisition, self.scatter, imperfections)

    def patterns(
        self, acquisition: Acquisition, points: NDArray[np.float64], imperfections: Imperfections = PERFECT
    ) -> NDArray[np.float32]:
        """Noise-free patterns ``(n, pixels, pixels)`` at any positions ``(n, 2)`` [Å]; see `scattered`."""
        return scattered(self.setup, acquisition, self.scatter, points, imperfections)

    def exit_beams(
        self, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64], block: Block
    ) -> NDArray[np.complex64]:
        """Exit-wave beams of the coherent probe on a grid of positions, ``(len(x), len(y), bx, by)``; see `scatter`."""
        beams = np.empty((len(x), len(y), *block.shape), np.complex64)
        self.scatter(coherent(acquisition, block.window), x, y, block, beams[None])
        return beams
