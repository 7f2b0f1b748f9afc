"""py4DSTEM's own ptychography class, driven with everything known and nothing left to its defaults."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from py4DSTEM.process.phase import SingleslicePtychography

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts
from beamopt.reconstruct.datacube import KNOWN_GEOMETRY, as_datacube, camera_centre, padded
from beamopt.reconstruct.isolation import isolated, stream
from beamopt.reconstruct.probe import known_probe, mean_electrons
from beamopt.reconstruct.raster import Raster

__all__ = ["run_singleslice"]

_NO_CONSTRAINTS: dict[str, Any] = {
    "fix_positions": True,
    "gaussian_filter": False,
    "butterworth_filter": False,
    "tv_denoise": False,
    "object_positivity": False,
    "shrinkage_rad": 0.0,
    "fix_potential_baseline": False,
}


def run_singleslice(
    counts: Counts,
    acquisition: Acquisition,
    raster: Raster,
    *,
    defocus: float,
    seed: int,
    initial: NDArray[np.complex64],
    **descent: object,
) -> SingleslicePtychography:
    """Run `SingleslicePtychography` and return the instance.

    Parameters
    ----------
    counts, acquisition, raster
        The data and where they lie.
    defocus
        Defocus of the probe at the object plane [Å].
    seed
        Order of the batches.
    initial
        Starting object, complex64 of ``raster.shape``.
    **descent
        Arguments of py4DSTEM's ``reconstruct``.
    """
    counts = padded(counts, raster.pixels)
    solver = SingleslicePtychography(**_common(counts, acquisition, raster, defocus, initial))
    _solve(solver, counts, seed, descent)
    return solver


def _common(
    counts: Counts, acquisition: Acquisition, raster: Raster, defocus: float, initial: NDArray[np.complex64]
) -> dict[str, Any]:
    """Constructor arguments of py4DSTEM's ptychography classes."""
    pixels = raster.pixels
    electrons = mean_electrons(counts)
    return {
        "energy": acquisition.energy,
        "datacube": as_datacube(counts),
        "semiangle_cutoff": acquisition.semiangle_cutoff,
        "polar_parameters": {"C10": -defocus, "C30": acquisition.spherical_aberration},
        "initial_probe_guess": known_probe(
            acquisition, pixels, counts.angular_sampling, defocus=defocus, electrons=electrons
        ),
        "initial_object_guess": initial,
        "initial_scan_positions": (raster.positions - raster.margin) * raster.sampling,
        "object_padding_px": ((raster.margin, pixels - raster.margin),) * 2,
        "object_type": "complex",
        "verbose": False,
        "device": "cpu",
    }


def _solve(solver: SingleslicePtychography, counts: Counts, seed: int, descent: dict[str, object]) -> None:
    """Preprocess and reconstruct without touching the process."""
    with isolated():
        solver.preprocess(
            **KNOWN_GEOMETRY,
            **camera_centre(counts),
            object_fov_mask=True,
            plot_probe_overlaps=False,
            center_positions_in_fov=False,
            store_initial_arrays=False,
        )
        solver.reconstruct(seed_random=stream(seed), progress_bar=False, reset=None, **(_NO_CONSTRAINTS | descent))
