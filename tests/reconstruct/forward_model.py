"""An independent few-line forward model: a probe at r0 times exp(iφ), Fourier transformed and squared."""

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts

ROWS = (0.30, 0.62, 0.45)
"""Where three Gaussians of different height lie, as fractions of the field; no symmetry maps them on themselves."""
COLUMNS = (0.35, 0.42, 0.74)
HEIGHTS = (1.0, 0.6, 0.35)


def acquisition(
    defocus: float = 0.0, *, semiangle_cutoff: float = 15.0, dose: float = 1e4, step: float = 1.0
) -> Acquisition:
    return Acquisition(
        energy=300e3,
        semiangle_cutoff=semiangle_cutoff,
        defocus=defocus,
        detector_outer=20.0,
        scan_sampling=step,
        dose_per_area=dose,
    )


def three_gaussians(
    x: NDArray[np.floating], y: NDArray[np.floating], field: tuple[float, float], *, height: float, width: float
) -> NDArray[np.float64]:
    """Phase [rad] of three Gaussians of standard deviation `width` [Å] at coordinates x, y [Å]."""
    total = np.zeros((x.size, y.size))
    for row, column, relative in zip(ROWS, COLUMNS, HEIGHTS, strict=True):
        ex = np.exp(-((x - row * field[0]) ** 2) / (2 * width**2))
        ey = np.exp(-((y - column * field[1]) ** 2) / (2 * width**2))
        total += height * relative * np.outer(ex, ey)
    return total


def patterns(
    a: Acquisition,
    steps: tuple[float, float],
    scan: tuple[int, int],
    *,
    pixels: int = 64,
    height: float = 0.1,
    width: float = 1.2,
    thickness: float = 0.0,
) -> tuple[NDArray[np.float64], float]:
    """Expected patterns ``(scan_x, scan_y, kx, ky)`` as fractions of the beam, and the angle per pixel [mrad].

    The object is one plane at mid-thickness; twice the camera's angles are computed, so that electrons can miss it.
    """
    angular = 2 * a.detector_outer / pixels
    window = a.wavelength / (angular * 1e-3)
    n = 2 * pixels
    k = np.fft.fftfreq(n, window / n)
    kx, ky = k[:, None], k[None, :]
    k2 = kx**2 + ky**2
    chi = -np.pi * a.wavelength * (a.defocus - thickness / 2) * k2
    # A pixel on the rim is lit by the part of it that lies in the disc.
    soft = np.clip((a.cutoff - np.sqrt(k2)) * window + 0.5, 0, 1) ** 0.5
    probe = soft * np.exp(-1j * chi)
    probe /= np.sqrt((soft**2).sum())
    field = (scan[0] * steps[0], scan[1] * steps[1])
    r = np.arange(n) * window / n
    transmission = np.exp(1j * _periodic(r, window, field, height, width))
    out = np.empty((*scan, pixels, pixels))
    lower, upper = (n - pixels) // 2, (n + pixels) // 2
    for i in range(scan[0]):
        for j in range(scan[1]):
            wave = np.fft.ifft2(probe * np.exp(-2j * np.pi * (kx * i * steps[0] + ky * j * steps[1])))
            intensity = np.abs(np.fft.fft2(wave * transmission)) ** 2
            out[i, j] = np.fft.fftshift(intensity)[lower:upper, lower:upper]
    return out, angular


def _periodic(
    r: NDArray[np.float64], window: float, field: tuple[float, float], height: float, width: float
) -> NDArray[np.float64]:
    wrapped = np.where(r > 0.75 * window, r - window, r)
    return three_gaussians(wrapped, wrapped, field, height=height, width=width)


def exposed(
    a: Acquisition,
    steps: tuple[float, float],
    scan: tuple[int, int],
    rng: np.random.Generator | None = None,
    **forward: float,
) -> Counts:
    """Counts of the three Gaussians: Poisson with a generator, rounded expectation without."""
    expected, angular = patterns(a, steps, scan, **forward)  # type: ignore[arg-type]
    electrons = a.dose_per_area * steps[0] * steps[1]
    mean = expected * electrons
    array = np.rint(mean) if rng is None else rng.poisson(mean)
    return Counts(
        array=array.astype(np.uint32), scan_sampling=steps, angular_sampling=angular, electrons_per_pattern=electrons
    )
