"""One trial as one writes it with abTEM and py4DSTEM alone; the yardstick, kept as plain as a script."""

from typing import Any

import abtem
import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.stock import run_singleslice
from beamopt.spec import PotentialSpec, PtychographySettings
from beamopt.specimen import Specimen

__all__ = ["build_smatrix", "plain_potential", "plain_ptychography", "plain_scan"]


def plain_potential(specimen: Specimen, supercell: tuple[int, int], settings: PotentialSpec) -> Any:
    """AbTEM's potential of all atoms of the window, not yet built."""
    atoms = specimen.atoms.repeat((*supercell, specimen.repeats))
    return abtem.Potential(
        atoms,
        sampling=settings.sampling,
        slice_thickness=settings.slice_thickness,
        parametrization=settings.parametrization,
        projection="infinite",
    )


def plain_scan(
    potential: Any, acquisition: Acquisition, positions: int | None = None
) -> tuple[NDArray[np.float32], float]:
    """Noise-free patterns of `Probe.scan`, resampled to square pixels.

    Parameters
    ----------
    potential
        From `plain_potential`.
    acquisition
        The setting.
    positions
        Probe positions along the first axis alone; the whole window where left out.

    Returns
    -------
    tuple
        ``(scan_x, scan_y, n, n)`` with the zero angle at ``n // 2``, and the pixel [mrad].
    """
    probe = abtem.Probe(
        energy=acquisition.energy, semiangle_cutoff=acquisition.semiangle_cutoff, defocus=acquisition.defocus
    )
    probe.grid.match(potential)
    detector = abtem.PixelatedDetector(max_angle=acquisition.detector_outer, resample="uniform")
    if positions is None:
        nx, ny = (round(side / acquisition.scan_sampling) for side in potential.extent)
        scan: Any = abtem.GridScan(start=(0, 0), end=potential.extent, gpts=(nx, ny), endpoint=False)
    else:
        along = np.arange(positions) * acquisition.scan_sampling
        scan = abtem.CustomScan(np.stack([along, np.zeros_like(along)], axis=1))
    measured: Any = probe.scan(potential, scan=scan, detectors=detector, lazy=False)
    array = np.asarray(measured.array, dtype=np.float32)
    side = min(array.shape[-2:]) // 2 * 2
    low = [n // 2 - side // 2 for n in array.shape[-2:]]
    pixel = float(measured.angular_sampling[0])
    return array[..., low[0] : low[0] + side, low[1] : low[1] + side], pixel


def plain_ptychography(
    counts: Counts, acquisition: Acquisition, settings: PtychographySettings, thickness: float
) -> Reconstruction:
    """py4DSTEM's `SingleslicePtychography` with the known probe, nothing replaced."""
    raster = Raster.of(counts, acquisition)
    solver = run_singleslice(
        counts,
        acquisition,
        raster,
        defocus=acquisition.defocus - thickness / 2,
        seed=0,
        initial=np.ones(raster.shape, dtype=np.complex64),
        num_iter=settings.iterations,
        step_size=settings.step_size,
        max_batch_size=settings.batch,
        normalization_min=settings.normalization_min,
        fix_probe=True,
        pure_phase_object=settings.object_type != "complex",
    )
    return Reconstruction(
        method="plain",
        transmission=np.asarray(raster.crop(solver.object), dtype=np.complex64),
        sampling=(raster.sampling, raster.sampling),
        origin=(0.0, 0.0),
        settings={},
    )


def build_smatrix(potential: Any, energy: float, semiangle_cutoff: float) -> int:
    """Build abTEM's scattering matrix without interpolation; the number of plane waves in it."""
    matrix = abtem.SMatrix(potential=potential, energy=energy, semiangle_cutoff=semiangle_cutoff, interpolation=1)
    return int(np.asarray(matrix.build(lazy=False).array).shape[0])
