"""One reconstruction against the truth, as every score of the table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from beamopt.errors import EvaluationError, InputError
from beamopt.measurement import BAND, METRICS, Reconstruction, Scores
from beamopt.score.gauge import aligned
from beamopt.score.region import LEAST_PIXELS, Region
from beamopt.score.rings import band_limit, correlate, windowed_spectrum
from beamopt.score.spots import spots
from beamopt.score.summary import information, resolution

__all__ = ["score"]

_Complex = NDArray[np.complex128]
_FIRST_RING = 0.8  # of the side: the mean frequency of the first ring is up to 1.2 over the side
_FINEST_ERROR = 1e-6  # rad; below it the peak signal-to-noise ratio stops rising
_structure: Any = structural_similarity  # untyped in scikit-image
_SSIM_WINDOW = 7  # pixels


def score(
    reconstruction: Reconstruction,
    truth: NDArray[np.complexfloating],
    *,
    region: tuple[slice, slice] | Region,
    scan_sampling: tuple[float, float],
    exit_wave: NDArray[np.complexfloating] | None = None,
) -> Scores:
    """Score a reconstruction on the complex transmission, so that wrapped phases do no harm.

    Gauge freedoms are removed first (`gauge.aligned`): constant phase, a ramp of up to two cycles across the region, a
    shift of at most one scan step. Then, under the region's soft window w:

    * ``frc`` and ``frequency``: Fourier ring correlation in rings of one over the (shorter) side, and from it
      ``frc_resolution`` [Å], see `resolution`;
    * ``information`` [bits/Å²] from bands of fixed width, see `information`, and ``information_exit_wave``, the same
      against the other truth;
    * ``phase_nrmse``: √(Σw²|R - T|² / Σw²|T - mean T|²); 0 is perfect, and a blank image scores about 1;
    * ``ssim`` and ``psnr`` [dB] of phase images, scikit-image: the truth as arg(T·conj(mean T)), the reconstruction as
      that plus arg(R·conj(T)), which wraps nowhere that the truth does not; where the window is at least a half;
      ``data_range`` is the range of that truth, nothing is normalised. Both reward blurring: diagnostics only.

    Where the pixels are too coarse for anything in the specimen, the image is worth a blank one: no information.

    Parameters
    ----------
    reconstruction
        What a method returned.
    truth
        Complex transmission on the pixels of `reconstruction`, band-limited to them.
    region
        From `scored_region`; plain slices get the window that just fits them.
    scan_sampling
        Scan step [Å], the largest shift that counts as gauge.
    exit_wave
        The other truth, on the same pixels; not scored where left out.

    Returns
    -------
    Scores

    Raises
    ------
    EvaluationError
        When the reconstruction is not finite.
    InputError
        When the grids differ or the region is too small.
    """
    image = np.asarray(reconstruction.transmission, dtype=np.complex128)
    area = region if isinstance(region, Region) else Region.whole(region, image.shape)
    _check(reconstruction, truth, area)
    sampling = reconstruction.sampling
    if _is_flat(truth[area.slices]):
        return _nothing([n * d for n, d in zip(area.window.shape, sampling, strict=True)], exit_wave is not None)
    reach = tuple(step / pixel for step, pixel in zip(scan_sampling, sampling, strict=True))
    obtained, wanted = aligned(image, np.asarray(truth, dtype=np.complex128), area, (reach[0], reach[1]))
    sides = [n * d for n, d in zip(wanted.shape, sampling, strict=True)]
    ring, limit = 1 / min(sides), band_limit(image, sampling)
    rings = correlate(obtained, wanted, area.window, sampling, width=ring, lowest=ring / 2, highest=limit)
    spacing = resolution(rings, coarsest=max(sides))
    metrics = {"information": _information(obtained, wanted, area.window, sampling, limit)}
    if exit_wave is not None:
        other, wave = aligned(image, np.asarray(exit_wave, dtype=np.complex128), area, (reach[0], reach[1]))
        metrics["information_exit_wave"] = _information(other, wave, area.window, sampling, limit)
    return Scores(
        metrics={
            **metrics,
            "frc_resolution": spacing,
            "phase_nrmse": _nrmse(obtained, wanted, area.window),
            **_picture(obtained, wanted, area.window),
        },
        frequency=rings.frequency.astype(np.float64),
        frc=rings.correlation.astype(np.float64),
        resolved=spacing < _FIRST_RING * min(sides),
    )


def _information(
    obtained: _Complex, wanted: _Complex, window: NDArray[np.floating[Any]], sampling: tuple[float, float], limit: float
) -> float:
    """Information of an aligned image up to the highest frequency that it holds."""
    width = max(BAND, *(1 / (n * d) for n, d in zip(wanted.shape, sampling, strict=True)))
    places = spots(np.abs(windowed_spectrum(wanted, window)) ** 2, window, sampling)
    return information(
        correlate(obtained, wanted, window, sampling, width=width, lowest=0.0, highest=limit, places=places)
    )


def _check(reconstruction: Reconstruction, truth: NDArray[np.complexfloating], region: Region) -> None:
    shape = reconstruction.transmission.shape
    if truth.shape != shape:
        raise InputError(
            f"truth has {truth.shape} pixels, the {reconstruction.method} image {shape}; resample the truth"
        )
    if min(region.window.shape) < LEAST_PIXELS:
        raise InputError(
            f"region of {region.window.shape} pixels; at least {LEAST_PIXELS} along each side can be scored"
        )
    if not np.isfinite(reconstruction.transmission[region.slices]).all():
        raise EvaluationError(f"{reconstruction.method} returned values that are not finite; lower its step_size")


def _is_flat(truth: NDArray[np.complexfloating]) -> bool:
    return bool(np.ptp(truth.real) + np.ptp(truth.imag) < 1e-6)


def _nothing(sides: Sequence[float], both: bool) -> Scores:  # noqa: FBT001
    """Of an image whose pixels are too coarse for anything in the specimen: it says as much as a blank one."""
    blank = {name: metric.worst for name, metric in METRICS.items() if both or name != "information_exit_wave"}
    blank |= {"frc_resolution": float(max(sides)), "phase_nrmse": 1.0}
    return Scores(metrics=blank, frequency=np.zeros(0), frc=np.zeros(0), resolved=False)


def _nrmse(obtained: _Complex, wanted: _Complex, window: NDArray[np.floating[Any]]) -> float:
    weight = window**2
    spread = np.sum(weight * np.abs(wanted - np.average(wanted, weights=weight)) ** 2)
    return float(np.sqrt(np.sum(weight * np.abs(obtained - wanted) ** 2) / spread))


def _picture(obtained: _Complex, wanted: _Complex, window: NDArray[np.floating[Any]]) -> dict[str, float]:
    """Diagnostics of the phase images where the window is at least a half."""
    mean = np.average(wanted, weights=window)
    core = np.ix_(window.max(axis=1) >= 0.5, window.max(axis=0) >= 0.5)
    phase = np.angle(wanted * (mean.conj() if abs(mean) > 1e-6 else 1.0))[core]
    seen = phase + np.angle(obtained * wanted.conj())[core]
    span = float(np.ptp(phase))
    side = min(_SSIM_WINDOW, *(n - 1 + n % 2 for n in phase.shape))
    similar = _structure(phase, seen, win_size=side, data_range=span, gaussian_weights=False)
    error = max(float(np.mean((phase - seen) ** 2)), _FINEST_ERROR**2)
    return {"ssim": float(similar), "psnr": float(10 * np.log10(span**2 / error))}
