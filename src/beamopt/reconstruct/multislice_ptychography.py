"""Multislice ptychography: the fast descent through several slices with a known probe."""

import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.descent import descend
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.isolation import stream
from beamopt.reconstruct.probe import known_probe, mean_electrons
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.settled import number, whole
from beamopt.reconstruct.shifted_probe import ShiftedProbe
from beamopt.reconstruct.slabs import propagator
from beamopt.spec import MultislicePtychographySettings
from beamopt.threads import thread_count

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
    probe = known_probe(
        acquisition,
        raster.pixels,
        counts.angular_sampling,
        defocus=acquisition.defocus - slab / 2,
        electrons=mean_electrons(counts),
    )
    rows, columns, camera, _ = counts.array.shape
    layers, errors = descend(
        np.ascontiguousarray(counts.array),
        raster,
        ShiftedProbe.of(probe, raster, (rows, columns), camera),
        np.ones((slices, *raster.shape), dtype=np.complex64),
        iterations=whole(settings.iterations),
        step_size=number(settings.step_size),
        batch=whole(settings.batch),
        floor=number(settings.normalization_min),
        object_type="phase",
        tolerance=0.0,
        rng=np.random.RandomState(stream(seed)),
        threads=thread_count(),
        gap=propagator(raster.pixels, raster.sampling, acquisition.energy, slab),
    )
    return finished(
        method="multislice_ptychography",
        transmission=raster.crop(np.prod(layers, axis=0)),
        sampling=(raster.sampling, raster.sampling),
        settings=settings,
        known=("probe", "positions", "camera centre"),
        errors=errors,
        extra={"thickness": thickness, "seed": seed},
    )
