"""Every limit of a session against a case worked by hand, with 1 pA = 6.2415 e/µs."""

from dataclasses import replace
from typing import Any

import pytest

from beamopt.acquisition import Acquisition
from beamopt.catalogue import Column, Detector, load_column, load_detector
from beamopt.instrument import Instrument, constraints, session_constraints, session_margins, worst_sentence
from beamopt.spec import InstrumentSpec

FIELD = (100.0, 100.0)
G2 = load_detector("EMPAD-G2")
TPX = load_detector("Timepix3")
TITAN = load_column("corrected-300")


def acquire(**changed: Any) -> Acquisition:
    knobs = {
        "energy": 300e3,
        "semiangle_cutoff": 10.0,
        "defocus": 300.0,
        "detector_outer": 20.0,
        "scan_sampling": 4.0,
        "dose_per_area": 50.0,
    }
    return Acquisition(**(knobs | changed))


def margins(acquisition: Acquisition, detector: Detector = G2, column: Column = TITAN, **more: Any) -> dict[str, float]:
    return session_margins(acquisition, detector, column, FIELD, 128, **more)


def broken(acquisition: Acquisition, detector: Detector = G2, column: Column = TITAN, **more: Any) -> set[str]:
    return {name for name, margin in margins(acquisition, detector, column, **more).items() if margin > 0}


def test_an_ordinary_session_breaks_nothing() -> None:
    assert broken(acquire(), current=1.0) == set()
    assert worst_sentence(acquire(), G2, TITAN, FIELD, 128, 1.0) == ""


@pytest.mark.parametrize(("detector", "frame", "step"), [("EMPAD-G2", 100.0, 3.5), ("4D-Camera", 11.5, 1.2)])
def test_dwell_sets_the_smallest_step(detector: str, frame: float, step: float) -> None:
    """1 pA, 50 e/Å²: 3.5 Å at 100 µs and 1.2 Å at 11.5 µs."""
    camera = load_detector(detector)
    below, above = (acquire(scan_sampling=step + shift) for shift in (-0.05, 0.05))
    assert "dwell" in broken(below, camera, current=1.0)
    assert "dwell" not in broken(above, camera, current=1.0)
    electrons = 50 * above.scan_sampling**2
    assert margins(above, camera, current=1.0)["dwell"] == pytest.approx(frame - electrons / 6.2415, rel=1e-2, abs=0.05)


def test_dwell_says_what_to_change() -> None:
    assert worst_sentence(acquire(scan_sampling=2.0), G2, TITAN, FIELD, 128, 1.0) == (
        "dwell=32.04 µs is below the 100 µs of one EMPAD-G2 frame; at 1 pA use scan_sampling of at least 3.53 Å, more "
        "dose_per_area, or at most 0.32 pA"
    )
    assert worst_sentence(acquire(scan_sampling=2.0), G2, TITAN, FIELD, 128, 0.32) == ""


def test_no_current_is_advised_that_the_column_lacks() -> None:
    """0.0801 pA would do, but the column has 0.1 pA at least."""
    assert worst_sentence(acquire(scan_sampling=1.0), G2, TITAN, FIELD, 128, 1.0) == (
        "dwell=8.011 µs is below the 100 µs of one EMPAD-G2 frame; at 1 pA use scan_sampling of at least 3.53 Å or "
        "more dose_per_area"
    )
    strong = TITAN.model_copy(update={"currents": (5.0, 50.0)})
    found = sentences(acquire(), strong, 5.0)
    assert found["total_rate"].endswith(f"; not even the 5 pA of {strong.name} is weak enough; use another detector")
    assert sentences(acquire(), TITAN, 5.0)["total_rate"].endswith("; use at most 3.85 pA")
    one_pixel = sentences(acquire(semiangle_cutoff=0.01), TITAN, 1.0)
    assert one_pixel["pixel_rate"].endswith("; spread the bright disc over more pixels (lower detector_outer)")
    small = sentences(acquire(semiangle_cutoff=1.0), TITAN, 20.0)  # 515 pixels, 31.2e6 hits per second and pA
    assert small["pixel_rate"].endswith("(lower detector_outer) or use at most 10.3 pA")


def sentences(acquisition: Acquisition, column: Column, current: float) -> dict[str, str]:
    found = session_constraints(acquisition, TPX, column, FIELD, 128, current)
    return {one.name: one.sentence for one in found}


def test_counts_of_the_brightest_pixel() -> None:
    """10 of 20 mrad on 576 pixels: a disc of radius 144, 65144 pixels; 1 pA puts 95.8 e/s on each."""
    camera = load_detector("4D-Camera")
    wide = acquire()
    assert margins(wide, camera, current=1.0)["pixel_rate"] == pytest.approx(6.2415e6 / 65144 - 8700, abs=0.1)
    assert "pixel_rate" not in broken(wide, camera, current=1.0)
    assert "pixel_rate" in broken(wide, camera, current=91.0)
    assert "pixel_rate" not in broken(wide, camera, current=90.5)


def test_a_disc_smaller_than_a_pixel_never_counts_more_than_the_beam() -> None:
    found = margins(acquire(semiangle_cutoff=0.01), G2, current=1.0)
    assert found["pixel_rate"] == pytest.approx(6.2415e6 - 1.1e9, rel=1e-6)


