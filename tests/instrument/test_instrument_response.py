"""A named detector is the study's camera, as far as the study does not say otherwise."""

import pytest

from beamopt.catalogue import detector_names, load_detector
from beamopt.instrument import binning, camera_of, equipment_said, fitted
from beamopt.spec import CameraSpec, StudySpec, load_study

TABLE = {"column": "corrected-300", "detector": "EMPAD-G2"}


def study(**changes: object) -> StudySpec:
    return load_study("srtio3_quick", {"instrument": TABLE, "camera.pixels": 64, **changes})


def test_what_the_study_leaves_out_is_the_detectors() -> None:
    """64 of 128 pixels: two by two binned, a spread of 0.5 pixels is one of 0.25."""
    camera = fitted(study()).camera
    assert (camera.pixels, camera.dqe, camera.point_spread, camera.background) == (64, 0.9, 0.25, 0.0)


def test_what_the_study_says_wins_even_where_it_says_perfect() -> None:
    own: dict[str, object] = {"camera.dqe": 1.0, "camera.point_spread": 0.0, "camera.pixels": 32}
    camera = fitted(study(**own)).camera
    assert (camera.pixels, camera.dqe, camera.point_spread) == (32, 1.0, 0.0)
    half = fitted(study(**{"camera.dqe": 0.5})).camera
    assert (half.dqe, half.point_spread) == (0.5, 0.25)


@pytest.mark.parametrize("said", [{}, {"camera.dqe": 1.0}, {"camera.point_spread": 0.0}, {"camera": {"pixels": 32}}])
def test_a_fitted_study_stays_what_it_is_through_the_database(said: dict[str, object]) -> None:
    spec = fitted(study(**said))
    assert fitted(spec) == spec
    stored = StudySpec.model_validate(spec.resolved())
    assert fitted(stored) == spec
    assert stored.fingerprint() == spec.fingerprint()
    unfitted = StudySpec.model_validate(study(**said).resolved())
    assert fitted(unfitted) == spec


def test_without_an_instrument_the_camera_is_perfect() -> None:
    assert fitted(load_study("srtio3_quick")).camera == CameraSpec(pixels=48)


@pytest.mark.parametrize("name", detector_names())
def test_pixels_are_a_whole_binning_the_finest_to_128(name: str) -> None:
    detector = load_detector(name)
    pixels = camera_of(detector, CameraSpec()).pixels
    assert pixels <= 128
    assert bool(binning(detector, pixels)) == (name == "ELA")  # 514 is twice a prime
    finer = [n for n in range(pixels + 2, 129, 2) if min(detector.pixels) % n == 0]
    assert finer == []


def test_every_number_that_was_not_read_is_told_with_its_standing() -> None:
    told = equipment_said(fitted(study(**{"coherence.source_size": 0.5})))
    assert [sentence.partition(",")[0] for sentence in told] == [
        "source_size of corrected-300: 0.5 Å (guess)",
        "dqe of EMPAD-G2: 0.9 (guess)",
        "point_spread of EMPAD-G2: 0.5 pixels (guess)",
    ]
    assert all("beamopt" in sentence for sentence in told)
    own = {"coherence.source_size": 0.4, "camera.dqe": 0.8, "camera.point_spread": 0.3}
    assert equipment_said(fitted(study(**own))) == ()
    assert equipment_said(load_study("srtio3_quick")) == ()
