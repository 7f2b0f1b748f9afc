"""Closed forms: the transfer of the direct methods in radians, the aperture, the raster."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.measurement import Counts
from beamopt.reconstruct import reconstruct
from beamopt.reconstruct.probe import aperture, known_probe
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.shifted_probe import ShiftedProbe
from beamopt.spec import IcomSettings, ParallaxSettings
from reconstruct.forward_model import acquisition, exposed


def grating(a: Acquisition, q: int, scan: int, step: float, *, amplitude: float = 0.02) -> Counts:
    """Patterns of the weak phase amplitude·cos(2πq·x/field) on a periodic window equal to the field."""
    window = scan * step
    angular = a.wavelength / window * 1e3
    n = 2 * int(np.ceil(1.5 * a.semiangle_cutoff / angular)) + 2 * q + 4
    k = np.fft.fftfreq(n, window / n)
    radius = np.hypot(k[:, None], k[None, :])
    probe = (radius <= a.cutoff) * np.exp(-1j * physics.aberration_phase(radius, a.energy, a.defocus))
    probe = probe / np.sqrt((np.abs(probe) ** 2).sum())
    x = np.arange(n) / n
    transmission = np.exp(1j * amplitude * np.cos(2 * np.pi * q * x))[:, None]
    patterns = np.empty((scan, n, n), dtype=np.uint32)
    for i in range(scan):
        wave = np.fft.ifft2(probe * np.exp(-2j * np.pi * k * i * step)[:, None]) * transmission
        patterns[i] = np.rint(1e9 * np.fft.fftshift(np.abs(np.fft.fft2(wave)) ** 2))
    return Counts(
        array=np.broadcast_to(patterns[:, None], (scan, scan, n, n)),
        scan_sampling=(step, step),
        angular_sampling=angular,
        electrons_per_pattern=1e9,
    )


def seen(phase: NDArray[np.floating], q: int, cycles: float) -> float:
    """Amplitude of the cosine of q periods in the middle of the image."""
    x = np.arange(phase.shape[0]) * cycles / phase.shape[0]
    inner = slice(phase.shape[0] // 4, 3 * phase.shape[0] // 4)
    basis = np.stack([np.cos(2 * np.pi * q * x), np.sin(2 * np.pi * q * x), np.ones_like(x), x], axis=1)[inner]
    return float(np.linalg.lstsq(basis, phase[:, inner].mean(axis=1)[inner], rcond=None)[0][0])


@pytest.mark.parametrize("q", [4, 6, 10])
def test_icom_in_focus_transfers_the_overlap_of_two_discs(q: int) -> None:
    """Radians times O(q/k0): physics.md section 3; O(0.5) = 0.685, O(1) = 0.391."""
    a = acquisition(0.0, semiangle_cutoff=15.0)
    scan, step = 64, 0.45
    counts = grating(a, q, scan, step)
    made = reconstruct(counts, a, "icom", IcomSettings(), thickness=0, seed=0)
    x = q / (scan * step) / a.cutoff
    assert seen(np.angle(made.transmission), q, 1.0) / 0.02 == pytest.approx(float(physics.disc_overlap(x)), abs=0.03)


@pytest.mark.parametrize("q", [4, 6, 9])
@pytest.mark.parametrize("defocus", [250.0, -250.0])
def test_parallax_transfers_the_overlap_times_the_sine_of_the_aberration(q: int, defocus: float) -> None:
    a = acquisition(defocus, semiangle_cutoff=15.0)
    scan, step = 64, 0.45
    counts = grating(a, q, scan, step)
    made = reconstruct(counts, a, "parallax", ParallaxSettings(upsampling=1), thickness=0, seed=0)
    frequency = q / (scan * step)
    chi = float(physics.aberration_phase(frequency, a.energy, defocus))
    expected = float(physics.disc_overlap(frequency / a.cutoff)) * abs(np.sin(chi))
    assert seen(np.angle(made.transmission), q, 1.0) / 0.02 == pytest.approx(expected, abs=0.05)


@given(semiangle=st.floats(3.0, 25.0), pixels=st.sampled_from([48, 64, 96]), outer=st.floats(26.0, 40.0))
def test_the_aperture_holds_the_area_of_the_disc(semiangle: float, pixels: int, outer: float) -> None:
    sampling = 2 * outer / pixels
    disc = aperture(semiangle, pixels, sampling)
    assert (disc**2).sum() == pytest.approx(np.pi * (semiangle / sampling) ** 2, rel=0.02)
    assert np.array_equal(disc, disc.T)
    assert np.array_equal(disc[1:], disc[1:][::-1])


@given(defocus=st.floats(-2000, 2000), electrons=st.floats(1e-3, 1e6))
def test_the_probe_carries_its_electrons(defocus: float, electrons: float) -> None:
    probe = known_probe(acquisition(), 64, 0.6, defocus=defocus, electrons=electrons)
    assert (np.abs(np.fft.fft2(probe.astype(np.complex128))) ** 2).sum() == pytest.approx(electrons, rel=1e-4)


@given(
    rows=st.integers(1, 9),
    columns=st.integers(1, 9),
    steps=st.tuples(st.floats(0.2, 6.0), st.floats(0.2, 6.0)),
    pixels=st.sampled_from([16, 30, 48]),
)
def test_no_patch_of_the_raster_wraps(rows: int, columns: int, steps: tuple[float, float], pixels: int) -> None:
    counts = Counts(
        array=np.zeros((rows, columns, pixels, pixels), dtype=np.uint8),
        scan_sampling=steps,
        angular_sampling=40.0 / pixels,
        electrons_per_pattern=1.0,
    )
    raster = Raster.of(counts, acquisition())
    assert raster.pixels >= pixels
    pixels = raster.pixels
    corner = np.rint(raster.positions).astype(int) - pixels // 2
    assert corner.min() >= 0
    assert np.all(corner.max(axis=0) + pixels <= raster.shape)
    assert np.allclose(raster.positions[0], raster.margin)
    assert np.allclose(
        (raster.positions[-1] - raster.margin) * raster.sampling, ((rows - 1) * steps[0], (columns - 1) * steps[1])
    )


def test_a_shifted_probe_is_the_probe_at_its_place() -> None:
    """Against the transform of the aperture with the ramp of the whole position, on a grid of the object."""
    a = acquisition(200.0)
    counts = exposed(a, (0.9, 1.05), (4, 5), np.random.default_rng(0))
    raster = Raster.of(counts, a)
    pixels = raster.pixels
    probe = known_probe(a, pixels, counts.angular_sampling, defocus=200.0, electrons=1.0)
    shifted = ShiftedProbe.of(probe, raster, (4, 5))
    k = np.fft.fftfreq(pixels)
    signs = (-1.0) ** np.add.outer(np.arange(pixels), np.arange(pixels))
    for index in (0, 7, 19):
        row, column = divmod(index, 5)
        spectrum = np.zeros((pixels, pixels), dtype=np.complex128)
        inside = slice(shifted.first, shifted.first + shifted.bank.shape[2])
        spectrum[:, inside] = shifted.bank[row] * shifted.ramps[column] * pixels
        made = np.fft.ifft(spectrum, axis=1)
        x, y = raster.positions[index] - shifted.corners(*shifted.places(np.array([index])))[0]
        ramp = np.exp(-2j * np.pi * (k[:, None] * x + k[None, :] * y))
        expected = np.fft.ifft2(np.fft.fft2(probe.astype(np.complex128)) * ramp) * signs
        assert np.abs(made - expected).max() < 1e-5 * np.abs(expected).max()
