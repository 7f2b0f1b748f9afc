"""Laws of dwell, current and geometry, and the numbers an operator reads."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.catalogue import Detector, detector_names, load_column, load_detector
from beamopt.instrument import (
    camera_length,
    largest_current,
    resonance,
    session_margins,
    session_numbers,
    smallest_step,
)
from beamopt.quantities import unit_of

acquisitions = st.builds(
    Acquisition,
    energy=st.just(300e3),
    semiangle_cutoff=st.floats(2, 30),
    defocus=st.floats(-2000, 2000),
    detector_outer=st.floats(5, 60),
    scan_sampling=st.floats(0.2, 10),
    dose_per_area=st.floats(1, 1e4),
)
detectors = st.sampled_from(detector_names()).map(load_detector)
currents = st.floats(0.1, 50)
TITAN = load_column("corrected-300")


@given(acquisitions, detectors, currents)
def test_the_smallest_step_and_the_largest_current_are_the_edge_of_the_dwell_margin(
    acquisition: Acquisition, camera: Detector, current: float
) -> None:
    step = smallest_step(acquisition.dose_per_area, current, camera.frame_rate)
    dwell = session_margins(acquisition, camera, TITAN, (50.0, 50.0), 128, current)["dwell"]
    assert (dwell > 0) == (acquisition.scan_sampling < step) or acquisition.scan_sampling == pytest.approx(step)
    most = largest_current(acquisition.electrons_per_pattern, camera.frame_rate)
    at_most = session_margins(acquisition, camera, TITAN, (50.0, 50.0), 128, most)["dwell"]
    assert at_most == pytest.approx(0, abs=1e-9 * 1e6 / camera.frame_rate)


@given(acquisitions, st.floats(10, 3000), st.floats(1, 600), currents)
def test_a_free_current_is_feasible_where_any_current_is(
    acquisition: Acquisition, side: float, longest: float, other: float
) -> None:
    camera = load_detector("Timepix3")
    free = session_margins(acquisition, camera, TITAN, (side, side), 128, None, longest)
    fixed = session_margins(acquisition, camera, TITAN, (side, side), 128, other, longest)
    if max(fixed.values()) <= 0:
        assert max(free.values()) <= 0
    assert list(free) == list(fixed)


@given(acquisitions, st.floats(10, 1000), currents)
def test_charge_is_conserved(acquisition: Acquisition, side: float, current: float) -> None:
    """What the beam brings during the scan is the fluence times the area of the positions."""
    numbers = session_numbers(acquisition, load_detector("EMPAD"), TITAN, (side, side), current)
    brought = current * 1e-12 * numbers.scan_time / 1.602176634e-19
    positions = math.ceil(side / acquisition.scan_sampling - 1e-6) ** 2
    assert brought == pytest.approx(acquisition.dose_per_area * acquisition.scan_sampling**2 * positions, rel=1e-9)


def test_numbers_of_a_published_mof_setting() -> None:
    """10 mrad, 885 Å, 1.051 Å, 100 e/Å² (110.5 e per pattern) with 0.2 pA on EMPAD-G2 over 100 nm, by hand."""
    setting = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=885, detector_outer=15, scan_sampling=1.051, dose_per_area=100
    )
    numbers = session_numbers(setting, load_detector("EMPAD-G2"), TITAN, (1000.0, 1000.0), 0.2)
    positions = 952**2
    assert numbers.dwell == pytest.approx(110.46 / (6.2415 * 0.2), rel=1e-4)
    assert numbers.scan_time == pytest.approx(positions * 88.49e-6, rel=1e-4)
    assert numbers.dose_rate == pytest.approx(0.2 * 6.2415e6 / (np.pi * 8.85**2), rel=1e-3)
    assert numbers.data_size == pytest.approx(positions * 128 * 128 * 4 / 1e9)
    assert numbers.camera_length == pytest.approx(64 * 0.15 / math.tan(0.015))
    assert [unit_of(type(numbers), n) for n in ("dwell", "data_size", "dose_rate")] == ["µs", "GB", "e/Å²/s"]


def test_a_detector_writes_every_frame_that_the_dwell_holds() -> None:
    """At 0.2 pA 442 electrons come in 354 µs: thirty frames of 87 kHz; one where the dwell is that of a frame."""
    setting = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=885, detector_outer=15, scan_sampling=2.102, dose_per_area=100
    )
    camera = load_detector("4D-Camera")
    numbers = session_numbers(setting, camera, TITAN, (1000.0, 1000.0), 0.2)
    frames = math.floor(numbers.dwell * 1e-6 * camera.frame_rate)
    assert frames == 30
    positions = 476**2
    per_frame = camera.bits * math.prod(camera.pixels) / 8e9
    assert numbers.data_size == pytest.approx(positions * frames * per_frame)
    quick = session_numbers(setting, camera, TITAN, (1000.0, 1000.0), 0.2 * 29.0)
    assert quick.data_size == pytest.approx(positions * per_frame)


def test_events_are_stored_by_the_electron() -> None:
    setting = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15, scan_sampling=1.0, dose_per_area=100
    )
    numbers = session_numbers(setting, load_detector("Timepix3"), TITAN, (1000.0, 1000.0), 1.0)
    assert numbers.data_size == pytest.approx(1e6 * 100 * 5 * 8 / 1e9)


def test_a_free_current_is_the_lowest_that_ends_in_time() -> None:
    setting = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=0, detector_outer=15, scan_sampling=1.0, dose_per_area=100
    )
    camera = load_detector("EMPAD-G2")
    assert session_numbers(setting, camera, TITAN, (100.0, 100.0)).current == 0.1
    raised = session_numbers(setting, camera, TITAN, (1000.0, 1000.0), None, 20.0)
    assert raised.current == pytest.approx(100e6 / 20 / 6.2415e6, rel=1e-5)
    assert raised.scan_time <= 20.0
    assert session_numbers(setting, camera, TITAN, (1e5, 1e5), None, 1.0).current == 50.0


def test_camera_length_of_the_shorter_side() -> None:
    """ELA: 514 pixels of 75 µm, half of it 19.275 mm; 20 mrad: 963.6 mm."""
    assert camera_length(load_detector("ELA"), 20.0) == pytest.approx(963.6, abs=0.1)


def _focused(defocus: float, **changed: float) -> Acquisition:
    knobs = {"semiangle_cutoff": 10.0, "detector_outer": 16.0, "scan_sampling": 1.0} | changed
    return Acquisition(energy=300e3, defocus=defocus, dose_per_area=100, **knobs)


@pytest.mark.parametrize(
    ("defocus", "warned"), [(4000, True), (-4000, True), (8000, True), (4040, True), (4060, False)]
)
def test_resonance_by_hand(defocus: float, warned: bool) -> None:  # noqa: FBT001
    """0.25 mrad pixels: 4000 Å shift by 1.000 steps; the disc is 80 pixels wide, so 1/80 step, 50 Å, is the width."""
    assert bool(resonance(_focused(defocus), pixels=128)) is warned


def test_resonance_is_that_of_the_imaged_plane() -> None:
    """Half of 200 Å further down, the same rays meet the specimen's middle where they met a thin one."""
    assert resonance(_focused(4100), 128, thickness=200.0)
    assert not resonance(_focused(4060), 128, thickness=0.0)
    assert resonance(_focused(4060), 128, thickness=100.0)


