"""Where an image is judged, and what cannot be judged."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.acquisition import Acquisition
from beamopt.errors import EvaluationError, InfeasibleError, InputError
from beamopt.physics import aberration_phase
from beamopt.score import Region, score, scored_region

FIELD = 44.0


@pytest.mark.parametrize("semiangle_cutoff", [5.0, 10.0, 20.0])
@pytest.mark.parametrize("defocus", [0.0, 100.0, 300.0, 600.0])
@pytest.mark.parametrize("step", [0.5, 1.0])
def test_pixels_that_count_received_the_dose(semiangle_cutoff: float, defocus: float, step: float, image: Any) -> None:
    """The scan convolved with the probe's intensity, averaged over a step: above 95 % wherever the window is ≥ ½.

    At 5 mrad the probe is an Airy figure with long tails, and the corners keep 94.5 %.
    """
    a = Acquisition(
        energy=300e3, semiangle_cutoff=semiangle_cutoff, defocus=defocus, detector_outer=25, scan_sampling=step,
        dose_per_area=100,
    )  # fmt: skip
    pixels, pixel = 480, 0.25
    k = np.hypot(np.fft.fftfreq(pixels, pixel)[:, None], np.fft.fftfreq(pixels, pixel)[None, :])
    probe = np.abs(np.fft.ifft2((k <= a.cutoff) * np.exp(-1j * aberration_phase(k, a.energy, a.defocus)))) ** 2
    every, stop = round(step / pixel), round(FIELD / pixel)
    lit = np.zeros((pixels, pixels))
    lit[:stop:every, :stop:every] = every**2
    smooth = np.zeros((pixels, pixels))
    smooth[:every, :every] = 1 / every**2
    smooth = np.roll(smooth, (-(every // 2), -(every // 2)), axis=(0, 1))
    spectra = [np.fft.fft2(f) for f in (lit, probe / probe.sum(), smooth)]
    dose = np.fft.ifft2(spectra[0] * spectra[1] * spectra[2]).real
    found = image(np.ones((200, 200), dtype=complex), pixel, (-1.0, -1.0))
    region = scored_region(found, (FIELD, FIELD), a.probe_radius)
    at = tuple(slice(s.start - 4, s.stop - 4) for s in region.slices)
    assert dose[at][region.window >= 0.5].min() > (0.945 if semiangle_cutoff == 5.0 else 0.95)
    assert np.average(dose[at], weights=region.window**2) > 0.97


@given(radius=st.floats(0.1, 15), origin=st.floats(-10, 0), sampling=st.floats(0.2, 1.5))
def test_the_region_is_the_field_less_the_probe(radius: float, origin: float, sampling: float) -> None:
    from beamopt.measurement import Reconstruction

    n = int(80 / sampling)
    grid = Reconstruction(
        method="test", transmission=np.ones((n, n), np.complex64), sampling=(sampling, sampling),
        origin=(origin, origin), settings={},
    )  # fmt: skip
    try:
        region = scored_region(grid, (FIELD, FIELD), radius)
    except InfeasibleError:
        assert FIELD - 2 * radius < 5 * sampling
        return
    rows = region.slices[0]
    first, last = origin + rows.start * sampling, origin + (rows.stop - 1) * sampling
    assert radius <= first + 1e-9 < radius + sampling + 1e-6
    assert FIELD - radius - sampling - 1e-6 < last - 1e-9 <= FIELD - radius
    assert region.window.shape == (rows.stop - rows.start,) * 2
    assert 0 <= region.window.min() <= region.window.max() <= 1


def test_plain_slices_are_a_region(image: Any, crystal: Any) -> None:
    truth = crystal(100, 0.33)
    cut = (slice(10, -10), slice(None))
    by_slices = score(image(truth), truth, region=cut, scan_sampling=(1.0, 1.0))
    by_region = score(image(truth), truth, region=Region.whole(cut, (100, 100)), scan_sampling=(1.0, 1.0))
    assert by_slices.metrics == by_region.metrics


def test_pixels_too_coarse_for_the_specimen_tell_nothing(image: Any, crystal: Any) -> None:
    """A scan of half the spacing has no frequency left for the first beam: the truth on its pixels is flat."""
    truth = crystal(60, 0.33)
    found = score(image(truth), np.ones_like(truth), region=(slice(0, 60), slice(0, 60)), scan_sampling=(1.0, 1.0))
    assert found.metrics["information"] == 0
    assert found.metrics["phase_nrmse"] == 1
    assert found.metrics["frc_resolution"] == pytest.approx(19.8)


def test_what_cannot_be_scored_says_why(image: Any, crystal: Any) -> None:
    truth = crystal(60, 0.33)
    whole = (slice(0, 60), slice(0, 60))
    steps = (1.0, 1.0)
    with pytest.raises(InfeasibleError, match="lower defocus"):
        scored_region(image(truth), (19.8, 19.8), 9.5)
    with pytest.raises(EvaluationError, match="finite"):
        score(image(truth * np.nan), truth, region=whole, scan_sampling=steps)
    with pytest.raises(InputError, match="resample"):
        score(image(truth), truth[1:], region=whole, scan_sampling=steps)
    with pytest.raises(InputError, match="region"):
        score(image(truth), truth, region=(slice(0, 3), slice(0, 60)), scan_sampling=steps)


def test_scoring_changes_nothing_and_is_repeatable(image: Any, crystal: Any) -> None:
    truth = crystal(80, 0.33)
    found = image(truth * np.exp(0.2j * np.random.default_rng(0).normal(size=truth.shape)))
    before = found.transmission.copy(), truth.copy()
    whole = (slice(0, 80), slice(0, 80))
    first, again = (score(found, truth, region=whole, scan_sampling=(1.0, 1.0)) for _ in range(2))
    assert first.metrics == again.metrics
    assert np.array_equal(found.transmission, before[0])
    assert np.array_equal(truth, before[1])


@pytest.mark.parametrize("pixels", [4, 5, 6, 9, 16])
def test_coarse_images_are_scored_without_complaint(pixels: int, image: Any, crystal: Any) -> None:
    """A coarse scan gives a coarse iCOM image; its scores are poor but finite."""
    truth = crystal(pixels, 3.0, width=2.0, cell=(7.3, 9.1))
    rng = np.random.default_rng(0)
    for transmission in (truth, np.exp(1j * rng.normal(size=truth.shape)), np.ones_like(truth)):
        whole = (slice(0, pixels), slice(0, pixels))
        scored = score(image(transmission, 3.0), truth, region=whole, scan_sampling=(3.0, 3.0))
        assert np.isfinite(list(scored.metrics.values())).all()
        assert scored.metrics["frc_resolution"] <= 3.0 * pixels
