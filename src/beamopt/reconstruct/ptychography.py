"""Single-slice ptychography: the fast descent with a known probe, py4DSTEM's own class with an unknown one."""

from functools import partial
from importlib import import_module
from typing import NamedTuple, Self

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
from beamopt.reconstruct.start import starting_objects
from beamopt.spec import PtychographySettings
from beamopt.threads import thread_count

__all__ = ["ptychography"]

_FEW_ELECTRONS = 30.0
"""Electrons per resolved detail, 1/(4πk0²) of area, below which an update is mostly noise."""


class _Tempo(NamedTuple):
    """How a descent is paced.

    Parameters
    ----------
    updates
        Updates of one pass.
    least
        Passes before the tolerance may stop it.
    heat
        Passes after which one of two starts is dropped. The integrated centre of mass helps at low frequencies, where
        the descent is slow, and ruins the image where a coarse step aliases it. The start that described the patterns
        better by then led to the better image in 14 of 16 settings of UiO-66 and MoS2 (4.3 against 3.1 bits/Å² with
        it, 5.5 against 0.01 without it); in the others it lost 2 and 11 %.
    settling
        Passes at the end with a quarter of the scan per update. An update keeps the noise of its own electrons, and
        many small ones leave more of it: two such passes add 40 % of information on graphene at 1e4 e/Å², 5 to 7 % on
        SrTiO3 from 1e3 to 1e5 e/Å², 2 to 4 % on UiO-66 and MoS2.
    patience
        Tolerances that a pass must gain to go on; few electrons leave the error to their own noise.
    """

    updates: int
    least: int
    heat: int
    settling: int
    patience: float

    @classmethod
    def of(cls, acquisition: Acquisition) -> Self:
        """Few and large updates where electrons are few; more of them reach the same image in fewer passes elsewhere.

        On SrTiO3 and UiO-66 with 40 to 14,000 electrons per detail 8 to 16 updates reach 95 % of their best within 5 to
        10 passes; with 1 to 16 electrons four updates give up to twice the information of eight, and most of it within
        8 passes.
        """
        details = 4 * np.pi * acquisition.cutoff**2  # modes within 2·k0, per area
        few = acquisition.dose_per_area < _FEW_ELECTRONS * details
        return cls(4, 8, 3, 0, 3.0) if few else cls(16, 5, 1, 2, 1.0)


def ptychography(
    counts: Counts, acquisition: Acquisition, settings: PtychographySettings, *, thickness: float, seed: int
) -> Reconstruction:
    """Object at mid-thickness by gradient descent on the amplitude misfit, batch by batch.

    Its grid holds all that the camera can see (`probe.wave_pixels`), whatever the camera's edge; beside the camera the
    waves are taken as dark, except where the probe's own disc lies. Leaving them free instead costs half of the
    information at 300 e/Å² (2.58 against 1.15 bits/Å² on 12 Å of SrTiO3).

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
        Transmission of the scanned field; its settings say which start was ``begun`` from.
    """
    solve = _blind if settings.blind_probe else _known
    raster = Raster.of(counts, acquisition)
    image, errors, begun = solve(
        counts, acquisition, raster, settings, defocus=acquisition.defocus - thickness / 2, seed=seed
    )
    return finished(
        method="ptychography",
        transmission=raster.crop(image),
        sampling=(raster.sampling, raster.sampling),
        settings=settings,
        known=("positions", "camera centre") if settings.blind_probe else ("probe", "positions", "camera centre"),
        errors=errors,
        extra={"thickness": thickness, "seed": seed, "begun": begun},
    )


def _known(
    counts: Counts,
    acquisition: Acquisition,
    raster: Raster,
    settings: PtychographySettings,
    *,
    defocus: float,
    seed: int,
) -> tuple[NDArray[np.complex64], tuple[float, ...], str]:
    """The fast descent with the probe of the acquisition, from the start that describes the patterns better."""
    rows, columns, camera, _ = counts.array.shape
    electrons, tempo = mean_electrons(counts), _Tempo.of(acquisition)
    batch = _batch(counts, tempo, settings)
    probe = known_probe(acquisition, raster.pixels, counts.angular_sampling, defocus=defocus, electrons=electrons)
    go = partial(
        descend,
        np.ascontiguousarray(counts.array),
        raster,
        ShiftedProbe.of(probe, raster, (rows, columns), camera),
        step_size=number(settings.step_size),
        batch=batch,
        floor=number(settings.normalization_min),
        object_type="complex" if settings.object_type == "complex" else "phase",
        tolerance=tempo.patience * number(settings.tolerance),
        threads=thread_count(),
    )
    starts = starting_objects(counts, acquisition, raster, start=settings.start, defocus=defocus)
    passes = whole(settings.iterations)
    heat = min(tempo.heat, passes) if len(starts) > 1 else 0
    heats = {}
    for name, initial in starts.items():
        rng = np.random.RandomState(stream(seed))
        heats[name] = (*go(initial, iterations=heat, least=heat, rng=rng), rng)
    begun = min(heats, key=lambda name: heats[name][1][-1:])
    image, errors, rng = heats[begun]
    settling = tempo.settling if settings.batch is None and passes > tempo.least else 0
    for count, patterns in ((passes - heat - settling, batch), (settling, _share(counts, 4))):
        if count > 0:
            image, later = go(image, iterations=count, least=tempo.least - len(errors), batch=patterns, rng=rng)
            errors = (*errors, *later)
    return image, errors, begun


def _blind(
    counts: Counts,
    acquisition: Acquisition,
    raster: Raster,
    settings: PtychographySettings,
    *,
    defocus: float,
    seed: int,
) -> tuple[NDArray[np.complex64], tuple[float, ...], str]:
    """py4DSTEM's own class, beginning with the probe of the acquisition."""
    run_singleslice = import_module("beamopt.reconstruct.stock").run_singleslice  # py4DSTEM takes seconds to import
    begun, initial = starting_objects(counts, acquisition, raster, start=settings.start, defocus=defocus).popitem()
    solver = run_singleslice(
        counts,
        acquisition,
        raster,
        defocus=defocus,
        seed=seed,
        initial=initial,
        num_iter=whole(settings.iterations),
        step_size=number(settings.step_size),
        max_batch_size=_batch(counts, _Tempo.of(acquisition), settings),
        normalization_min=number(settings.normalization_min),
        fix_probe=False,
        pure_phase_object=settings.object_type != "complex",
    )
    return solver.object, tuple(float(e) for e in solver.error_iterations), begun


def _batch(counts: Counts, tempo: _Tempo, settings: PtychographySettings) -> int:
    """Patterns per update: those asked for, or a share of the scan."""
    return _share(counts, tempo.updates) if settings.batch is None else whole(settings.batch)


def _share(counts: Counts, updates: int) -> int:
    """Patterns of each of so many updates in a pass."""
    patterns = int(counts.array.shape[0] * counts.array.shape[1])
    return -(-patterns // updates)
