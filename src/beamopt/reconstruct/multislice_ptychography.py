"""Multislice ptychography by py4DSTEM's `MultislicePtychography` with a known probe."""

import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.settled import number, whole
from beamopt.reconstruct.stock import run_multislice
from beamopt.spec import MultislicePtychographySettings

__all__ = ["multislice_ptychography"]


def multislice_ptychography(
    counts: Counts,
    acquisition: Acquisition,
    settings: MultislicePtychographySettings,
    *,
    thickness: float,
    seed: int,
) -> Reconstruction:
    """Phase object in several slices; the image is their product, the projected transmission.

    Slices stand for slabs of equal thickness and lie in their middle, so that the probe reaches the first one at
    ``defocus - thickness/(2·slices)``; with one slice that is the plane of single-slice ptychography.

    Parameters
    ----------
    counts
        Detected electrons.
    acquisition
        Sets the known probe.
    settings
        Slices and descent.
    thickness
        Specimen thickness [Å].
    seed
        Order of the batches.

    Returns
    -------
    Reconstruction
        ``exp(iφ)`` of the scanned field.
    """
    raster = Raster.of(counts, acquisition)
    slices = whole(settings.slices)
    slab = thickness / slices
    solver = run_multislice(
        counts,
        acquisition,
        raster,
        defocus=acquisition.defocus - slab / 2,
        slices=slices,
        slice_thickness=slab,
        seed=seed,
        num_iter=whole(settings.iterations),
        step_size=number(settings.step_size),
        max_batch_size=whole(settings.batch),
        normalization_min=number(settings.normalization_min),
        fix_probe=True,
        pure_phase_object=True,
    )
    return finished(
        method="multislice_ptychography",
        transmission=raster.crop(np.prod(solver.object, axis=0)),
        sampling=(raster.sampling, raster.sampling),
        settings=settings,
        known=("probe", "positions", "camera centre"),
        errors=tuple(float(e) for e in solver.error_iterations),
        extra={"thickness": thickness, "seed": seed},
    )
