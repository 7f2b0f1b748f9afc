"""Information against known signal-to-noise, and its independence of pixel and field."""

from typing import Any

import numpy as np
import pytest
from scipy.signal import resample

from beamopt.score import score, scored_region

SAMPLING = 0.35


def bits(image: Any, transmission: Any, truth: Any, sampling: float, side: float) -> float:
    found = image(transmission, sampling)
    region = scored_region(found, (side, side), 4.0)
    return score(found, truth, region=region, scan_sampling=(1.0, 1.0)).metrics["information"]


@pytest.mark.parametrize("ssnr", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("kind", ["phase", "complex"])
def test_known_white_signal_to_noise(ssnr: float, kind: str, image: Any, white: Any) -> None:
    """½∫log2(1 + SSNR)d²q over the disc that holds the signal; one real number per mode (physics of the limits)."""
    pixels, rng, found = 200, np.random.default_rng(7), []
    for _ in range(4):
        a, b, c, d = (0.01 * white(rng, pixels) for _ in range(4))
        signal, noise = (1j * a, 1j * b) if kind == "phase" else (a + 1j * c, b + 1j * d)
        found.append(bits(image, 1 + signal + noise / np.sqrt(ssnr), 1 + signal, SAMPLING, pixels * SAMPLING))
    expected = 0.5 * np.log2(1 + ssnr) * np.pi * (0.95 * 0.5 / SAMPLING) ** 2
    assert np.mean(found) == pytest.approx(expected, rel=0.05)


def test_coloured_signal_to_noise(image: Any, white: Any) -> None:
    pixels, rng, found = 200, np.random.default_rng(8), []
    q = np.hypot(np.fft.fftfreq(pixels, SAMPLING)[:, None], np.fft.fftfreq(pixels, SAMPLING)[None, :])
    ssnr = 20 * np.exp(-((q / 0.45) ** 2))
    for _ in range(4):
        signal = 0.01 * np.fft.ifft2(np.fft.fft2(white(rng, pixels)) * np.sqrt(ssnr))
        found.append(bits(image, 1 + 1j * (signal + 0.01 * white(rng, pixels)), 1 + 1j * signal, SAMPLING, 70.0))
    expected = 0.5 * np.sum(np.log2(1 + ssnr)[q < 0.95 * 0.5 / SAMPLING]) / (pixels * SAMPLING) ** 2
    assert np.mean(found) == pytest.approx(expected, rel=0.05)


def test_noise_alone_holds_nothing(image: Any, crystal: Any) -> None:
    truth, rng = crystal(126, 0.33), np.random.default_rng(9)
    region = scored_region(image(truth), (41.58, 41.58), 4.0)
    drawn = [
        score(
            image(np.exp(0.3j * rng.normal(size=truth.shape))), truth, region=region, scan_sampling=(1.0, 1.0)
        ).metrics
        for _ in range(40)
    ]
    found = np.array([m["information"] for m in drawn])
    assert abs(found.mean()) < found.std()
    assert abs(found.mean()) < 0.005
    assert np.median([m["frc_resolution"] for m in drawn]) == pytest.approx(101 * 0.33)
    assert min(m["frc_resolution"] for m in drawn) > 10


def test_a_blank_image_holds_nothing(image: Any, crystal: Any) -> None:
    truth = crystal(126, 0.33)
    region = scored_region(image(truth), (41.58, 41.58), 4.0)
    blank = score(image(np.ones_like(truth)), truth, region=region, scan_sampling=(1.0, 1.0)).metrics
    assert abs(blank["information"]) < 0.02
    assert blank["frc_resolution"] > 20
    assert blank["phase_nrmse"] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("finer", [1.3, 2.0, 2.7])
def test_a_finer_grid_of_the_same_image_scores_the_same(finer: float, image: Any, crystal: Any, white: Any) -> None:
    pixels, side = 126, 126 * SAMPLING
    ratios = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        keep = np.hypot(np.fft.fftfreq(pixels)[:, None], np.fft.fftfreq(pixels)[None, :]) < 0.475
        truth = np.fft.ifft2(np.fft.fft2(crystal(pixels, SAMPLING)) * keep)
        found = truth + 0.3j * white(rng, pixels)
        more = round(pixels * finer)
        up = [resample(resample(a, more, axis=0), more, axis=1) for a in (found, truth)]
        ratios.append(bits(image, up[0], up[1], side / more, side) / bits(image, found, truth, SAMPLING, side))
    assert np.mean(ratios) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("cell", "atoms"), [((3.905, 3.905), 0), ((14.677, 20.757), 40)])
def test_a_larger_field_of_the_same_crystal_scores_the_same(
    cell: tuple[float, float], atoms: int, image: Any, crystal: Any
) -> None:
    """Rings of one over the side would lose 30 % of SrTiO3's bits per area from a 26 Å to a 66 Å region."""
    rng, found = np.random.default_rng(4), []
    for pixels in (100, 144, 220):
        drawn = []
        for _ in range(8):
            truth = crystal(pixels, SAMPLING, cell=cell, atoms=atoms, offset=tuple(rng.uniform(0, 20, 2)))
            noisy = truth * np.exp(0.4j * rng.normal(size=truth.shape))
            drawn.append(bits(image, noisy, truth, SAMPLING, pixels * SAMPLING))
        found.append(np.mean(drawn))
    assert np.ptp(found) < 0.12 * np.mean(found)
