"""The probe as beams: one coherent wave, or several whose patterns add up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import Block, illuminate

__all__ = ["Probe", "coherent", "symmetric"]

_ALIKE = 2e-5  # of the largest element; float32 amplitudes differ by less


@dataclass(frozen=True)
class Probe:
    """Waves at the window's corner that do not interfere with each other; the pattern is the sum of their patterns.

    Parameters
    ----------
    block
        Which beams they are.
    modes
        complex64 ``(modes, bx, by)``; the squared moduli of all together sum to 1.
    """

    block: Block
    modes: NDArray[np.complex64]


def coherent(acquisition: Acquisition, window: tuple[float, float]) -> Probe:
    """The probe of a point source at one focus: one wave.

    Parameters
    ----------
    acquisition
        Sets energy, aperture and defocus.
    window
        Sides of the window [Å].
    """
    block, amplitudes = illuminate(acquisition, window)
    return Probe(block, amplitudes.astype(np.complex64)[None])


def symmetric(probe: Probe, axis: int) -> bool:
    """Whether the mean over all waves looks the same in a mirror across an axis, to float32 precision.

    The waves come mixed, so what is compared is the density matrix, on a vector that has no symmetry itself.
    """
    test = np.exp(0.7j * np.arange(probe.modes[0].size) ** 2).reshape(probe.modes.shape[1:])
    here, there = (_density(waves, test) for waves in (probe.modes, np.flip(probe.modes, axis + 1)))
    return bool(np.max(np.abs(here - there)) <= _ALIKE * np.max(np.abs(here)))


def _density(waves: NDArray[np.complex64], vector: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The density matrix times a vector, without BLAS and its threads."""
    return np.asarray(np.sum(waves * np.sum(waves.conj() * vector, (1, 2), keepdims=True), 0))
