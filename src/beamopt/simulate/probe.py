"""The probe as beams: one coherent wave, or several whose patterns add up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import Block, illuminate

__all__ = ["Probe", "coherent", "symmetric"]


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
    flat = probe.modes.reshape(len(probe.modes), -1).astype(np.complex128)
    image = np.flip(probe.modes, axis + 1).reshape(flat.shape).astype(np.complex128)
    test = np.exp(1j * np.arange(flat.shape[1]) ** 2 * 0.7)
    here, there = (waves.T @ (waves.conj() @ test) for waves in (flat, image))
    return bool(np.max(np.abs(here - there)) <= _ALIKE * np.max(np.abs(here)))


_ALIKE = 2e-5
