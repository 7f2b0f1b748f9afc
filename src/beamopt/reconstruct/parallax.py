"""Parallax (tilt-corrected bright field) with the known aberrations, summed in Fourier space.

The same image as py4DSTEM's `Parallax` makes when its shifts are the known ones, without its fit (which missed a set
defocus by half), its kernel density estimate (which blurs) and its stack of all images (gigabytes).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.settled import whole
from beamopt.spec import ParallaxSettings

__all__ = ["aligned_bright_field", "contrast_sign", "parallax"]

_ALONG, _ACROSS = 256, 41  # frequencies, and points across the disc, of a transfer that has no closed form


def parallax(
    counts: Counts, acquisition: Acquisition, settings: ParallaxSettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Bright-field images shifted by the known aberrations, summed, and freed of the sign of their transfer.

    Every camera pixel of the bright-field disc holds an image shifted by ``defocus·angle`` (Varnavides et al., arXiv
    2309.05250, section on tilt-corrected bright field). Aligned, a pixel at k sees a weak phase through its two
    sidebands, i·a(k)a(k+q)·exp(-iχ) - i·a(k)a(k-q)·exp(iχ) with χ = πλ·C10·q²; summed over the disc that is
    2·O(q/k0)·sin χ, O the overlap of two discs. Half of the contrast, its sign taken out, is the phase in radians
    attenuated by that transfer. Near zero defocus nothing is transferred and the image is noise. With spherical
    aberration each image is shifted by the slope of χ at its pixel and the transfer is a sum over the disc.

    Parameters
    ----------
    counts
        Detected electrons.
    acquisition
        Sets the known aberrations.
    settings
        Pixels per scan step.
    thickness
        Specimen thickness [Å]; the image is of the plane in its middle.
    seed
        Not used: one linear step on the data as they are.

    Returns
    -------
    Reconstruction
        ``exp(iφ)`` of the scanned field.
    """
    defocus = acquisition.defocus - thickness / 2
    step = counts.scan_sampling
    least = max(1, int(np.ceil(4 * acquisition.cutoff * max(step) - 1e-9)))
    finer = least if settings.upsampling is None else whole(settings.upsampling)
    contrast = aligned_bright_field(counts, acquisition, defocus=defocus, upsampling=finer)
    sampling = (step[0] / finer, step[1] / finer)
    phase = fft.ifft2(contrast * contrast_sign(contrast.shape, sampling, acquisition, defocus=defocus)).real / 2
    rows, columns = (finer * n for n in counts.array.shape[:2])
    return finished(
        method="parallax",
        transmission=np.exp(1j * phase[:rows, :columns]),
        sampling=sampling,
        settings=settings,
        known=("aberrations", "camera centre"),
        extra={"thickness": thickness, "seed": seed},
    )


def contrast_sign(
    shape: tuple[int, ...], sampling: tuple[float, float], acquisition: Acquisition, *, defocus: float
) -> NDArray[np.float64]:
    """Sign of the transfer of a weak phase, 0 where the discs no longer overlap and at q = 0.

    Without spherical aberration that of sin χ(q); else that of the sum over the disc of sin(χ(k+q) - χ(k) - q·∇χ(k)).

    Parameters
    ----------
    shape, sampling
        Pixels of the image and their size [Å].
    acquisition
        Sets wavelength and aperture.
    defocus
        Defocus at the object plane [Å].
    """
    qx, qy = (np.fft.fftfreq(n, d) for n, d in zip(shape, sampling, strict=True))
    q = np.hypot(qx[:, None], qy[None, :])
    seen = (q > 0) & (q < 2 * acquisition.cutoff)
    if acquisition.spherical_aberration == 0:
        passed = np.sin(physics.aberration_phase(q, acquisition.energy, defocus))
    else:
        along = np.linspace(0, 2 * acquisition.cutoff, _ALONG)
        passed = np.interp(q, along, _summed_transfer(along, acquisition, defocus))
    return np.where(seen, np.where(passed >= 0, 1.0, -1.0), 0.0)


