"""Optimum bright field and single sideband: noise at the linear limit, radians, orientation, upsampling."""

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.fft
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.limit import Conditions, full, linear
from beamopt.limit import single_sideband as theory
from beamopt.measurement import Counts
from beamopt.reconstruct.direct import matched, optimum_bright_field, single_sideband
from beamopt.reconstruct.sidebands import OBF, SSB

FIELD, BEAMS = 26.0, 3  # Å; beams per camera pixel along each side
GRID = 156  # object pixels along the window of 78 Å


@dataclass(frozen=True)
class Scan:
    """Counts of a known weak phase, and the probe that made them."""

    acquisition: Acquisition
    counts: Counts
    phase: NDArray[np.float64]
    probe: NDArray[np.complex128]


def scan(
    phase: NDArray[np.float64], positions: int, *, defocus: float, dose: float, rng: np.random.Generator | None
) -> Scan:
    """A forward model of its own: field-periodic object, three fields wide window, camera pixels of 3 × 3 beams."""
    a = Acquisition(
        energy=300e3,
        semiangle_cutoff=10.0,
        defocus=defocus,
        detector_outer=15.0,
        scan_sampling=FIELD / positions,
        dose_per_area=dose,
    )
    window = FIELD * BEAMS
    k = np.fft.fftfreq(GRID, window / GRID)
    radius = np.hypot(k[:, None], k[None, :])
    probe = (radius <= a.cutoff).astype(np.complex128)
    probe *= np.exp(-1j * physics.aberration_phase(radius, a.energy, defocus)) / np.sqrt(np.sum(np.abs(probe) ** 2))
    transmission = np.exp(1j * np.tile(phase, (BEAMS, BEAMS))).astype(np.complex64)
    pixels = 32
    index = np.arange(-(BEAMS * pixels // 2) - 1, BEAMS * pixels // 2 - 1) % GRID
    patterns = np.empty((positions, positions, pixels, pixels))
    turns = np.exp(-2j * np.pi * np.outer(np.arange(positions), k) * FIELD / positions)
    for i in range(positions):
        there = (probe * turns[i][:, None] * turns[:, None, :]).astype(np.complex64)
        waves = scipy.fft.fft2(scipy.fft.ifft2(there, overwrite_x=True) * transmission, overwrite_x=True)
        beams = np.abs(waves[:, index[:, None], index]) ** 2
        patterns[i] = beams.reshape(positions, pixels, BEAMS, pixels, BEAMS).sum(axis=(2, 4))
    mean = patterns * a.electrons_per_pattern
    return Scan(
        acquisition=a,
        counts=Counts(
            array=(np.rint(mean) if rng is None else rng.poisson(mean)).astype(np.uint32),
            scan_sampling=(a.scan_sampling, a.scan_sampling),
            angular_sampling=1e3 * a.wavelength / FIELD,
            electrons_per_pattern=a.electrons_per_pattern,
        ),
        phase=phase,
        probe=np.fft.fftshift(probe),
    )


def weak_phase(seed: int, spread: float = 0.03) -> NDArray[np.float64]:
    """Band-limited noise on the 52 × 52 pixels of the field."""
    n = GRID // BEAMS
    k = np.fft.fftfreq(n, FIELD / n)
    white = np.fft.fft2(np.random.default_rng(seed).standard_normal((n, n)))
    phase = np.fft.ifft2(white * np.exp(-((np.hypot(k[:, None], k[None, :]) / 0.5) ** 2))).real
    return np.asarray(spread * phase / phase.std())


@pytest.mark.parametrize("defocus", [0.0, 250.0])
def test_noise_is_the_linear_limit(defocus: float) -> None:
    """1/MSE of every mode over F is 1 within three standard errors, on Poisson counts of a weak object."""
    n = 54
    made = scan(weak_phase(1), n, defocus=defocus, dose=200.0, rng=np.random.default_rng(int(defocus)))
    sums = matched(made.counts, made.acquisition)
    true = np.fft.fft2(made.phase, norm="forward")
    rows = np.rint(np.fft.fftfreq(n, 1 / n)).astype(int)
    q = np.hypot(rows[:, None], rows[None, : n // 2 + 1]) / FIELD
    x = q / made.acquisition.cutoff
    judged = (x > 0.15) & (x < 1.8) & (rows[None, : n // 2 + 1] > 0)
    judged &= (np.abs(rows) < 26)[:, None] & (np.abs(rows[None, : n // 2 + 1]) < 26)
    half = true[np.ix_(rows % len(true), rows[: n // 2 + 1] % len(true))]
    error = (sums.signal[..., 0] / np.where(judged, sums.overlap[..., 0, 0].real, 1.0) - half)[judged]
    shifts = BEAMS * np.stack(np.broadcast_arrays(rows[:, None], rows[None, : n // 2 + 1]), axis=-1)[judged]
    number = (np.arange(GRID) - GRID // 2 + BEAMS // 2) // BEAMS + GRID
    camera = np.where(np.abs(number - GRID) < 16, number - GRID + 16, -1)
    seen = (camera[:, None] >= 0) & (camera[None, :] >= 0)
    exact = full(made.probe[None], shifts, camera=np.where(seen, 32 * camera[:, None] + camera[None, :], -1)).linear
    fisher = exact * made.acquisition.dose_per_area * FIELD**2
    ratio = 1 / float(np.mean(np.abs(error) ** 2 * fisher))
    assert ratio == pytest.approx(1.0, abs=3 / np.sqrt(error.size))
    # Edges of the overlap that cross a camera pixel cost a little: 13 pixels on the radius here.
    pixel = Conditions(angular_sampling=made.counts.angular_sampling)
    assert np.mean(exact / linear(made.acquisition, q[judged], pixel)) == pytest.approx(0.96, abs=0.03)


def test_overlap_is_the_theory(made: Scan) -> None:
    q = np.hypot(np.fft.fftfreq(54, FIELD / 54)[:, None], np.fft.rfftfreq(54, FIELD / 54)[None])
    for kernel, expected in ((OBF, linear(made.acquisition, q)), (SSB, theory(made.acquisition, q))):
        found = matched(made.counts, made.acquisition, kernel=kernel).overlap[..., 0, 0].real
        difference = (found - expected)[q > 0.05]
        assert abs(difference.mean()) < 0.03
        assert np.abs(difference).max() < 0.2


@pytest.fixture(scope="module")
def made() -> Scan:
    """A noiseless scan (counts so many that rounding is no noise), 250 Å underfocus."""
    return scan(weak_phase(2), 54, defocus=250.0, dose=1e7, rng=None)


def _correlation(image: NDArray[np.complex64], phase: NDArray[np.float64]) -> tuple[float, float]:
    """Correlation and slope of an image against the true phase, brought to the image's pixels by Fourier."""
    found = np.angle(image).astype(np.float64)
    n = len(found)
    rows = np.rint(np.fft.fftfreq(n, 1 / n)).astype(int)
    inside = np.abs(rows) < len(phase) // 2
    spectrum = np.fft.fft2(phase, norm="forward")[np.ix_(rows % len(phase), rows % len(phase))]
    k = np.hypot(rows[:, None], rows[None, :]) / FIELD
    wanted = np.fft.ifft2(spectrum * np.outer(inside, inside) * ((k > 0.08) & (k < 0.8)), norm="forward").real
    seen = np.fft.ifft2(np.fft.fft2(found) * ((k > 0.08) & (k < 0.8))).real
    return float(np.corrcoef(seen.ravel(), wanted.ravel())[0, 1]), float(np.sum(seen * wanted) / np.sum(wanted**2))


@pytest.mark.parametrize("method", [optimum_bright_field, single_sideband])
@pytest.mark.parametrize("upsampling", [1, 2])
def test_weak_phase_comes_back_in_radians(made: Scan, method: object, upsampling: int) -> None:
    """Right sign, place, orientation and scale: a random object correlates with none of its mirror images."""
    assert callable(method)
    image = method(made.counts, made.acquisition, upsampling=upsampling)
    assert image.shape == (54 * upsampling, 54 * upsampling)
    correlation, slope = _correlation(image, made.phase)
    assert correlation > 0.98
    assert slope == pytest.approx(1.0, abs=0.06)


def test_coarse_steps_are_unmixed_where_probes_overlap() -> None:
    """At twice the step of λ/4α the image still holds what lies beyond the scan's own Nyquist frequency."""
    coarse = scan(weak_phase(3), 26, defocus=400.0, dose=1e7, rng=None)
    image = optimum_bright_field(coarse.counts, coarse.acquisition, upsampling=2)
    assert _correlation(image, coarse.phase)[0] > 0.95


def test_vacuum_is_flat() -> None:
    made = scan(np.zeros((52, 52)), 26, defocus=250.0, dose=100.0, rng=np.random.default_rng(4))
    image = optimum_bright_field(made.counts, made.acquisition)
    assert np.abs(np.angle(image)).std() < 0.1
    empty = Counts(
        array=np.zeros_like(made.counts.array),
        scan_sampling=made.counts.scan_sampling,
        angular_sampling=made.counts.angular_sampling,
        electrons_per_pattern=0.0,
    )
    assert np.allclose(optimum_bright_field(empty, made.acquisition), 1.0)
