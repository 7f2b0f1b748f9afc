"""Parallax (tilt-corrected bright field) by py4DSTEM's `Parallax` with the known aberrations."""

from typing import Any

import numpy as np
from py4DSTEM.process.phase import Parallax

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.datacube import as_datacube
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.isolation import isolated
from beamopt.spec import ParallaxSettings

__all__ = ["parallax"]


class _SteppedParallax(Parallax):  # type: ignore[misc]
    """`Parallax` with a scan step for each axis."""

    def __init__(self, counts: Counts, energy: float, padding: int) -> None:
        super().__init__(energy, as_datacube(counts), verbose=False, object_padding_px=(padding, padding))
        self._steps = counts.scan_sampling

    def _extract_intensities_and_calibrations_from_datacube(self, *args: Any, **kwargs: Any) -> Any:
        intensities = super()._extract_intensities_and_calibrations_from_datacube(*args, **kwargs)
        self._scan_sampling = self._steps
        return intensities


def parallax(
    counts: Counts, acquisition: Acquisition, settings: ParallaxSettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Bright-field images shifted by the known aberrations, summed, and freed of the sign of their transfer.

    Every camera pixel of the bright-field disc holds an image shifted by ``defocus·angle``. Their sum transfers a weak
    phase with 2·O(x)·sin(πλ·defocus·q²), O the overlap of two discs (D: the sum over tilts of the two sidebands); after
    the sign is taken out, half of the contrast is the phase in radians, attenuated by that transfer. Near zero defocus
    nothing is transferred and the image is noise.

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
    pixels = counts.array.shape[-1]
    angle = (np.arange(pixels) - pixels // 2) * counts.angular_sampling
    disc = np.hypot(angle[:, None], angle[None, :]) <= acquisition.semiangle_cutoff
    reach = abs(defocus) * acquisition.semiangle_cutoff * 1e-3 / min(counts.scan_sampling)
    padding = 2 * int(np.ceil(reach) + 2)
    solver = _SteppedParallax(counts, acquisition.energy, padding)
    with isolated():
        solver.preprocess(
            edge_blend=0.5, dp_mask=disc, normalize_images=False, defocus_guess=defocus, plot_average_bf=False
        )
        solver.subpixel_alignment(
            kde_upsample_factor=settings.upsampling, plot_upsampled_BF_comparison=False, progress_bar=False
        )
        solver.aberration_C1 = -defocus or -1e-9  # py4DSTEM blanks the image where the sign of the transfer is zero
        solver._recon_BF_subpixel_aligned = solver._recon_BF_subpixel_aligned / max(solver._stack_mean, 1e-30) - 1
        solver.aberration_correct(use_CTF_fit=False, plot_corrected_phase=False, upsampled=True)
    start = settings.upsampling * (padding // 2)
    rows, columns = (settings.upsampling * n for n in counts.array.shape[:2])
    phase = solver.recon_phase_corrected[start : start + rows, start : start + columns] / 2
    step = counts.scan_sampling
    return finished(
        method="parallax",
        transmission=np.exp(1j * phase),
        sampling=(step[0] / settings.upsampling, step[1] / settings.upsampling),
        settings=settings,
        known=("aberrations", "camera centre"),
        extra={"thickness": thickness, "seed": seed},
    )
