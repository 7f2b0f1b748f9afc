"""Detectors and columns: every number stands on something, the cited ones are the cited ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from beamopt.catalogue import Apertures, Continuous, column_names, detector_names, load_column, load_detector
from beamopt.catalogue.equipment import _by_word
from beamopt.errors import InputError

ASKED = {"EMPAD", "EMPAD-G2", "ARINA", "4D-Camera", "Timepix3", "Merlin", "ELA", "K3", "Celeritas-XS"}


def test_all_are_there_and_answer_to_their_names() -> None:
    assert set(detector_names()) == ASKED
    assert column_names() == ("corrected-300", "uncorrected-200")
    for name in detector_names():
        assert load_detector(name.upper()).name == name
    words = [w.casefold() for n in detector_names() for w in (n, *load_detector(n).aliases)]
    assert len(words) == len(set(words))
    assert load_detector("4d camera") is load_detector("4D-Camera")


@pytest.mark.parametrize("name", detector_names())
def test_every_number_has_a_source_and_a_guess_is_printed_as_one(name: str) -> None:
    detector = load_detector(name)
    for field in ("pixels", "pixel_pitch", "frame_rate", "energies", "pixel_rate", "dqe", "point_spread", "bits"):
        standing = detector.standing[field]
        assert len(standing.source) > 5
        assert detector.stated(field).endswith(f"({standing.status})")
        if "beamopt" in standing.source:
            assert standing.status == "guess"


def test_two_that_answer_to_one_name_are_refused() -> None:
    arina = load_detector("ARINA")
    copied = arina.model_copy(update={"name": "Toy"})
    with pytest.raises(ValueError, match="names both ARINA and Toy"):
        _by_word([arina, copied])


def test_read_numbers_are_those_of_their_sources() -> None:
    """Tate 2016; Philipp 2022; Zambon 2023; Ercius 2024; Jannis 2021."""
    assert load_detector("EMPAD").frame_rate == 1100
    assert load_detector("EMPAD").pixels == (128, 128)
    assert load_detector("EMPAD-G2").frame_rate == 10e3
    arina = load_detector("ARINA")
    assert (arina.frame_rate, arina.pixel_rate, arina.energies) == (120e3, 84e6, (30e3, 200e3))
    assert 0.75 <= arina.dqe <= 0.82
    camera = load_detector("4D-Camera")
    assert (camera.pixels, camera.frame_rate, camera.energies) == ((576, 576), 87e3, (30e3, 300e3))
    assert load_detector("Timepix3").frame_rate == pytest.approx(1 / 100e-9)


def test_stored_bits_of_the_4d_camera_give_its_data_rate() -> None:
    """About 480 Gbit/s (Ercius et al. 2024)."""
    camera = load_detector("4D-Camera")
    rate = camera.pixels[0] * camera.pixels[1] * camera.frame_rate * camera.bits
    assert rate == pytest.approx(480e9, rel=0.05)


def test_the_second_generation_reads_180_pa_in_one_pixel() -> None:
    assert load_detector("EMPAD-G2").pixel_rate == pytest.approx(180e-12 / 1.602e-19, rel=0.03)


@pytest.mark.parametrize(
    ("energy", "spread", "angstrom"),
    [(300e3, 0.9, 52), (200e3, 0.9, 73), (80e3, 0.9, 169), (300e3, 0.35, 20), (200e3, 0.35, 29), (80e3, 0.35, 66)],
)
def test_focal_spread(energy: float, spread: float, angstrom: float) -> None:
    """Cc = 1.4 mm, worked out from the rest energy of 510.999 keV."""
    column = load_column("corrected-300").model_copy(update={"energy_spread": spread})
    assert column.focal_spread(energy) == pytest.approx(angstrom, rel=0.02)


def test_best_aperture_of_the_uncorrected_column_is_the_one_its_cs_asks_for() -> None:
    """(4λ/Cs)^(1/4) at 200 kV, λ = 0.02508 Å (Reimer & Kohl, table 2.2)."""
    column = load_column("uncorrected-200")
    best = 1e3 * (4 * 0.02508 / column.spherical_aberration) ** 0.25
    assert column.semiangles.nearest(best) == pytest.approx(best, rel=5e-3)


def test_nearest_semiangle() -> None:
    assert [Continuous(low=1, high=35).nearest(a) for a in (0.5, 7.3, 40)] == [1, 7.3, 35]
    assert [Apertures(angles=(4, 8, 10)).nearest(a) for a in (1, 6.1, 8.9, 30)] == [4, 8, 8, 10]


def test_stated_speaks_in_units() -> None:
    assert load_detector("EMPAD").stated("pixels") == "128 × 128 (read)"
    assert load_column("uncorrected-200").stated("spherical_aberration") == "1.2 mm (recalled)"
    assert load_column("uncorrected-200").stated("source_size") == "1 Å (guess)"
    assert load_column("corrected-300").stated("semiangles") == "1 to 35 mrad (recalled)"
    assert load_detector("EMPAD").stated("hits_per_electron") == "1"


def test_unknown_names_list_what_there_is() -> None:
    with pytest.raises(InputError, match="detector 'film' is not in the catalogue; use one of 4D-Camera, ARINA"):
        load_detector("film")
    with pytest.raises(InputError, match="detector 'EMPAD-3' is not in the catalogue; did you mean 'EMPAD"):
        load_detector("EMPAD-3")
    with pytest.raises(InputError, match="column 'titan' is not in the catalogue; use one of corrected-300"):
        load_column("titan")


def _sheet(**changed: Any) -> str:
    raw = load_detector("EMPAD-G2").model_dump(mode="json", exclude_unset=True)
    return json.dumps(raw | changed)


def test_an_own_data_sheet_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(_sheet(name="mine", frame_rate=5000.0), encoding="utf-8")
    assert load_detector(str(path)).frame_rate == 5000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (_sheet(frame_rate=-1), "frame_rate"),
        (_sheet(framerate=100), "framerate"),
        (_sheet(standing={}), "standing.background is missing"),
        (_sheet(total_rate=1e8), "standing.total_rate is missing"),
        (_sheet(energies=[3e5, 3e4]), "energies = 300000, 30000: the second must be above the first"),
        ("{", "EOF"),
        ("x" * 200_000, "larger than 100000 bytes"),
    ],
)
def test_a_wrong_data_sheet_is_refused_in_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=complaint) as caught:
        load_detector(str(path))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("mine.json: ")


def test_a_missing_or_binary_data_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_column(str(tmp_path / "none.json"))
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        load_column(str(tmp_path / "binary.json"))
