"""Direct phase images with known aberrations: optimum bright field (OBF) and single sideband (SSB).

Both are linear in the patterns, so their noise is known. A weak phase mode φ_q moves the bright-field pixel k by
iΓ(q, k)·φ_q, Γ = a*(k)a(k-q) - a(k)a*(k+q). OBF weighs every pixel by Γ*/Ī, which is the least-squares estimate and
attains the linear limit at low dose (Ooe, Seki, Ikuhara & Shibata, Ultramicroscopy 220, 113133 (2021)); SSB leaves the
triple overlap out (Yang, Pennycook & Nellist, Ultramicroscopy 151, 232 (2015)).

Both estimate the scattered wave over the unscattered one, t/t̄ - 1 = iφ, and so the image is t̄(1 + iφ), t̄ such that no
electron is lost: ⟨|t|²⟩ = 1. For a weak phase that is exp(iφ). On a strong object the square of the scattered wave
enters the patterns as well; where the transfer is near 0 it is amplified to many radians, and exp(iφ) of that would
wrap into noise.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts
from beamopt.reconstruct.probe import aperture
from beamopt.reconstruct.sidebands import OBF, SSB, mode_sums, optics
from beamopt.threads import in_threads

__all__ = ["ModeSums", "matched", "optimum_bright_field", "single_sideband"]

_RING = (
    0.025  # Å⁻¹, as fine as the limits look at a specimen; finer rings would know a crystal better in a larger field
)
_Real = NDArray[np.float64]
_Complex = NDArray[np.complex128]


@dataclass(frozen=True, kw_only=True)
class ModeSums:
    """What the patterns say about every mode of the image, before any mode is estimated.

    Parameters
    ----------
    signal
        complex128 ``(x, y, u²)``: Σ_k (iΓ)*·Î/Ī for each residue of the scan and each of the modes that share it.
    overlap
        complex128 ``(x, y, u², u²)``: Σ_k Γ*Γ'/Ī; its diagonal is F/N of the electrons on the disc.
    variance
        Noise of `signal` over `overlap`: one over the electrons on the disc of the whole scan.
    upsampling
        u, pixels of the image per scan step.
    """

    signal: _Complex
    overlap: _Complex
    variance: float
    upsampling: int


def optimum_bright_field(
    counts: Counts, acquisition: Acquisition, *, thickness: float = 0.0, upsampling: int = 1
) -> NDArray[np.complex64]:
    """Phase image from every bright-field pixel at its optimum weight.

    The modes that a scan step confuses are estimated together, each shrunk by the noise over the ring's signal as the
    data themselves show it (a Wiener filter without outside knowledge), so the image is in radians where there is
    signal and quiet where there is none.

    Parameters
    ----------
    counts
        Detected electrons; the scan is taken as periodic.
    acquisition
        The known probe.
    thickness
        Specimen thickness [Å]; the image is of the plane in its middle.
    upsampling
        Pixels per scan step along each axis.

    Returns
    -------
    ndarray
        complex64 ``(upsampling·scan_x, upsampling·scan_y)``, t̄(1 + iφ); pixel ``[0, 0]`` is scan position
        ``[0, 0]``.
    """
    return _image(matched(counts, acquisition, thickness=thickness, upsampling=upsampling, kernel=OBF), counts)


def single_sideband(
    counts: Counts, acquisition: Acquisition, *, thickness: float = 0.0, upsampling: int = 1
) -> NDArray[np.complex64]:
    """Phase image from the double overlaps alone; arguments and result as `optimum_bright_field`."""
    return _image(matched(counts, acquisition, thickness=thickness, upsampling=upsampling, kernel=SSB), counts)


def matched(
    counts: Counts, acquisition: Acquisition, *, thickness: float = 0.0, upsampling: int = 1, kernel: int = OBF
) -> ModeSums:
    """Correlate the patterns with what each mode would do to them.

    Without confused modes ``signal / overlap`` is the unbiased estimate of φ_q, the coefficient of exp(2πiq·r).

    Parameters
    ----------
    counts, acquisition, thickness, upsampling
        As in `optimum_bright_field`.
    kernel
        `OBF` or `SSB`.

    Returns
    -------
    ModeSums
        Half of the plane: ``y`` ends at the Nyquist frequency.
    """
    rows, columns, pixels, _ = counts.array.shape
    disc = aperture(acquisition.semiangle_cutoff, pixels, counts.angular_sampling) ** 2
    lit = disc > 0
    covered = disc[lit]
    k = (np.argwhere(lit) - pixels // 2) * counts.angular_sampling * 1e-3 / acquisition.wavelength
    bright = counts.array[:, :, lit].astype(np.float32)
    level = max(float(bright.sum(dtype=np.float64)), 1e-30) / (rows * columns * covered.sum())
    waves = scipy.fft.rfft2(bright / np.float32(level), axes=(0, 1), norm="forward", overwrite_x=True)
    waves[0, 0] = 0  # the mean pattern holds no phase
    qx, qy = (
        (np.arange(n)[:, None] + n * np.arange(upsampling) + n * upsampling // 2) % (n * upsampling)
        - n * upsampling // 2
        for n in (rows, columns)
    )
    lattice = optics(acquisition, thickness, counts.angular_sampling)
    qx, qy = qx / (rows * counts.scan_sampling[0]), qy / (columns * counts.scan_sampling[1])
    signal = np.empty((*waves.shape[:2], upsampling**2), dtype=np.complex128)
    overlap = np.empty((*signal.shape, upsampling**2), dtype=np.complex128)

    def add(some: slice) -> None:
        part = np.ascontiguousarray(waves[some])
        signal[some], overlap[some] = mode_sums(part, qx[some], qy, k, covered, lattice, kernel)

    in_threads(add, (slice(row, row + 1) for row in range(rows)))
    total = covered.sum()
    return ModeSums(
        signal=signal / total,
        overlap=overlap / total,
        variance=1 / (level * total * rows * columns),
        upsampling=upsampling,
    )


def _image(sums: ModeSums, counts: Counts) -> NDArray[np.complex64]:
    """Solve for the confused modes together and go back to real space."""
    u, rows, columns = sums.upsampling, *counts.array.shape[:2]
    half = sums.signal.shape[1]
    ix, iy = (np.arange(n)[:, None] + n * np.arange(u) for n in (rows, columns))
    row = np.broadcast_to(ix[:, None, :, None], (rows, half, u, u)).reshape(rows, half, -1)
    column = np.broadcast_to(iy[None, :half, None, :], (rows, half, u, u)).reshape(rows, half, -1)
    qx, qy = (np.fft.fftfreq(n * u, s / u) for n, s in zip((rows, columns), counts.scan_sampling, strict=True))
    power = _ring_power(sums, np.hypot(qx[row], qy[column]), max(_RING, 1 / min(counts.field)))
    root = np.sqrt(power / sums.variance)
    whole = np.eye(u * u) + root[..., :, None] * sums.overlap * root[..., None, :]
    solution = root * np.linalg.solve(whole, (root * sums.signal)[..., None])[..., 0]
    spectrum = np.zeros((rows * u, columns * u), dtype=np.complex128)
    spectrum[-row, -column] = solution.conj()
    spectrum[row, column] = solution
    phase = scipy.fft.ifft2(spectrum, norm="forward").real
    return np.asarray((1 + 1j * phase) / np.sqrt(1 + np.mean(phase**2)), dtype=np.complex64)


def _ring_power(sums: ModeSums, q: _Real, width: float) -> _Real:
    """Mean |φ_q|² of each ring: what the data hold beyond their known noise, at least its own standard error."""
    fisher = np.einsum("xygg->xyg", sums.overlap).real
    ring = np.rint(q / width).astype(np.intp).ravel()
    excess = np.bincount(ring, (np.abs(sums.signal) ** 2 - fisher * sums.variance).ravel())
    squares = np.bincount(ring, (fisher**2).ravel())
    error = sums.variance * np.sqrt(squares)
    known = squares > 1e-12 * max(float(squares.max()), 1e-300)
    power = np.where(known, np.maximum(excess, error) / np.where(known, squares, 1.0), 0.0)
    return np.asarray(power[ring].reshape(q.shape))