def test_hits_of_an_event_driven_detector() -> None:
    """120 million hits per second at five per electron: 24 million electrons, 3.85 pA."""
    tpx = load_detector("Timepix3")
    assert "total_rate" not in broken(acquire(), tpx, current=3.84)
    assert "total_rate" in broken(acquire(), tpx, current=3.85)
    assert margins(acquire(), tpx, current=1.0)["total_rate"] == pytest.approx(5 * 6.2415e6 - 120e6, rel=1e-4)
    assert "total_rate" not in margins(acquire())
    per_pixel = 6.2415e6 * 5 / (3.14159 * 128**2)  # the disc of 10 of 20 mrad on 512 pixels has a radius of 128
    assert margins(acquire(), tpx, current=1.0)["pixel_rate"] == pytest.approx(per_pixel - 625e3, abs=1.0)


def test_semiangle_of_continuous_condensers() -> None:
    assert margins(acquire(semiangle_cutoff=36.5, detector_outer=40.0))["semiangle"] == pytest.approx(1.5)
    assert margins(acquire(semiangle_cutoff=0.75))["semiangle"] == pytest.approx(0.25)
    assert margins(acquire(semiangle_cutoff=35.0, detector_outer=40.0))["semiangle"] <= 0


def test_semiangle_of_fixed_apertures() -> None:
    column = load_column("uncorrected-200")
    found = [margins(acquire(energy=200e3, semiangle_cutoff=a), G2, column)["semiangle"] for a in (9.6, 9.65, 8.5)]
    assert found == pytest.approx([-0.096, -0.046, 8.5 - 7.68 - 0.0768])
    sentence = worst_sentence(acquire(energy=200e3, semiangle_cutoff=8.5), G2, column, FIELD, 128)
    assert sentence == (
        "semiangle_cutoff=8.5 mrad is not among the 1.92, 3.84, 7.68, 9.6, 13.44 mrad of uncorrected-200; use 7.68 mrad"
    )


def test_scan_time() -> None:
    """100 Å at 4 Å are 625 positions of 800 e: at 0.1 pA 1282 µs each, 0.801 s."""
    assert margins(acquire(), current=0.1, longest_scan=1.0)["scan_time"] == pytest.approx(0.8011 - 1.0, abs=1e-3)
    assert broken(acquire(), current=0.1, longest_scan=0.8) == {"scan_time"}


def test_current_range() -> None:
    assert margins(acquire(), current=60.0)["current"] == pytest.approx(10.0)
    assert margins(acquire(), current=0.04)["current"] == pytest.approx(0.06)
    assert margins(acquire(), current=0.1)["current"] == 0.0


def test_energies() -> None:
    arina = load_detector("ARINA")
    assert margins(acquire(), arina)["detector_energy"] == pytest.approx(100e3)
    assert worst_sentence(acquire(dose_per_area=500.0), arina, TITAN, FIELD, 128) == (
        "detector_energy=300000 eV is above the 200000 eV of ARINA; use 30000 to 200000 eV"
    )
    assert margins(acquire(energy=20e3), arina)["detector_energy"] == pytest.approx(10e3)
    assert margins(acquire(energy=40e3), arina)["column_energy"] == pytest.approx(20e3)
    assert broken(acquire(energy=200e3, dose_per_area=500.0), arina, current=1.0) == set()


def test_camera_pixels() -> None:
    assert session_margins(acquire(), G2, TITAN, FIELD, 192)["camera_pixels"] == 64
    assert session_margins(acquire(), load_detector("ELA"), TITAN, FIELD, 514)["camera_pixels"] == 0


def test_the_worst_limit_is_the_one_broken_by_the_largest_share() -> None:
    bad = acquire(energy=305e3, scan_sampling=1.0)
    found = {one.name: one for one in session_constraints(bad, G2, TITAN, FIELD, 128, 1.0)}
    assert found["column_energy"].margin > found["dwell"].margin > 0
    assert worst_sentence(bad, G2, TITAN, FIELD, 128, 1.0) == found["dwell"].sentence


def test_neighbouring_probes_must_overlap() -> None:
    """300 keV, λ = 0.019687 Å, 20 mrad in focus: the Airy disc is 2 · 0.61 · 0.019687 / 0.02 = 1.201 Å wide."""
    focused = acquire(semiangle_cutoff=20.0, defocus=0.0, scan_sampling=1.5)
    found = constraints.overlap(focused)
    assert found.margin == pytest.approx(1.5 - 1.201, abs=1e-3)
    assert "lower scan_sampling or raise defocus" in found.sentence
    assert constraints.overlap(acquire(semiangle_cutoff=20.0, defocus=0.0, scan_sampling=1.1)).margin < 0
    assert constraints.overlap(acquire(semiangle_cutoff=20.0, defocus=100.0, scan_sampling=1.5)).margin < 0


def test_images_of_neighbouring_pixels_must_not_fall_in_step() -> None:
    """128 pixels to 16 mrad are 0.25 mrad each: at 4000 Å one step of 1 Å; the disc of 80 pixels allows 1/80."""
    tuned = acquire(semiangle_cutoff=10.0, detector_outer=16.0, defocus=4000.0, scan_sampling=1.0)
    found = constraints.out_of_step(tuned, 128, 0.0)
    assert found.margin == pytest.approx(1 / 80, rel=1e-6)
    assert "go to" in found.sentence
    usual = constraints.out_of_step(replace(tuned, defocus=800.0), 128, 0.0)
    assert usual.margin == pytest.approx(1 / 80 - 0.8, rel=1e-6)
    assert usual.sentence == ""


def test_a_study_on_an_instrument_carries_both() -> None:
    instrument = Instrument.of(InstrumentSpec(column="corrected-300", detector="4D-Camera"), FIELD, 128, 100.0)
    assert {"overlap", "resonance"} <= set(instrument.margins(acquire()))