def test_small_defocus_and_other_steps_do_not_resonate() -> None:
    assert resonance(_focused(0), pixels=128) == ""
    assert resonance(_focused(40), pixels=128) == ""
    assert resonance(_focused(4000, scan_sampling=1.3), pixels=128) == ""


@given(acquisitions, st.sampled_from([64, 128, 192, 256]), st.floats(0, 300))
def test_the_defocus_it_proposes_does_not_resonate(acquisition: Acquisition, pixels: int, thickness: float) -> None:
    sentence = resonance(acquisition, pixels, thickness)
    if sentence:
        proposed = float(sentence.partition("go to ")[2].partition(" Å")[0])
        moved = {name: getattr(acquisition, name) for name in Acquisition.knobs()} | {"defocus": proposed}
        assert abs(proposed - acquisition.defocus) < 0.5 * abs(acquisition.defocus - thickness / 2)
        assert resonance(Acquisition(**moved), pixels, thickness) == ""


def test_in_resonance_the_bright_field_images_share_their_positions() -> None:
    """Straight from the rays: image positions of all pixels of the disc, modulo the step."""
    inside, outside = (_images(_focused(defocus)) for defocus in (4000.0, 4060.0))
    assert np.ptp(inside) < 1e-9
    assert np.ptp(outside) > 0.9


def _images(acquisition: Acquisition, pixels: int = 128) -> NDArray[np.float64]:
    angle = 2 * acquisition.detector_outer * 1e-3 / pixels
    shift = np.arange(-40, 40) * angle * acquisition.defocus / acquisition.scan_sampling
    return np.asarray(np.mod(shift + 1e-6, 1), np.float64)
