"""The multislice engine: every probe on its own through the whole window; serves what no matrix can hold."""

import math
from typing import final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from beamopt.simulate.lattice import Block
from beamopt.simulate.optics import flight, steps, transmissions
from beamopt.simulate.probe import Probe
from beamopt.simulate.setup import Setup
from beamopt.simulate.waves import WaveEngine
from beamopt.threads import in_threads

__all__ = ["MultisliceEngine"]

_BATCH = 4e6  # bytes of waves in flight per thread; they should stay in the processor's cache


@final
class MultisliceEngine(WaveEngine):
    """Conventional multislice of each probe on the grid of the whole window, step by step what abTEM's does.

    Parameters
    ----------
    setup
        The specimen and the largest angles asked for.
    """

    name = "multislice"

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        potential = setup.potential
        self._transmissions = transmissions(potential, setup.energy)
        kx, ky = (np.fft.fftfreq(n, side / n) for n, side in zip(setup.grid, potential.window, strict=True))
        self._steps = steps(potential)
        self._flights = {
            distances: flight(potential, setup.energy, distances, kx, ky)
            for distances in {step.distances for step in self._steps}
        }

    @property
    def nbytes(self) -> int:
        """Memory of transmission functions and propagators [bytes]."""
        return self._transmissions.nbytes + sum(flight.nbytes for flight in self._flights.values())

    def scatter(
        self,
        probe: Probe,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        block: Block,
        beams: NDArray[np.complex64],
    ) -> None:
        """See `WaveEngine`; the wanted beams must be within the window's grid."""
        nx, ny = self.setup.grid
        lit = probe.block
        ramps = lit.ramps(0, x), lit.ramps(1, y)
        into = np.ix_(lit.orders(0) % nx, lit.orders(1) % ny)
        out = np.ix_(block.orders(0) % nx, block.orders(1) % ny)

        def run(some: NDArray[np.int64]) -> None:
            wave, i, j = np.unravel_index(some, beams.shape[:3])
            waves = np.zeros((len(some), nx, ny), np.complex64)
            waves[:, into[0], into[1]] = probe.modes[wave] * ramps[0][i, :, None] * ramps[1][j, None, :]
            beams[wave, i, j] = self._propagate(waves)[:, out[0], out[1]]

        count, batch = math.prod(beams.shape[:3]), max(1, int(_BATCH / (8 * nx * ny)))
        in_threads(run, np.array_split(np.arange(count), -(-count // batch)))

    def _propagate(self, waves: NDArray[np.complex64]) -> NDArray[np.complex64]:
        """Beams behind the specimen of beams before it, both in FFT order; the array is used up."""
        (nx, ny), (mx, my) = self.setup.potential.grid, self.setup.potential.supercell
        for step in self._steps:
            if step.transmission is not None:
                waves = scipy.fft.ifft2(waves, norm="forward", overwrite_x=True)
                cells = waves.reshape(-1, mx, nx, my, ny)
                cells *= self._transmissions[step.transmission][:, None, :]
                waves = scipy.fft.fft2(waves, norm="forward", overwrite_x=True)
            waves *= self._flights[step.distances]
        return waves
