"""The known probe on the grid that the camera implies."""

import numpy as np
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts

__all__ = ["aperture", "known_probe", "mean_electrons"]

_SUBPIXELS = 16


def aperture(semiangle_cutoff: float, pixels: int, angular_sampling: float) -> NDArray[np.float64]:
    """Amplitude of a hard disc on the camera, zero angle at ``pixels // 2``.

    A camera pixel integrates: its intensity is the area of it inside the disc, the amplitude the square root of that.

    Parameters
    ----------
    semiangle_cutoff
        Radius of the disc [mrad].
    pixels
        Camera pixels along each side.
    angular_sampling
        Angle per camera pixel [mrad].

    Returns
    -------
    ndarray
        ``(pixels, pixels)``, 0 to 1.

    Examples
    --------
    The disc holds π·20² pixels:

    >>> disc = aperture(10.0, 64, 0.5)
    >>> round(float((disc**2).sum() / (np.pi * 20**2)), 3)
    1.0
    """
    inside = (np.arange(_SUBPIXELS) + 0.5) / _SUBPIXELS - 0.5
    angle = (np.arange(pixels)[:, None] - pixels // 2 + inside) * angular_sampling
    squares = angle.ravel() ** 2
    disc = squares[:, None] + squares[None, :] <= semiangle_cutoff**2
    fraction: NDArray[np.float64] = disc.reshape(pixels, _SUBPIXELS, pixels, _SUBPIXELS).mean(
        axis=(1, 3), dtype=np.float64
    )
    fraction **= 0.5
    return fraction


def known_probe(
    acquisition: Acquisition, pixels: int, angular_sampling: float, *, defocus: float, electrons: float
) -> NDArray[np.complex64]:
    """Probe of the acquisition at a plane, centred at the array corner.

    Parameters
    ----------
    acquisition
        Sets energy, convergence and Cs.
    pixels
        Camera pixels along each side.
    angular_sampling
        Angle per camera pixel [mrad].
    defocus
        Defocus at that plane [Å], positive underfocus.
    electrons
        Σ|FFT(probe)|², the electrons of one pattern.

    Returns
    -------
    ndarray
        complex64 ``(pixels, pixels)``.
    """
    angle = np.fft.fftfreq(pixels, 1 / (pixels * angular_sampling)) * 1e-3
    k = np.hypot(angle[:, None], angle[None, :]) / acquisition.wavelength
    amplitude = np.fft.ifftshift(aperture(acquisition.semiangle_cutoff, pixels, angular_sampling))
    chi = physics.aberration_phase(k, acquisition.energy, defocus, acquisition.spherical_aberration)
    wave = amplitude * np.exp(-1j * chi)
    wave *= np.sqrt(electrons / np.sum(amplitude**2))
    return np.fft.ifft2(wave).astype(np.complex64)


def mean_electrons(counts: Counts) -> float:
    """Electrons that the camera caught per pattern, the strength of the reconstruction's probe.

    The model holds all its electrons inside the camera and a phase object loses none, so it is this and not the
    incident number that its patterns can meet.
    """
    patterns = counts.array.shape[0] * counts.array.shape[1]
    return float(counts.array.sum(dtype=np.float64) / patterns)
