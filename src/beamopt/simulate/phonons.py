"""Frozen phonons: patterns summed incoherently over configurations in which every atom stands displaced.

An electron passes the specimen in a time much shorter than a vibration, so each sees the atoms at rest somewhere. The
mean over configurations holds thermal diffuse scattering, which Debye-Waller factors leave out (R. F. Loane, P. Xu and
J. Silcox, Acta Cryst. A47, 267 (1991)).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import final

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Expectation
from beamopt.potential import Potential
from beamopt.simulate.imperfections import PERFECT, Imperfections
from beamopt.simulate.lattice import Block
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.simulate.setup import Setup

__all__ = ["FrozenPhononEngine"]


@final
class FrozenPhononEngine:
    """Multislice of every probe through every configuration; nothing repeats inside the window.

    Parameters
    ----------
    potentials
        From `frozen_potential`, one for each configuration.
    energy
        Beam energy [eV].
    semiangle_cutoff, detector_outer
        Largest convergence and collection semi-angles the study will ask for [mrad].
    pixels
        Camera pixels per side.
    field
        Extent of the scanned field [Å], the window or less.
    """

    def __init__(
        self,
        potentials: Sequence[Potential],
        *,
        energy: float,
        semiangle_cutoff: float,
        detector_outer: float,
        pixels: int,
        field: tuple[float, float],
    ) -> None:
        self.name = f"multislice, {len(potentials)} frozen phonon configurations"
        self._setups = [
            Setup(
                potential=potential,
                energy=energy,
                semiangle_cutoff=semiangle_cutoff,
                detector_outer=detector_outer,
                pixels=pixels,
                field=field,
            )
            for potential in potentials
        ]

    @property
    def nbytes(self) -> int:
        """Memory of the potentials [bytes]."""
        return sum(setup.potential.slices.nbytes for setup in self._setups)

    def expectation(self, acquisition: Acquisition, imperfections: Imperfections = PERFECT) -> Expectation:
        """Noise-free patterns of one acquisition, the mean over all configurations."""
        first, *others = self._setups
        expected = MultisliceEngine(first).expectation(acquisition, imperfections)
        mean = expected.array / np.float32(len(self._setups))
        for setup in others:
            mean += MultisliceEngine(setup).expectation(acquisition, imperfections).array / np.float32(
                len(self._setups)
            )
        return replace(expected, array=mean)

    def patterns(
        self, acquisition: Acquisition, points: NDArray[np.float64], imperfections: Imperfections = PERFECT
    ) -> NDArray[np.float32]:
        """Noise-free patterns ``(n, pixels, pixels)`` at any positions ``(n, 2)`` [Å], the mean over configurations."""
        first, *others = self._setups
        mean = MultisliceEngine(first).patterns(acquisition, points, imperfections)
        for setup in others:
            mean += MultisliceEngine(setup).patterns(acquisition, points, imperfections)
        return mean / np.float32(len(self._setups))

    def exit_beams(
        self, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64], block: Block
    ) -> NDArray[np.complex64]:
        """Exit-wave beams ``(len(x), len(y), bx, by)`` averaged over the configurations: the elastic part alone."""
        total = np.zeros((len(x), len(y), *block.shape), np.complex64)
        for setup in self._setups:
            total += MultisliceEngine(setup).exit_beams(acquisition, x, y, block)
        return total / np.float32(len(self._setups))