def _summed_transfer(q: NDArray[np.float64], acquisition: Acquisition, defocus: float) -> NDArray[np.float64]:
    """Sum over the disc of the sine of the phase that alignment leaves between a beam and its sideband."""
    at = np.linspace(-acquisition.cutoff, acquisition.cutoff, _ACROSS)
    kx, ky = (k.ravel() for k in np.meshgrid(at, at, indexing="ij"))
    lit = np.hypot(kx, ky) <= acquisition.cutoff
    kx, ky = kx[lit], ky[lit]
    energy, cs, lam = acquisition.energy, acquisition.spherical_aberration, acquisition.wavelength
    k = np.hypot(kx, ky)
    slope = 2 * np.pi * lam * (cs * (lam * k) ** 2 - defocus) * kx
    beside = np.hypot(kx + q[:, None], ky)
    turned = physics.aberration_phase(beside, energy, defocus, cs) - physics.aberration_phase(k, energy, defocus, cs)
    left = np.where(beside <= acquisition.cutoff, np.sin(turned - q[:, None] * slope), 0.0)
    return np.asarray(left.sum(axis=1))


def aligned_bright_field(
    counts: Counts, acquisition: Acquisition, *, defocus: float, upsampling: int
) -> NDArray[np.complex128]:
    """Transform of the aligned and summed bright-field contrast on a finer grid.

    The field is padded so that no shift wraps into it. The transform of samples spread over a finer grid repeats
    itself; the shifts, which differ from image to image, add up the true copy and average the others away.

    Parameters
    ----------
    counts
        Detected electrons.
    acquisition
        Sets aperture, wavelength and Cs.
    defocus
        Defocus at the object plane [Å]; pixel at angle θ is moved by ``-(defocus - Cs·θ²)·θ``.
    upsampling
        Pixels per scan step.

    Returns
    -------
    ndarray
        Complex ``(upsampling·padded_x, upsampling·padded_y)``; zero contrast is zero.
    """
    rows, columns, pixels, _ = counts.array.shape
    angle = (np.arange(pixels) - pixels // 2) * counts.angular_sampling
    cs = acquisition.spherical_aberration
    reach = physics.ray_radius(acquisition.semiangle_cutoff, defocus, cs)
    padded = [
        fft.next_fast_len(n + int(np.ceil(reach / d)))
        for n, d in zip((rows, columns), counts.scan_sampling, strict=True)
    ]
    q = [np.fft.fftfreq(upsampling * n, d / upsampling) for n, d in zip(padded, counts.scan_sampling, strict=True)]
    total: NDArray[np.complex128] = np.zeros([upsampling * n for n in padded], dtype=np.complex128)
    electrons = 0.0
    for x in np.flatnonzero(np.abs(angle) <= acquisition.semiangle_cutoff):
        lit = np.flatnonzero(angle[x] ** 2 + angle**2 <= acquisition.semiangle_cutoff**2)
        images = np.moveaxis(counts.array[:, :, x, lit], -1, 0).astype(np.float32)
        mean = images.mean(axis=(1, 2), dtype=np.float64)
        electrons += float(mean.sum())
        spectra = fft.fft2(images - mean[:, None, None].astype(np.float32), s=padded)
        # Slope of χ over θ at each of the row's pixels, and its ramps over the fine frequencies.
        slope = defocus - cs * 1e-6 * (angle[x] ** 2 + angle[lit] ** 2)
        along_y = _ramps(slope * angle[lit], q[1]).reshape(lit.size, upsampling, padded[1])
        if cs == 0:
            line = np.einsum("kxy,kuy->xuy", spectra, along_y).reshape(padded[0], -1)
            total += _ramps(slope[:1] * angle[x], q[0])[0][:, None] * np.tile(line, (upsampling, 1))
        else:
            along_x = _ramps(slope * angle[x], q[0]).reshape(lit.size, upsampling, padded[0])
            moved = np.einsum("kxy,kwx,kuy->wxuy", spectra, along_x, along_y)
            total += moved.reshape(total.shape)
    total *= upsampling**2 / max(electrons, 1e-30)
    return total


def _ramps(shifts: NDArray[np.float64], frequency: NDArray[np.floating]) -> NDArray[np.complex64]:
    """Phase factors ``(shifts, frequencies)`` of shifts [1e-3 Å]."""
    return np.asarray(np.exp(2e-3j * np.pi * np.outer(shifts, frequency)), dtype=np.complex64)
