"""The fast paths against py4DSTEM's own classes on the same counts."""

from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from py4DSTEM.process.phase import DPC, Parallax, SingleslicePtychography

from beamopt.measurement import Counts
from beamopt.reconstruct.datacube import KNOWN_GEOMETRY, as_datacube, camera_centre, padded
from beamopt.reconstruct.descent import descend
from beamopt.reconstruct.icom import integrated_phase
from beamopt.reconstruct.isolation import isolated, stream
from beamopt.reconstruct.parallax import aligned_bright_field
from beamopt.reconstruct.probe import known_probe, mean_electrons
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.shifted_probe import ShiftedProbe
from beamopt.reconstruct.stock import run_singleslice
from reconstruct.forward_model import acquisition, exposed

STEPS = (0.9, 1.05)
SCAN = (20, 17)
DEFOCUS = 300.0


@pytest.fixture(scope="module")
def counts() -> Counts:
    return exposed(acquisition(DEFOCUS, dose=200.0), STEPS, SCAN, np.random.default_rng(0), height=0.3)


def fast(
    counts: Counts,
    *,
    object_type: Literal["phase", "complex"] = "phase",
    floor: float = 1.0,
    batch: int = 50,
    iterations: int = 8,
    tolerance: float = 0.0,
    threads: int = 1,
) -> tuple[NDArray[np.complex64], tuple[float, ...]]:
    a = acquisition(DEFOCUS)
    raster = Raster.of(counts, a)
    probe = known_probe(a, raster.pixels, counts.angular_sampling, defocus=DEFOCUS, electrons=mean_electrons(counts))
    return descend(
        counts.array,
        raster,
        ShiftedProbe.of(probe, raster, SCAN, counts.array.shape[-1]),
        np.ones(raster.shape, dtype=np.complex64),
        iterations=iterations,
        step_size=0.5,
        batch=batch,
        floor=floor,
        object_type=object_type,
        tolerance=tolerance,
        rng=np.random.RandomState(stream(1)),
        threads=threads,
    )


def stock(counts: Counts, **descent: object) -> SingleslicePtychography:
    a = acquisition(DEFOCUS)
    raster = Raster.of(counts, a)
    arguments: dict[str, object] = {
        "num_iter": 8,
        "max_batch_size": 50,
        "step_size": 0.5,
        "normalization_min": 1.0,
        "fix_probe": True,
        "pure_phase_object": True,
    }
    initial = np.ones(raster.shape, dtype=np.complex64)
    return run_singleslice(counts, a, raster, defocus=DEFOCUS, seed=1, initial=initial, **(arguments | descent))


@pytest.mark.parametrize(("object_type", "floor"), [("phase", 1.0), ("complex", 1.0), ("phase", 0.3)])
def test_object_and_error_history_are_those_of_py4dstem(
    counts: Counts, object_type: Literal["phase", "complex"], floor: float
) -> None:
    theirs = stock(counts, pure_phase_object=object_type == "phase", normalization_min=floor)
    image, errors = fast(counts, object_type=object_type, floor=floor)
    assert np.allclose(errors, theirs.error_iterations, rtol=1e-5)
    crop = Raster.of(counts, acquisition(DEFOCUS)).crop
    assert np.abs(crop(image) - crop(theirs.object)).max() < 1e-4
    assert np.abs(crop(image) - 1).max() > 0.05


def test_the_number_of_threads_changes_no_bit(counts: Counts) -> None:
    first, errors = fast(counts, iterations=3)
    second, again = fast(counts, iterations=3, threads=3)
    assert first.tobytes() == second.tobytes()
    assert errors == again


@pytest.mark.parametrize("batch", [1, 7, 10_000])
def test_any_batch_serves(counts: Counts, batch: int) -> None:
    _, errors = fast(counts, batch=batch, iterations=2)
    assert errors[1] < errors[0]


def test_a_tolerance_stops_the_descent_where_the_error_stalls(counts: Counts) -> None:
    _, whole = fast(counts, iterations=12)
    image, stopped = fast(counts, iterations=12, tolerance=0.01)
    gains = [1 - later / earlier for earlier, later in pairwise(whole)]
    first = next(i for i, gain in enumerate(gains) if gain < 0.01) + 2
    assert len(stopped) == first < 12
    assert image.tobytes() == fast(counts, iterations=first)[0].tobytes()


