"""The method card: what it says, in every form."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from beamopt.acquisition import Acquisition
from beamopt.catalogue import load_detector
from beamopt.cli.options import json_text
from beamopt.front import Expected, Recommended
from beamopt.instrument import camera_length
from beamopt.instrument.timing import ELECTRONS
from beamopt.quantities import short, unit_of
from beamopt.report.card import MethodCard, method_card
from beamopt.report.card_page import _plain, card_html, card_pdf, sections
from beamopt.report.card_rows import dial_rows, expected_rows, session_said, tolerance_rows
from beamopt.report.nexus import nexus_card
from report.studies import HOSTILE, review, spec
from report.test_report_figures import robustness

SESSION = {
    "session.dwell_microseconds": 1000.0,
    "session.current_picoamperes": 0.5,
    "session.scan_time_seconds": 0.4,
    "session.dose_rate_electrons_per_square_angstrom_second": 3000.0,
    "session.data_size_gigabytes": 0.02,
    "session.camera_length_millimetres": 400.0,
}


def card(folder: Path | None = None, more: Mapping[str, float] | None = None) -> MethodCard:
    study = review(20, folder, more=more)
    plain = method_card(study, study.front[-1], "Asked for: at most 300 e/Å².")
    return replace(plain, advice=None)


def at(whole: MethodCard, **changes: float) -> MethodCard:
    return replace(whole, acquisition=replace(whole.acquisition, **changes))


@pytest.mark.parametrize(
    ("defocus", "said"),
    [
        (885.0, "885 Å underfocus: crossover below the entrance surface, C10 = -885 Å"),
        (-50.0, "50 Å overfocus: crossover above the entrance surface, C10 = +50 Å"),
        (0.0, "in focus at the entrance surface (C10 = 0)"),
    ],
)
def test_defocus_can_be_read_in_one_way_only(defocus: float, said: str) -> None:
    moved = at(card(), defocus=defocus)
    assert dict(dial_rows(moved))["defocus"].replace("\u00a0", " ") == said
    optics = nexus_card(moved)["entry"]["measurement"]["event1"]["instrument"]["optics"]
    assert optics["defocus"]["value"] == -defocus, "NXem's defocus is the aberration constant C_1_0"
    assert nexus_card(moved)["beamopt"]["acquisition"]["defocus"] == {"value": defocus, "units": "Å"}


def test_a_scan_holds_as_many_steps_as_fit_the_field() -> None:
    rows = dict(dial_rows(at(card(), scan_sampling=1.0, dose_per_area=50.0, energy=200e3, semiangle_cutoff=10.0)))
    assert rows["voltage"] == "200 kV"
    assert rows["convergence semi-angle"] == "10 mrad"
    assert rows["field"] == "at least 40 Å along each side, 40 steps or more; larger at will"
    assert rows["dose"] == "50 e/Å², 50 electrons per pattern"


def test_a_usual_scan_takes_its_share_of_time_and_data() -> None:
    electrons = ELECTRONS * 1000.0 * 0.5  # as many as half a pA brings in the recorded dwell
    whole = at(card(more=SESSION), scan_sampling=2.0, dose_per_area=electrons / 4)
    assert dict(dial_rows(whole))["field"].startswith("at least 40 Å along each side, 400 positions in all")
    rows = dict(session_said(whole))
    assert rows["time of the scan"] == (
        "0.4 s for 400 positions, without flyback; 65.5 s for 256 × 256, 4.4 min for 512 × 512"
    )
    assert rows["data"] == "20 MB for 400 positions; 3.28 GB for 256 × 256, 13.1 GB for 512 × 512"
    assert rows["camera length"].startswith("400 mm")
    assert session_said(card()) == []
    assert "none named in the study" in card_html(card())


def test_dwell_and_current_bring_the_electrons_of_the_card() -> None:
    """The recorded dwell, 1000 µs, is that of the step that was simulated; what is dialled belongs to one step."""
    whole = card(more=SESSION)
    brought = whole.dialled["dwell"] * whole.dialled["current"] * 6.241509
    assert brought == pytest.approx(whole.acquisition.electrons_per_pattern, rel=1e-6)
    rows = dict(session_said(whole))
    assert rows["dwell"] == f"{short(whole.dialled['dwell'])} µs per position"
    assert whole.dialled["scan_time"] == pytest.approx(400 * whole.dialled["dwell"] * 1e-6)
    told = nexus_card(whole)
    scan = told["entry"]["measurement"]["event1"]["instrument"]["ebeam_column"]["scan_controller"]
    assert scan["dwell_time"]["value"] == whole.dialled["dwell"]
    assert told["beamopt"]["session"]["dwell"] == 1000.0, "what was recorded stays as it was"
    assert told["beamopt"]["positions"] == 400


def test_camera_length_puts_the_collection_angle_on_the_edge() -> None:
    """The detector's own half side over the tangent of the angle."""
    detector = load_detector("EMPAD-G2")
    half = min(detector.pixels) * detector.pixel_pitch * 1e-3 / 2
    assert camera_length(detector, 20.0) == pytest.approx(half / 0.020002667, rel=1e-6)


