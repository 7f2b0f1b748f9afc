"""Multislice of tilted plane waves on one cell: the periodic part u of exp(2πiκ·r)·u obeys the same two steps."""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from beamopt.potential import Potential
from beamopt.simulate.optics import Step, flight, steps, transmissions

__all__ = ["PlaneWaves"]

Flights = dict[tuple[float, ...], NDArray[np.complex64]]


class PlaneWaves:
    """Scatters plane waves through the whole thickness of a crystal.

    A wave h/W of the window is exp(2πi(G0 + κ)·r) with G0 on the cell's reciprocal lattice. Its periodic part lives on
    the grid of one cell; flight acts on beam G as exp(-iπλΔz|G + κ|²). Nothing is approximated.

    Parameters
    ----------
    potential
        The sliced crystal.
    energy
        Beam energy [eV].
    """

    def __init__(self, potential: Potential, energy: float) -> None:
        self._potential = potential
        self._energy = energy
        self._transmissions = transmissions(potential, energy)
        self._steps = steps(potential)
        self._orders = tuple(np.fft.fftfreq(n, 1 / n) for n in potential.grid)
        self._waves = tuple(
            np.exp(2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n).astype(np.complex64) for n in potential.grid
        )

    def flights(self, offset: tuple[int, int]) -> Flights:
        """Propagators of the class `offset` by the distances flown, ``(nx, ny)`` in FFT order."""
        kx, ky = (
            (orders + i / m) / side
            for orders, i, m, side in zip(
                self._orders, offset, self._potential.supercell, self._potential.cell, strict=True
            )
        )
        return {
            distances: flight(self._potential, self._energy, distances, kx, ky)
            for distances in {step.distances for step in self._steps}
        }

    def scatter(self, cells: NDArray[np.int64], flights: Flights, out: tuple[range, range]) -> NDArray[np.complex64]:
        """Outgoing beams of a batch of plane waves of one class.

        Parameters
        ----------
        cells
            ``(n, 2)`` whole numbers G0 of the incident beams on the cell's reciprocal lattice.
        flights
            What `flights` gave for the class.
        out
            Wanted outgoing G along each axis, whole numbers of the cell's reciprocal lattice.

        Returns
        -------
        ndarray
            complex64 ``(n, len(out[0]), len(out[1]))``.
        """
        nx, ny = self._potential.grid
        waves = self._waves[0][cells[:, 0] % nx][:, :, None] * self._waves[1][cells[:, 1] % ny][:, None, :]
        for step in self._steps[:-1]:
            waves = self._transform(waves, step)
            waves *= flights[step.distances]
            waves = scipy.fft.ifft2(waves, norm="forward", overwrite_x=True)
        wanted = np.ix_(np.array(out[0]) % nx, np.array(out[1]) % ny)
        beams = self._transform(waves, self._steps[-1])[:, wanted[0], wanted[1]]
        return np.asarray(beams * flights[self._steps[-1].distances][wanted], dtype=np.complex64)

    def _transform(self, waves: NDArray[np.complex64], step: Step) -> NDArray[np.complex64]:
        """Beams behind a slice; the waves are used up."""
        if step.transmission is not None:
            waves *= self._transmissions[step.transmission]
        return np.asarray(scipy.fft.fft2(waves, norm="forward", overwrite_x=True))