def test_patterns_are_not_shifted_at_twenty_electrons() -> None:
    """py4DSTEM by itself would fit the centres of mass of the noise and move every pattern by the fit."""
    a = acquisition(DEFOCUS, dose=20.0)
    few = exposed(a, STEPS, (6, 5), np.random.default_rng(3), height=0.3)
    solver = stock(few, num_iter=1)
    dark = padded(few, Raster.of(few, a).pixels).array
    expected = np.sqrt(np.fft.ifftshift(dark, axes=(2, 3))).reshape(30, *dark.shape[2:])
    assert np.array_equal(solver._amplitudes, expected.astype(np.float32))
    with isolated():
        loose = SingleslicePtychography(300e3, datacube=as_datacube(few), semiangle_cutoff=15, verbose=False)
        loose.preprocess(**KNOWN_GEOMETRY, plot_probe_overlaps=False)
    assert np.abs(loose._com_fitted_x - few.array.shape[-1] // 2).max() > 0.2


def test_positions_and_probe_are_ours_to_the_last_pixel(counts: Counts) -> None:
    solver = stock(counts, num_iter=1)
    raster = Raster.of(counts, acquisition(DEFOCUS))
    assert np.abs(solver._positions_px - raster.positions).max() < 1e-4
    assert solver._object.shape == raster.shape
    assert solver.sampling == pytest.approx((raster.sampling,) * 2, rel=1e-6)


def test_parallax_is_that_of_py4dstem_with_the_known_shifts() -> None:
    a = acquisition(DEFOCUS)
    steps = (1.0, 1.0)  # stock knows one step for both axes
    square = exposed(acquisition(DEFOCUS, dose=1e6), steps, SCAN, height=0.1)
    pixels = square.array.shape[-1]
    angle = (np.arange(pixels) - pixels // 2) * square.angular_sampling
    disc = np.hypot(angle[:, None], angle[None, :]) <= a.semiangle_cutoff
    with isolated():
        solver = Parallax(300e3, datacube=as_datacube(square), verbose=False, object_padding_px=(12, 12))
        solver.preprocess(
            edge_blend=0.5, dp_mask=disc, normalize_images=False, defocus_guess=DEFOCUS, plot_average_bf=False
        )
        solver.subpixel_alignment(kde_upsample_factor=2, plot_upsampled_BF_comparison=False, progress_bar=False)
    theirs = solver._recon_BF_subpixel_aligned[12 : 12 + 2 * SCAN[0], 12 : 12 + 2 * SCAN[1]]
    spectrum = aligned_bright_field(square, a, defocus=DEFOCUS, upsampling=2)
    ours = np.fft.ifft2(spectrum).real[: 2 * SCAN[0], : 2 * SCAN[1]]
    inner = slice(10, -10)
    assert np.corrcoef(ours[inner, inner].ravel(), theirs[inner, inner].ravel())[0, 1] > 0.97
    assert ours[inner, inner].std() == pytest.approx(theirs[inner, inner].std() / theirs.mean(), rel=0.25)


def test_icom_is_the_converged_dpc_of_py4dstem_at_low_frequencies() -> None:
    """Stock central differences agree with the true gradient where the object is smooth on the step."""
    a = acquisition(0.0, dose=1e7)
    smooth = exposed(a, (0.5, 0.5), (36, 34), height=0.1, width=2.5)
    with isolated():
        solver = DPC(as_datacube(smooth), energy=300e3, verbose=False)
        centre = camera_centre(smooth)["force_com_shifts"]
        solver.preprocess(**KNOWN_GEOMETRY, force_com_shifts=centre)
        solver.reconstruct(max_iter=200, progress_bar=False)
    theirs = 2 * np.pi * solver.object_phase
    ours, _ = integrated_phase(smooth, a, 64)
    assert np.abs(ours - (theirs - theirs.mean())).max() < 0.02 * np.ptp(ours)
