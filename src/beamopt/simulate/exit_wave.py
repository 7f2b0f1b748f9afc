"""The other truth: the exit wave of a plane wave, seen in the plane that the reconstructions image."""

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.potential import Potential
from beamopt.simulate.planewaves import PlaneWaves

__all__ = ["exit_wave"]


def exit_wave(potential: Potential, energy: float) -> NDArray[np.complex128]:
    """Fourier series of the exit wave of a plane wave along the beam, brought back to mid-thickness in free space.

    A projected potential knows no thickness. The exit wave does: it is what multislice makes of a plane wave, and in
    the middle of a thin specimen it is exp(iσV). Where the specimen is thicker than the depth of field the two part.

    Parameters
    ----------
    potential
        The sliced specimen.
    energy
        Beam energy [eV].

    Returns
    -------
    ndarray
        complex128 ``(nx, ny)`` coefficients in FFT order over one cell, for a wave of amplitude 1; see
        `beamopt.potential.on_pixels`.
    """
    waves = PlaneWaves(potential, energy)
    nx, ny = potential.grid
    beams = waves.scatter(np.zeros((1, 2), np.int64), waves.flights((0, 0)), (range(nx), range(ny)))[0]
    kx, ky = (np.fft.fftfreq(n, side / n) for n, side in zip((nx, ny), potential.cell, strict=True))
    back = -potential.thickness / 2
    aside = [back * np.tan(angle * 1e-3) for angle in potential.tilt]
    turn = np.pi * physics.wavelength(energy) * back * (kx[:, None] ** 2 + ky[None, :] ** 2)
    turn = turn + 2 * np.pi * (kx[:, None] * aside[0] + ky[None, :] * aside[1])
    return np.asarray(beams * np.exp(-1j * turn))
