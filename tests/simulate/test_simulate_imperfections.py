"""Partial coherence, fading and a blurred camera against brute force, closed forms and the perfect session."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.damage import Fading, amplitude_attenuation
from beamopt.measurement import Expectation
from beamopt.simulate import PERFECT, Imperfections
from beamopt.simulate.camera import Camera
from beamopt.simulate.crystal import CrystalEngine, build_matrix
from beamopt.simulate.modes import TOLERANCE
from beamopt.simulate.point_spread import pixel_kernel, spread
from simulate.simulate_cases import lopsided, prepare, setting

ACQUISITION = setting(scan_sampling=0.3, dose_per_area=100.0)
"""Finer than λ/(4α) = 0.33 Å: every Fourier component of the scan is on the grid."""


@cache
def engine() -> CrystalEngine:
    setup = prepare(lopsided())
    return CrystalEngine(setup, build_matrix(setup))


@cache
def seen(imperfections: Imperfections = PERFECT, acquisition: Acquisition = ACQUISITION) -> Expectation:
    return engine().expectation(acquisition, imperfections)


def off(found: NDArray[np.float32], wanted: NDArray[np.floating]) -> float:
    """Largest difference over the largest value."""
    return float(np.max(np.abs(found - wanted)) / np.max(wanted))


def test_the_perfect_session_is_the_default_to_the_last_bit() -> None:
    np.testing.assert_array_equal(seen().array, engine().expectation(ACQUISITION).array)


@pytest.mark.parametrize("almost", [{"source_size": 1e-6}, {"focal_spread": 1e-6}, {"fading": "none"}])
def test_small_imperfections_tend_to_the_perfect_session(almost: dict[str, object]) -> None:
    fading = Fading(value=1e12, source="test", status="guess")
    given: dict[str, object] = {"fading": fading} if "fading" in almost else almost
    assert off(seen(Imperfections(**given)).array, seen().array) < 2e-4  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [0.3, 2.0])
def test_a_source_is_the_mean_over_displaced_probes(step: float) -> None:
    """Brute force over 7 × 7 displacements; also where the scan itself is coarser than λ/(4α)."""
    acquisition, deviation = setting(scan_sampling=step), 0.25
    blurred = seen(Imperfections(source_size=deviation), acquisition)
    nodes, weights = np.polynomial.hermite_e.hermegauss(7)
    weights /= weights.sum()
    nx, ny = (2 * blurred.array.shape[0] // 3, 1)
    x, y = np.arange(nx) * blurred.scan_sampling[0], np.arange(ny) * blurred.scan_sampling[1]
    mean = np.zeros((nx, ny, 48, 48))
    for (dx, wx), (dy, wy) in (
        (a, b) for a in zip(nodes, weights, strict=True) for b in zip(nodes, weights, strict=True)
    ):
        mean += wx * wy * patterns_at(acquisition, x + deviation * dx, y + deviation * dy)
    assert off(blurred.array[:nx, :ny], mean) < (3e-4 if step == 0.3 else 3 * TOLERANCE)


def patterns_at(acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float32]:
    patterns = np.empty((len(x), len(y), 48, 48), np.float32)
    block = engine().setup.block(acquisition.detector_outer)
    beams = engine().exit_beams(acquisition, x, y, block)
    Camera.of(acquisition, 48).collect(beams[None], block, (x, y), patterns)
    return patterns


@pytest.mark.parametrize(
    "imperfections",
    [
        Imperfections(source_size=0.2),
        Imperfections(fading=Fading(value=40.0, source="test", status="guess")),
        Imperfections(fading=Fading(value=40.0, shape="protein", reference=0.3, source="test", status="guess")),
        Imperfections(
            source_size=0.1, fading=Fading(value=40.0, shape="power", reference=0.3, source="test", status="guess")
        ),
    ],
)
def test_every_fourier_component_of_the_scan_is_multiplied_by_its_transfer(imperfections: Imperfections) -> None:
    perfect, found = seen(), seen(imperfections)
    before, after = (np.fft.fft2(e.array.astype(np.float64), axes=(0, 1)) for e in (perfect, found))
    q = [np.fft.fftfreq(n, s) for n, s in zip(perfect.array.shape[:2], perfect.scan_sampling, strict=True)]
    transfer = imperfections.transfer(np.hypot(q[0][:, None], q[1][None, :]), ACQUISITION)
    error = np.abs(after - before * transfer[:, :, None, None])
    assert np.max(error) < 1e-3 * np.max(np.abs(before[1:, 1:]))


def test_damage_takes_the_structure_and_leaves_the_electrons() -> None:
    fading = Fading(value=40.0, source="test", status="guess")
    perfect, faded = seen().array, seen(Imperfections(fading=fading)).array
    left = float(amplitude_attenuation(100.0, 40.0))
    mean = perfect.mean(axis=(0, 1))
    assert off(faded, mean + left * (perfect - mean)) < 3e-4
    assert faded.sum() == pytest.approx(perfect.sum(), rel=1e-4)


def test_damage_depends_on_the_dose_and_the_voltage() -> None:
    fading = Imperfections(fading=Fading(value=40.0, energy=300e3, source="test", status="guess"))
    left = [float(fading.transfer(0.5, setting(dose_per_area=dose))) for dose in (1.0, 40.0, 400.0)]
    assert left == sorted(left, reverse=True)
    assert float(fading.transfer(0.5, setting(energy=80e3))) < float(fading.transfer(0.5, setting()))


@pytest.mark.parametrize("focal_spread", [20.0, 60.0])
def test_focal_spread_is_the_mean_over_many_defoci(focal_spread: float) -> None:
    at = np.linspace(-4, 4, 33)
    weights = np.exp(-(at**2) / 2) / np.exp(-(at**2) / 2).sum()
    x = y = np.array([0.0, 1.7])
    mean = sum(
        w * patterns_at(replace(ACQUISITION, defocus=100 + focal_spread * z), x, y)
        for z, w in zip(at, weights, strict=True)
    )
    whole = seen(Imperfections(focal_spread=focal_spread)).array
    assert off(whole[:1, :1], np.asarray(mean)[:1, :1]) < 1e-3


@given(deviation=st.floats(0.02, 3))
def test_point_spread_keeps_electrons_in_place_and_in_number(deviation: float) -> None:
    kernel = pixel_kernel(deviation)
    assert kernel.sum() == pytest.approx(1)
    assert np.all(kernel >= -1e-12)
    np.testing.assert_allclose(kernel, kernel[::-1], atol=1e-12)


def test_point_spread_widens_by_its_own_variance() -> None:
    # A point blurred by the Gaussian and by two pixels: σ² + 2/12.
    patterns = np.zeros((1, 2, 64, 64), np.float32)
    patterns[:, :, 32, 30] = 1
    spread(patterns, 1.5)
    at = np.arange(64) - np.array([[32], [30]])
    lines = patterns[0, 1].sum(1), patterns[0, 1].sum(0)
    for line, place in zip(lines, at, strict=True):
        assert line @ place == pytest.approx(0, abs=1e-5)
        assert line @ place**2 == pytest.approx(1.5**2 + 1 / 6, rel=1e-4)


def test_a_blurred_camera_counts_as_many_electrons() -> None:
    blurred = seen(Imperfections(point_spread=0.8)).array
    np.testing.assert_allclose(blurred.sum(axis=(2, 3)), seen().array.sum(axis=(2, 3)), rtol=1e-5)
    assert blurred.max() < 0.99 * seen().array.max()
