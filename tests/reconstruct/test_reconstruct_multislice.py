"""The fast multislice descent against py4DSTEM's own class on the same counts, and what several slices are for."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from py4DSTEM.process.phase import MultislicePtychography

from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct import reconstruct
from beamopt.reconstruct.datacube import padded
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.slabs import propagator
from beamopt.reconstruct.stock import _common, _solve
from beamopt.spec import METHODS
from reconstruct.forward_model import acquisition, exposed

STEPS = (0.9, 1.05)
SCAN = (20, 17)
THICKNESS = 240.0


def cube(defocus: float, dose: float) -> Counts:
    a = acquisition(defocus, dose=dose)
    return exposed(a, STEPS, SCAN, np.random.default_rng(0), height=0.3, thickness=THICKNESS)


def fast(counts: Counts, defocus: float, **more: Any) -> Reconstruction:
    settings = METHODS["multislice_ptychography"].model_validate({"iterations": 3, "batch": 50} | more)
    return reconstruct(counts, acquisition(defocus), "multislice_ptychography", settings, thickness=THICKNESS, seed=3)


def stock(counts: Counts, defocus: float, slices: int) -> tuple[NDArray[np.complex64], list[float]]:
    a, slab = acquisition(defocus), THICKNESS / slices
    raster = Raster.of(counts, a)
    counts = padded(counts, raster.pixels)
    initial = np.ones((slices, *raster.shape), dtype=np.complex64)
    common = _common(counts, a, raster, defocus - slab / 2, initial)
    solver = MultislicePtychography(num_slices=slices, slice_thicknesses=slab, **common)
    descent: dict[str, object] = {
        "num_iter": 3,
        "step_size": 0.5,
        "max_batch_size": 50,
        "normalization_min": 0.5,
        "fix_probe": True,
        "pure_phase_object": True,
        "kz_regularization_filter": False,
        "tv_denoise_chambolle": False,
    }
    _solve(solver, counts, 3, descent)
    return raster.crop(np.prod(solver.object, axis=0)), [float(e) for e in solver.error_iterations]


@pytest.mark.parametrize(("defocus", "dose", "slices"), [(300.0, 200.0, 2), (-250.0, 1e5, 3)])
def test_object_and_error_history_are_those_of_py4dstem(defocus: float, dose: float, slices: int) -> None:
    counts = cube(defocus, dose)
    theirs, errors = stock(counts, defocus, slices)
    ours = fast(counts, defocus, slices=slices)
    assert np.allclose(ours.errors, errors, rtol=1e-4)
    assert np.abs(ours.transmission - theirs).max() < 1e-4
    assert np.abs(theirs - 1).max() > 0.05


def test_the_number_of_threads_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = cube(300.0, 200.0)
    first = fast(counts, 300.0, slices=2)
    monkeypatch.setattr("beamopt.reconstruct.multislice_ptychography.thread_count", lambda: 3)
    assert fast(counts, 300.0, slices=2).transmission.tobytes() == first.transmission.tobytes()


def test_there_and_back_is_where_one_was() -> None:
    gap = propagator(32, 0.4, 300e3, 50.0)
    assert np.allclose(gap * propagator(32, 0.4, 300e3, -50.0), 1, atol=1e-6)
    assert np.allclose(gap * gap, propagator(32, 0.4, 300e3, 100.0), atol=1e-5)
