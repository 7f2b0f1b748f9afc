"""Optimum bright field as a method of a study."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.direct import optimum_bright_field
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.settled import whole
from beamopt.spec import ObfSettings, SsbSettings

__all__ = ["direct_image", "obf"]


def obf(
    counts: Counts, acquisition: Acquisition, settings: ObfSettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Optimum bright field with the known aberrations (`direct.optimum_bright_field`).

    Parameters
    ----------
    counts
        Detected electrons; the scan is taken as periodic.
    acquisition
        Sets the known probe.
    settings
        Pixels per scan step.
    thickness
        Specimen thickness [Å]; the image is of the plane in its middle.
    seed
        Not used: one linear step on the data as they are.

    Returns
    -------
    Reconstruction
        ``t̄(1 + iφ)`` of the scanned field, φ the linear estimate and ⟨|t|²⟩ = 1.
    """
    return direct_image("obf", optimum_bright_field, counts, acquisition, settings, thickness, seed)


def direct_image(
    method: str,
    image: Callable[..., NDArray[np.complex64]],
    counts: Counts,
    acquisition: Acquisition,
    settings: ObfSettings | SsbSettings,
    thickness: float,
    seed: int,
) -> Reconstruction:
    """Image of one of the linear methods, finished; arguments as `obf`."""
    finer = whole(settings.upsampling)
    return finished(
        method=method,
        transmission=image(counts, acquisition, thickness=thickness, upsampling=finer),
        sampling=(counts.scan_sampling[0] / finer, counts.scan_sampling[1] / finer),
        settings=settings,
        known=("aberrations", "camera centre"),
        extra={"thickness": thickness, "seed": seed},
    )
