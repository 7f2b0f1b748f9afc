"""Starting objects of the descent."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts
from beamopt.reconstruct.icom import integrated_phase
from beamopt.reconstruct.probe import known_probe
from beamopt.reconstruct.raster import Raster

__all__ = ["low_frequencies", "momentum_noise", "starting_objects", "transfer"]

_PASSES = 32
_HIGHEST = 0.2
"""Spatial frequency [Å⁻¹] from which the descent is quick enough by itself."""
_NOTHING = 1e-6  # rad
_WEAKEST = 0.3
"""Transfer below which the centre of mass says too little."""


def starting_objects(
    counts: Counts,
    acquisition: Acquisition,
    raster: Raster,
    *,
    start: Literal["auto", "flat", "icom"],
    defocus: float,
) -> dict[str, NDArray[np.complex64]]:
    """Objects to begin with, by name: flat, or the low frequencies of the integrated centre of mass.

    Parameters
    ----------
    counts, acquisition, raster
        The data and where they lie.
    start
        ``flat``, ``icom``, or ``auto`` for both, of which the second is left out where it says nothing.
    defocus
        Defocus of the probe at the object plane [Å].

    Returns
    -------
    dict
        complex64 of ``raster.shape``, modulus one.
    """
    flat = np.ones(raster.shape, dtype=np.complex64)
    if start == "flat":
        return {"flat": flat}
    phase = low_frequencies(counts, acquisition, defocus=defocus)
    ratio = [raster.sampling / step for step in counts.scan_sampling]
    x, y = ((np.arange(n) - raster.margin) * r for n, r in zip(raster.shape, ratio, strict=True))
    grid = np.meshgrid(x, y, indexing="ij")
    fine = map_coordinates(phase, grid, order=3, mode="grid-constant")
    objects = {"icom": np.asarray(np.exp(1j * fine), dtype=np.complex64)}
    if start == "icom":
        return objects
    return {"flat": flat} | (objects if np.abs(fine).max() > _NOTHING else {})


def low_frequencies(counts: Counts, acquisition: Acquisition, *, defocus: float) -> NDArray[np.float64]:
    """Phase [rad] on the scan grid up to where the descent is quick by itself.

    Freed of the probe's transfer, and shrunk ring by ring to the part of its power that the counting noise of the
    centre of mass, known from the patterns themselves, does not explain within two standard deviations (a Wiener
    filter).
    """
    phase, _ = integrated_phase(counts, acquisition, _PASSES)
    padded = tuple(2 * n for n in phase.shape)
    qx, qy = (np.fft.fftfreq(n, d) for n, d in zip(padded, counts.scan_sampling, strict=True))
    q = np.hypot(qx[:, None], qy[None, :])
    seen = transfer(q, acquisition, counts, defocus=defocus)
    gain = np.where(seen > _WEAKEST, 1 / np.maximum(seen, _WEAKEST), 0) / (1 + (q / _HIGHEST) ** 8)
    wave = np.fft.fft2(np.pad(phase, [(0, n) for n in phase.shape], mode="symmetric"))
    # Mirroring makes four copies of the field, whose noise adds up in a quarter of the coefficients.
    noise = 4 * phase.size * momentum_noise(counts, acquisition) / np.maximum(q, q[q > 0].min()) ** 2
    ring = np.rint(q * min(counts.field)).astype(np.intp)
    power = np.bincount(ring.ravel(), (np.abs(wave) ** 2).ravel())
    scatter = 2 / np.sqrt(np.maximum(np.bincount(ring.ravel()) / 4, 1))
    explained = np.bincount(ring.ravel(), noise.ravel()) * (1 + scatter)
    kept = np.clip(1 - explained / np.maximum(power, 1e-300), 0, 1)
    kept[0] = 0
    low: NDArray[np.float64] = np.fft.ifft2(wave * gain * kept[ring]).real
    return low[: phase.shape[0], : phase.shape[1]]


def momentum_noise(counts: Counts, acquisition: Acquisition) -> float:
    """Variance [Å⁻²] of one component of the centre of mass by counting, ⟨k²⟩/2 per mean detected electron."""
    pixels = counts.array.shape[-1]
    k = (np.arange(pixels) - pixels // 2) * counts.angular_sampling * 1e-3 / acquisition.wavelength
    mean = counts.array.mean(axis=(0, 1), dtype=np.float64)
    electrons = max(float(mean.sum()), 1e-30)
    return float((mean * (k[:, None] ** 2 + k[None, :] ** 2)).sum()) / 2 / electrons**2


def transfer(
    q: NDArray[np.float64], acquisition: Acquisition, counts: Counts, *, defocus: float
) -> NDArray[np.float64]:
    """Transfer of a weak phase into the centre of mass at spatial frequencies q [Å⁻¹].

    It is the transform of the probe's intensity (Lazić, Bosch & Lazar 2016), real for a round probe, 1 at q = 0.
    """
    pixels = counts.array.shape[-1]
    probe = known_probe(acquisition, pixels, counts.angular_sampling, defocus=defocus, electrons=1.0)
    # The intensity reaches twice as far as the wave: half the pixel, so that it does not alias.
    wave = np.pad(np.fft.fftshift(np.fft.fft2(probe.astype(np.complex128))), pixels // 2)
    spectrum = np.fft.fft2(np.abs(np.fft.ifft2(wave)) ** 2).real[0, :pixels]
    dq = counts.angular_sampling * 1e-3 / acquisition.wavelength
    return np.asarray(np.interp(q, dq * np.arange(pixels), spectrum / spectrum[0]))