def test_expected_scores_have_their_spread_or_say_why_not() -> None:
    known = dict(expected_rows(card(more={"ptychography.information_std": 0.02, "replicates": 4.0})))
    assert known["information"].endswith(" ± 0.03 bits/Å²")
    assert known["noise"].startswith("as the search recorded it, from 4 noise draws; it was kept for being good")
    assert "from one noise draw;" in dict(expected_rows(card(more={"replicates": 1.0})))["noise"]
    again = {"ptychography.information": Expected(mean=0.5, low=0.45, high=0.55, draws=8)}
    advice = Recommended(trial=card().trial, role="knee", score="ptychography.information", expected=again)
    fresh = dict(expected_rows(replace(card(), advice=advice)))
    assert fresh["information"] == "0.5 bits/Å² (95 %: 0.45 to 0.55, 8 fresh draws)"
    assert "noise" not in fresh
    assert (
        nexus_card(replace(card(), advice=advice))["beamopt"]["fresh_noise"]["ptychography.information"]["draws"] == 8
    )
    shares = {"efficiency.ptychography": 0.83, "efficiency_full.ptychography": 0.37, "efficiency.icom": 0.1}
    told = dict(expected_rows(card(more=shares)))["against the limits"]
    assert told == "83% of what a linear method attains, 37% of this measurement's ceiling"
    assert "against the limits" not in dict(expected_rows(card()))


def test_tolerances_are_shown_or_how_to_get_them() -> None:
    plain = card()
    number = plain.trial.number
    assert tolerance_rows(plain) == [
        ("tolerance of the knobs", f"not measured; run beamopt robust mof --trial {number}")
    ]
    measured = replace(plain, robustness=robustness())
    assert tolerance_rows(measured) == [("defocus", "beyond -12 Å and +20 Å"), ("semiangle cutoff", "+0.5 mrad")]
    assert dict(expected_rows(measured))["information in a session"] == (
        "0.8 ± 0.2 bits/Å²; at worst 0.5 bits/Å² (defocus -20 Å)"
    )


def test_an_image_that_resolves_nothing_is_not_given_a_resolution() -> None:
    """The score says so itself; the side of its region stands for no resolution at all."""
    nothing = {"ptychography.frc_resolution": 53.3, "ptychography.unresolved": 1.0}
    blind = at(card(more=nothing), defocus=170.0, semiangle_cutoff=17.0)
    assert dict(expected_rows(blind))["frc resolution"] == "nothing resolved"
    assert nexus_card(blind)["beamopt"]["expected"]["frc_resolution"]["comment"] == "nothing resolved"
    sharp = at(card(more={"ptychography.frc_resolution": 12.6}), defocus=170.0, semiangle_cutoff=17.0)
    assert dict(expected_rows(sharp))["frc resolution"] == "12.6 Å"
    assert "comment" not in nexus_card(sharp)["beamopt"]["expected"]["frc_resolution"]


