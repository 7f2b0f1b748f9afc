"""Single-slice ptychography: the fast descent with a known probe, py4DSTEM's own class with an unknown one."""

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.descent import descend
from beamopt.reconstruct.image import finished
from beamopt.reconstruct.isolation import stream
from beamopt.reconstruct.probe import known_probe, mean_electrons
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.settled import number, whole
from beamopt.reconstruct.shifted_probe import ShiftedProbe
from beamopt.reconstruct.start import starting_object
from beamopt.reconstruct.stock import run_singleslice
from beamopt.spec import PtychographySettings
from beamopt.threads import thread_count

__all__ = ["ptychography"]

_UPDATES_PER_PASS = 8
"""Within 15 % of the best information that 3 to 20 reach for steps of 0.5 to 3 Å and 20 to 500 e/Å², measured."""


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
    solve = _blind if settings.blind_probe else _known
    raster = Raster.of(counts, acquisition)
    image, errors = solve(counts, acquisition, raster, settings, defocus=acquisition.defocus - thickness / 2, seed=seed)
    return finished(
        method="ptychography",
        transmission=raster.crop(image),
        sampling=(raster.sampling, raster.sampling),
        settings=settings,
        known=("positions", "camera centre") if settings.blind_probe else ("probe", "positions", "camera centre"),
        errors=errors,
        extra={"thickness": thickness, "seed": seed},
    )


def _known(
    counts: Counts,
    acquisition: Acquisition,
    raster: Raster,
    settings: PtychographySettings,
    *,
    defocus: float,
    seed: int,
) -> tuple[NDArray[np.complex64], tuple[float, ...]]:
    """The fast descent with the probe of the acquisition."""
    rows, columns, pixels, _ = counts.array.shape
    probe = known_probe(acquisition, pixels, counts.angular_sampling, defocus=defocus, electrons=mean_electrons(counts))
    return descend(
        np.ascontiguousarray(counts.array),
        raster,
        ShiftedProbe.of(probe, raster, (rows, columns)),
        starting_object(counts, acquisition, raster, start=settings.start, defocus=defocus),
        iterations=whole(settings.iterations),
        step_size=number(settings.step_size),
        batch=_batch(counts, settings),
        floor=settings.normalization_min,
        object_type=settings.object_type,
        tolerance=settings.tolerance,
        rng=np.random.RandomState(stream(seed)),
        threads=thread_count(),
    )


def _blind(
    counts: Counts,
    acquisition: Acquisition,
    raster: Raster,
    settings: PtychographySettings,
    *,
    defocus: float,
    seed: int,
) -> tuple[NDArray[np.complex64], tuple[float, ...]]:
    """py4DSTEM's own class, beginning with the probe of the acquisition."""
    solver = run_singleslice(
        counts,
        acquisition,
        raster,
        defocus=defocus,
        seed=seed,
        initial=starting_object(counts, acquisition, raster, start=settings.start, defocus=defocus),
        num_iter=whole(settings.iterations),
        step_size=number(settings.step_size),
        max_batch_size=_batch(counts, settings),
        normalization_min=settings.normalization_min,
        fix_probe=False,
        pure_phase_object=settings.object_type == "phase",
    )
    return solver.object, tuple(float(e) for e in solver.error_iterations)


def _batch(counts: Counts, settings: PtychographySettings) -> int:
    """Patterns per update: those asked for, or a share of the scan."""
    patterns = counts.array.shape[0] * counts.array.shape[1]
    return settings.batch or -(-patterns // _UPDATES_PER_PASS)
