"""The two factors of a multislice step on the grid of one cell: transmission through a slice, flight to the next."""

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.potential import Potential

__all__ = ["flight", "transmissions"]


def transmissions(potential: Potential, energy: float) -> NDArray[np.complex64]:
    """Band-limited transmission functions exp(iσV) of each slice of one cell.

    Parameters
    ----------
    potential
        The sliced specimen.
    energy
        Beam energy [eV].

    Returns
    -------
    ndarray
        complex64 ``(n_slices, nx, ny)``.
    """
    phase = physics.interaction_parameter(energy) * potential.slices.astype(np.float64)
    kx, ky = (np.fft.fftfreq(n, d) for n, d in zip(potential.grid, potential.sampling, strict=True))
    limit = potential.antialias(np.hypot(kx[:, None], ky[None, :]))
    return np.fft.ifft2(np.fft.fft2(np.exp(1j * phase)) * limit).astype(np.complex64)


def flight(
    potential: Potential, energy: float, thickness: float, kx: NDArray[np.floating], ky: NDArray[np.floating]
) -> NDArray[np.complex64]:
    """Fresnel propagator exp(-iπλΔz k²) times abTEM's antialias taper at any frequencies, not only those of a grid.

    Parameters
    ----------
    potential
        The sliced specimen; its pixel sets the limit.
    energy
        Beam energy [eV].
    thickness
        Distance Δz [Å].
    kx, ky
        Spatial frequencies [Å⁻¹], one axis each.

    Returns
    -------
    ndarray
        complex64 ``(len(kx), len(ky))``.
    """
    k2 = kx[:, None] ** 2 + ky[None, :] ** 2
    wave = np.exp(-1j * np.pi * physics.wavelength(energy) * thickness * k2)
    return np.asarray(wave * potential.antialias(np.sqrt(k2)), dtype=np.complex64)