def test_what_is_left_out_is_said_in_every_form() -> None:
    ideal = replace(card(), assumptions=())
    said = dict(dict(sections(ideal))["Taken for granted"])
    assert said["left out"].startswith("damage, coherence")
    assert "assumed" not in said, "a study without damage takes more than numbers for granted"
    assert nexus_card(ideal)["beamopt"]["assumptions"][:2] == ["left out: damage", "left out: coherence"]


def test_the_way_to_the_tolerances_leads_to_the_home() -> None:
    elsewhere = replace(card(), where=("--home", "my runs", "--storage", "postgresql://me:s3cret@host/db"))
    place = "--home 'my runs' --storage 'postgresql://me:***@host/db' (with the password for ***)"
    assert tolerance_rows(elsewhere)[0][1].endswith(f"--trial {elsewhere.trial.number} {place}")


def test_json_has_the_names_of_nxem_and_every_knob_with_its_unit() -> None:
    whole = card(more=SESSION)
    told: dict[str, Any] = json.loads(json_text(nexus_card(replace(whole, robustness=robustness()))))
    assert told["schema_version"] == 1
    assert told["definition"] == told["entry"]["definition"] == "NXem"
    instrument = told["entry"]["measurement"]["event1"]["instrument"]
    column, optics = instrument["ebeam_column"], instrument["optics"]
    assert column["electron_source"]["voltage"] == {"value": 300e3, "units": "V"}
    assert column["scan_controller"]["dwell_time"] == {"value": whole.dialled["dwell"], "units": "microsecond"}
    assert set(optics) == {
        "semi_convergence_angle",
        "defocus",
        "field_of_view",
        "camera_length",
        "probe_current",
        "dose_rate",
        "dose_management",
    }
    assert told["entry"]["sample"]["is_simulation"] is True
    knobs = told["beamopt"]["acquisition"]
    assert {n: k["units"] for n, k in knobs.items()} == {n: unit_of(Acquisition, n) for n in Acquisition.knobs()}
    assert told["beamopt"]["fingerprint"] == whole.spec.fingerprint()
    assert told["beamopt"]["robustness"]["tolerances"]["defocus"]["high"] == 20.0


def test_html_shows_image_and_truth_and_runs_nothing(tmp_path: Path) -> None:
    page = card_html(card(tmp_path))
    assert page.count('src="data:image/png;base64,') == 3
    assert "<script" not in page
    assert "script-src &#39;none&#39;" in page
    assert all("alt=" in image for image in re.findall(r"<img [^>]*>", page))
    assert "what to expect" in page
    assert page.count('class="bar"') == 2


def test_pdf_is_one_page_and_the_same_every_time(tmp_path: Path) -> None:
    whole = replace(card(tmp_path, SESSION), robustness=robustness())
    first = card_pdf(whole)
    assert first.startswith(b"%PDF")
    assert len(re.findall(rb"/Type */Page\b", first)) == 1
    assert first == card_pdf(whole)
    assert len(first) < 1_000_000


def test_a_line_that_must_not_break_keeps_its_gaps_in_the_pdf() -> None:
    assert _plain(dict(dial_rows(at(card(), defocus=885.0)))["defocus"]).endswith("C10 = -885 Å")


def test_hostile_text_is_harmless_in_every_form() -> None:
    study = review(20, None, spec(title=HOSTILE + " $\\frac{broken"))
    hostile = replace(method_card(study, study.front[-1], HOSTILE), assumptions=(HOSTILE + " $x_{", "a\x00b\x1b[31m"))
    assert HOSTILE not in card_html(hostile)
    assert card_pdf(hostile).startswith(b"%PDF")
    assert json.loads(json_text(nexus_card(hostile)))["beamopt"]["assumptions"][0].startswith(HOSTILE)
