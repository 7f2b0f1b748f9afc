"""Single-slice ptychography with a known probe."""

import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.stock import run_singleslice
from beamopt.spec import PtychographySettings

__all__ = ["ptychography"]


def ptychography(
    counts: Counts, acquisition: Acquisition, settings: PtychographySettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Object at mid-thickness by gradient descent on the amplitude misfit, batch by batch.

    Parameters
    ----------
    counts
        Detected electrons.
    acquisition
        Sets the known probe.
    settings
        Descent and kind of object.
    thickness
        Specimen thickness [Å]; the probe is that of the plane in its middle.
    seed
        Order of the batches.

    Returns
    -------
    Reconstruction
        Transmission of the scanned field.
    """
    raster = Raster.of(counts, acquisition)
    solver = run_singleslice(
        counts,
        acquisition,
        raster,
        defocus=acquisition.defocus - thickness / 2,
        seed=seed,
        initial=np.ones(raster.shape, dtype=np.complex64),
        num_iter=settings.iterations,
        step_size=settings.step_size,
        max_batch_size=settings.batch,
        normalization_min=1.0,
        fix_probe=True,
        pure_phase_object=settings.object_type == "phase",
    )
    return finished(
        method="ptychography",
        transmission=raster.crop(solver.object),
        sampling=(raster.sampling, raster.sampling),
        settings=settings,
        known=("probe", "positions", "camera centre"),
        errors=tuple(float(e) for e in solver.error_iterations),
        extra={"thickness": thickness, "seed": seed},
    )
