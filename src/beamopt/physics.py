"""Closed forms of electron optics; the conventions of the whole package are fixed here.

Positive ``defocus`` is underfocus, C10 = -defocus. Angles are in mrad, lengths in Å, energies in eV, spatial
frequencies in Å⁻¹, phases in rad. A probe at r0 multiplies its aperture function by exp(-2πi k·r0).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import constants

__all__ = ["aberration_phase", "beta_squared", "disc_overlap", "interaction_parameter", "ray_radius", "wavelength"]

_REST_ENERGY = constants.value("electron mass energy equivalent in MeV") * 1e6  # eV
_HC = constants.h * constants.c / constants.e * 1e10  # eV Å


def wavelength(energy: float) -> float:
    """Relativistic electron wavelength [Å] at a beam energy [eV], hc/√(E(E + 2mc²)).

    Examples
    --------
    >>> round(wavelength(300e3), 7)
    0.0196875
    """
    return float(_HC / np.sqrt(energy * (energy + 2 * _REST_ENERGY)))


def beta_squared(energy: float) -> float:
    """Squared electron speed in units of c² at a beam energy [eV].

    Examples
    --------
    >>> round(beta_squared(300e3), 3)
    0.603
    """
    return float(1 - 1 / (1 + energy / _REST_ENERGY) ** 2)


def interaction_parameter(energy: float) -> float:
    """Phase per projected potential, σ = 2πmeλ/h² [rad/(V Å)] (Kirkland, Advanced Computing in EM, eq. 5.6).

    Examples
    --------
    >>> round(interaction_parameter(300e3) * 1e4, 3)
    6.526
    """
    gamma = 1 + energy / _REST_ENERGY
    return float(2 * np.pi * gamma * _REST_ENERGY * wavelength(energy) / _HC**2)


def aberration_phase(
    k: ArrayLike, energy: float, defocus: float, spherical_aberration: float = 0.0
) -> NDArray[np.float64]:
    """Aberration phase χ(k) = πλ·C10·k² + (π/2)·Cs·λ³·k⁴ [rad]; the probe's aperture function is exp(-iχ).

    Parameters
    ----------
    k
        Spatial frequency [Å⁻¹], any shape.
    energy
        Beam energy [eV].
    defocus
        Defocus [Å], positive underfocus.
    spherical_aberration
        Cs [Å].

    Returns
    -------
    ndarray
        χ, same shape as `k`.

    Examples
    --------
    >>> float(aberration_phase(0.5, 300e3, defocus=100.0).round(4))
    -1.5463
    """
    k2 = np.asarray(k, dtype=np.float64) ** 2
    lam = wavelength(energy)
    return -np.pi * lam * defocus * k2 + 0.5 * np.pi * spherical_aberration * lam**3 * k2**2


def ray_radius(semiangle_cutoff: float, defocus: float, spherical_aberration: float = 0.0) -> float:
    """Radius [Å] that the rays of a probe reach, the largest |Cs·t³ - defocus·t| of all t up to tan α.

    Parameters
    ----------
    semiangle_cutoff
        α [mrad].
    defocus
        Defocus [Å], positive underfocus.
    spherical_aberration
        Cs [Å].

    Examples
    --------
    Scherzer's aperture at 200 kV and Cs = 1.2 mm; in Gaussian focus the outermost rays miss by Cs·α³:

    >>> round(ray_radius(9.6, 0.0, 1.2e7), 1), round(ray_radius(9.6, 700.0, 1.2e7), 1)
    (10.6, 3.9)
    """
    outer = float(np.tan(semiangle_cutoff * 1e-3))
    bend = defocus / (3 * spherical_aberration) if spherical_aberration else -1.0
    rays = [outer, *([float(np.sqrt(bend))] if 0 < bend < outer**2 else [])]
    return max(abs(spherical_aberration * t**3 - defocus * t) for t in rays)


def disc_overlap(x: ArrayLike) -> NDArray[np.float64]:
    """Overlap area of two equal discs whose centres are x radii apart, over the area of one.

    O(x) = (2/π)[acos(x/2) - (x/2)√(1 - x²/4)] (Goodman, Introduction to Fourier Optics, eq. 6-31), 0 beyond x = 2.

    Examples
    --------
    >>> [float(v) for v in disc_overlap([0.0, 0.5, 1.0, 2.0]).round(3)]
    [1.0, 0.685, 0.391, 0.0]
    """
    half = np.clip(np.abs(np.asarray(x, dtype=np.float64)) / 2, 0, 1)
    return np.asarray((2 / np.pi) * (np.arccos(half) - half * np.sqrt(1 - half**2)))
