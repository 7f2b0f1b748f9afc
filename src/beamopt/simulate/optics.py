"""The two factors of a multislice step on the grid of one cell: transmission through a slice, flight to the next."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.potential import Potential

__all__ = ["Step", "flight", "steps", "transmissions"]


class Step(NamedTuple):
    """One step of multislice: which slice's transmission (None in front of all matter), then flights [Å]."""

    transmission: int | None
    distances: tuple[float, ...]


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


def steps(potential: Potential) -> list[Step]:
    """The whole thickness as transmissions and the distances flown behind each.

    A slice without matter passes the wave on unchanged, so its flight joins the one before it: two Fourier transforms
    less for each empty slice, and the same wave.

    Parameters
    ----------
    potential
        The sliced specimen.
    """
    sequence = [Step(None, ())]
    empty = [not np.any(one) for one in potential.slices]
    for number, thickness in [*enumerate(potential.slice_thickness)] * potential.repeats:
        if empty[number]:
            sequence[-1] = Step(sequence[-1].transmission, (*sequence[-1].distances, thickness))
        else:
            sequence.append(Step(number, (thickness,)))
    return sequence[1:] if sequence[0] == Step(None, ()) else sequence


def flight(
    potential: Potential,
    energy: float,
    distances: tuple[float, ...],
    kx: NDArray[np.floating],
    ky: NDArray[np.floating],
) -> NDArray[np.complex64]:
    """Fresnel propagator exp(-iπλΔz k²) times abTEM's antialias taper at any frequencies, not only those of a grid.

    A tilted specimen moves aside under the beam by Δz·tan(tilt), exp(-2πiΔz k·tan(tilt)) (J. H. Chen, D. Van Dyck &
    M. Op de Beeck, Acta Cryst. A53, 576 (1997)), as in abTEM.

    Parameters
    ----------
    potential
        The sliced specimen; its pixel sets the limit, its tilt the shift.
    energy
        Beam energy [eV].
    distances
        Distances Δz [Å] flown one after the other; abTEM tapers once for each.
    kx, ky
        Spatial frequencies [Å⁻¹], one axis each.

    Returns
    -------
    ndarray
        complex64 ``(len(kx), len(ky))``.
    """
    k2 = kx[:, None] ** 2 + ky[None, :] ** 2
    turn = np.pi * physics.wavelength(energy) * sum(distances) * k2
    if any(potential.tilt):
        aside = [sum(distances) * np.tan(angle * 1e-3) for angle in potential.tilt]
        turn = turn + 2 * np.pi * (kx[:, None] * aside[0] + ky[None, :] * aside[1])
    wave = np.exp(-1j * turn)
    return np.asarray(wave * potential.antialias(np.sqrt(k2)) ** len(distances), dtype=np.complex64)
