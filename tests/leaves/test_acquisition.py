"""What follows from a setting in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from beamopt.acquisition import Acquisition, wave_pixels
from beamopt.quantities import unit_of

PUBLISHED = Acquisition(
    energy=300e3, semiangle_cutoff=10, defocus=885, detector_outer=15, scan_sampling=1.051, dose_per_area=100
)


def test_published_mof_setting() -> None:
    """110.5 e per pattern and 94 % linear overlap are the paper's own derived numbers."""
    assert PUBLISHED.electrons_per_pattern == pytest.approx(110.5, abs=0.1)
    assert PUBLISHED.linear_overlap == pytest.approx(0.94, abs=0.005)


def test_shadow_magnification_spans_the_disc() -> None:
    """The bright disc, 2α wide on the camera, shows the lit patch, 2R wide on the sample."""
    pixel = 0.25
    pixels_across = 2 * PUBLISHED.semiangle_cutoff / pixel
    assert PUBLISHED.ronchigram_magnification(pixel) == pytest.approx(pixels_across / (2 * PUBLISHED.probe_radius))


def test_focused_probe_is_not_smaller_than_its_airy_disc() -> None:
    focused = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15, scan_sampling=1, dose_per_area=100
    )
    assert focused.probe_radius == pytest.approx(0.61 * 0.0196875 / 0.010, rel=1e-5)


def test_the_camera_spans_the_detector_from_edge_to_edge() -> None:
    assert PUBLISHED.angular_sampling(60) == pytest.approx(0.5), "30 mrad over 60 pixels"


@pytest.mark.parametrize(("semiangle", "pixels"), [(5.0, 400), (5.01, 432)])
def test_waves_are_the_next_quick_size_that_holds_what_the_camera_sees(semiangle: float, pixels: int) -> None:
    """α + β = 25 mrad at 0.125 mrad a pixel is 400 pixels, 16·5²; 416 is 16·13 and slow, 432 is 16·3³."""
    a = Acquisition(
        energy=300e3, semiangle_cutoff=semiangle, defocus=0, detector_outer=20, scan_sampling=1, dose_per_area=1
    )
    assert wave_pixels(a, 320, 0.125) == pixels


def test_the_phase_of_the_probe_honours_defocus_and_spherical_aberration() -> None:
    """-πλ·defocus·k² + (π/2)·Cs·λ³·k⁴ with k = 0.5 Å⁻¹ and the λ of 300 kV."""
    a = Acquisition(
        energy=300e3,
        semiangle_cutoff=10,
        defocus=100,
        detector_outer=15,
        scan_sampling=1,
        dose_per_area=1,
        spherical_aberration=1e7,
    )
    lam = 0.0196875
    chi = a.beam_phase(np.array([0.3]), np.array([0.4]))
    assert chi == pytest.approx(-np.pi * lam * 25 + np.pi / 2 * 1e7 * lam**3 / 16, rel=1e-4)


@given(st.floats(1, 1e3), st.floats(0.1, 10))
def test_electrons_follow_from_dose_and_step(dose: float, step: float) -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15, scan_sampling=step, dose_per_area=dose
    )
    assert a.electrons_per_pattern == pytest.approx(dose * step**2)


@pytest.mark.parametrize(
    ("knob", "value"),
    [("scan_sampling", 0), ("semiangle_cutoff", -1), ("dose_per_area", float("nan")), ("defocus", float("inf"))],
)
def test_impossible_settings_are_refused(knob: str, value: float) -> None:
    good = {"energy": 3e5, "semiangle_cutoff": 10, "defocus": 0, "detector_outer": 15, "scan_sampling": 1}
    with pytest.raises(ValidationError):
        Acquisition(**{**good, "dose_per_area": 100, knob: value})


def test_every_knob_has_its_unit() -> None:
    units = {name: unit_of(Acquisition, name) for name in Acquisition.knobs()}
    assert units == {
        "energy": "eV",
        "semiangle_cutoff": "mrad",
        "defocus": "Å",
        "detector_outer": "mrad",
        "scan_sampling": "Å",
        "dose_per_area": "e/Å²",
    }
