"""What every reconstruction method owes, whichever it is."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.registration import phase_cross_correlation

from beamopt.errors import EvaluationError, InputError
from beamopt.measurement import Counts, Reconstruction
from beamopt.reconstruct import RECONSTRUCTORS, reconstruct
from beamopt.reconstruct.image import finished
from beamopt.spec import METHODS, MethodSettings, Range
from reconstruct.forward_model import acquisition, exposed, three_gaussians

STEPS = (0.9, 1.05)
SCAN = (26, 20)
QUICK: dict[str, dict[str, int]] = {
    "ptychography": {"iterations": 2},
    "multislice_ptychography": {"iterations": 2, "slices": 2},
}
ENOUGH = {"iterations": 8}  # passes for an image of the right place


def settings(method: str, **more: int) -> MethodSettings:
    return METHODS[method].model_validate(QUICK.get(method, {}) | more)


def image(
    method: str, counts: Counts, defocus: float, thickness: float = 0.0, made_by: MethodSettings | None = None
) -> Reconstruction:
    how = made_by or settings(method)
    return reconstruct(counts, acquisition(defocus), method, how, thickness=thickness, seed=3)


def truth(made: Reconstruction, counts: Counts, height: float) -> NDArray[np.float64]:
    x, y = (made.origin[i] + np.arange(made.transmission.shape[i]) * made.sampling[i] for i in (0, 1))
    return three_gaussians(x, y, counts.field, height=height, width=1.2)


@pytest.mark.parametrize("method", RECONSTRUCTORS)
@pytest.mark.parametrize(("defocus", "thickness"), [(0.0, 0.0), (300.0, 0.0), (-250.0, 0.0), (300.0, 120.0)])
def test_a_weak_object_returns_where_it_was_and_upright(method: str, defocus: float, thickness: float) -> None:
    counts = exposed(acquisition(defocus, dose=1e7), STEPS, SCAN, thickness=thickness)
    made = image(method, counts, defocus, thickness, settings(method, **(ENOUGH if METHODS[method].iterative else {})))
    if method == "parallax" and defocus == 0:  # no contrast in focus, but an image
        assert np.isfinite(made.transmission).all()
        return
    expected = truth(made, counts, 0.1)
    seen = np.angle(made.transmission)
    seen = seen - seen.mean()
    correlation = np.corrcoef(seen.ravel(), expected.ravel())[0, 1]
    found = phase_cross_correlation(expected - expected.mean(), seen, upsample_factor=50, normalization=None)  # type: ignore[no-untyped-call]
    shift = found[0]
    assert np.abs(shift * np.asarray(made.sampling)).max() < 0.1 * max(made.sampling)
    for moved in (expected[::-1], expected[:, ::-1], expected[::-1, ::-1]):
        assert correlation > 0.1 + np.corrcoef(seen.ravel(), moved.ravel())[0, 1]
    assert correlation > 0.55


@pytest.mark.parametrize("method", RECONSTRUCTORS)
def test_vacuum_is_flat(method: str) -> None:
    counts = exposed(acquisition(200.0, dose=1e7), STEPS, SCAN, height=0.0)
    phase = np.angle(image(method, counts, 200.0).transmission)
    assert phase.std() < 2e-3


@pytest.mark.parametrize("method", RECONSTRUCTORS)
@pytest.mark.parametrize("dose", [0.5, 20.0])
def test_same_counts_same_image_and_nothing_else_touched(method: str, dose: float) -> None:
    a = acquisition(200.0, dose=dose)
    counts = exposed(a, STEPS, SCAN, np.random.default_rng(5))
    before = counts.array.copy()
    np.random.seed(11)  # noqa: NPY002
    expected = np.random.random(4)  # noqa: NPY002
    np.random.seed(11)  # noqa: NPY002
    first, second = image(method, counts, 200.0), image(method, counts, 200.0)
    assert np.array_equal(np.random.random(4), expected)  # noqa: NPY002
    assert first.transmission.tobytes() == second.transmission.tobytes()
    assert first.errors == second.errors
    assert np.array_equal(counts.array, before)
    assert np.isfinite(first.transmission).all()
    assert np.mean(np.abs(first.transmission) ** 2) < 1 + 1e-5, "no more electrons leave than came"


@pytest.mark.parametrize("method", RECONSTRUCTORS)
def test_no_electrons_at_all_is_an_empty_image(method: str) -> None:
    counts = exposed(acquisition(200.0, dose=1e-9), STEPS, (8, 8), np.random.default_rng(5))
    assert counts.array.sum() == 0
    assert np.ptp(np.angle(image(method, counts, 200.0).transmission)) < 1e-6


@pytest.mark.parametrize("method", RECONSTRUCTORS)
def test_the_image_covers_the_scanned_field(method: str) -> None:
    counts = exposed(acquisition(200.0, dose=100.0), STEPS, SCAN, np.random.default_rng(5))
    made = image(method, counts, 200.0)
    for axis in (0, 1):
        extent = made.transmission.shape[axis] * made.sampling[axis]
        assert 0 <= extent - counts.field[axis] < made.sampling[axis] * (1 + 1e-9)
    assert made.transmission.dtype == np.complex64
    assert set(settings(method).model_dump()) | {"seed", "thickness"} <= set(made.settings)


def test_settings_of_another_method_are_refused() -> None:
    counts = exposed(acquisition(200.0, dose=100.0), STEPS, (4, 4), np.random.default_rng(5))
    with pytest.raises(InputError, match="give IcomSettings"):
        reconstruct(counts, acquisition(), "icom", settings("parallax"), thickness=0, seed=1)
    with pytest.raises(InputError, match="use ptychography"):
        reconstruct(counts, acquisition(), "magic", settings("parallax"), thickness=0, seed=1)
    for one, other in permutations(METHODS, 2):
        with pytest.raises(InputError, match=f"{one}: settings are {METHODS[other].__name__}"):
            reconstruct(counts, acquisition(), one, METHODS[other](), thickness=0, seed=1)
    ranged = METHODS["ptychography"].model_validate({"step_size": Range(low=0.1, high=0.5)})
    with pytest.raises(InputError, match="step_size is a range"):
        reconstruct(counts, acquisition(), "ptychography", ranged, thickness=0, seed=1)


def test_a_diverged_image_is_an_error_that_says_so() -> None:
    with pytest.raises(EvaluationError, match="ptychography: the image diverged"):
        finished(
            method="ptychography",
            transmission=np.full((2, 2), np.nan + 0j),
            sampling=(1.0, 1.0),
            settings=settings("ptychography"),
            known=(),
            extra={},
        )
