"""A study fitted to the instrument that it names."""

import json
from pathlib import Path

import pytest
import tomli_w

from beamopt.catalogue import load_column, load_detector
from beamopt.errors import InputError
from beamopt.instrument import Instrument, binning, fitted, session_constraints
from beamopt.spec import Choice, InstrumentSpec, Range, StudySpec, load_study

TITAN: dict[str, object] = {"column": "corrected-300", "detector": "EMPAD-G2", "current": 1.0}
OLD: dict[str, object] = {"column": "uncorrected-200", "detector": "Merlin"}


def study(instrument: dict[str, object], **changes: object) -> StudySpec:
    return load_study("mof_coherent", {"instrument": instrument, **changes})


def test_without_an_instrument_nothing_changes() -> None:
    plain = load_study("mof_coherent")
    assert fitted(plain) is plain
    assert "instrument" not in plain.resolved()


def test_the_table_is_part_of_the_fingerprint_and_reads_back() -> None:
    spec = study(TITAN)
    assert spec.fingerprint() != load_study("mof_coherent").fingerprint()
    assert spec.fingerprint() != study(TITAN | {"longest_scan": 60.0}).fingerprint()
    assert StudySpec.model_validate(spec.resolved()) == spec


def test_a_column_of_any_angle_keeps_the_range() -> None:
    assert isinstance(fitted(study(TITAN)).search.semiangle_cutoff, Range)


def test_apertures_inside_the_range_become_a_choice() -> None:
    apertures = load_column("uncorrected-200").semiangles.model_dump()["angles"]
    spec = fitted(study(OLD, energy=200e3, semiangle_cutoff={"low": 4.0, "high": 25.0}))
    assert spec.search.semiangle_cutoff == Choice(tuple(a for a in apertures if 4 <= a <= 25))
    assert fitted(spec) == spec


BAD = {
    "unknown column": (TITAN | {"column": "Titan"}, {}, "corrected-300"),
    "unknown detector": (TITAN | {"detector": "film"}, {}, "EMPAD-G2"),
    "energy of the column": (OLD, {}, "column_energy=300000 eV is above the 200000 eV of uncorrected-200"),
    "camera of the detector": (TITAN, {"camera.pixels": 256}, "camera_pixels=256 pixels is above the 128 pixels"),
    "current of the column": (TITAN | {"current": 500.0}, {}, "current=500 pA is above the 50 pA"),
    "no aperture in the range": (
        OLD,
        {"energy": 200e3, "semiangle_cutoff": {"low": 3.01, "high": 3.02}},
        "holds none of the",
    ),
}


@pytest.mark.parametrize(("table", "changes", "complaint"), BAD.values(), ids=list(BAD))
def test_what_the_equipment_never_does_is_refused_at_once(
    table: dict[str, object], changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        fitted(study(table, **changes))
    assert complaint in str(caught.value)


def test_amperes_are_recognised() -> None:
    with pytest.raises(InputError, match="currents are in pA; for 1e-12 A write 1"):
        study(TITAN | {"current": 1e-12})


def test_own_equipment_lies_beside_the_study_file(tmp_path: Path) -> None:
    """A file counts by its content: moved it is the same study, changed it is another."""
    column = json.loads(load_column("corrected-300").model_dump_json(exclude_unset=True))
    whole = load_study("srtio3_quick").resolved()
    whole.pop("reconstruct")
    whole["sample"] = {k: v for k, v in whole["sample"].items() if v is not None}
    whole["instrument"] = {"column": "mine.json", "detector": "EMPAD"}
    prints = []
    for folder, name in (("a", "mine"), ("b", "mine"), ("c", "other")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.json").write_text(json.dumps(column | {"name": name}), encoding="utf-8")
        (tmp_path / folder / "own.toml").write_text(tomli_w.dumps(whole), encoding="utf-8")
        spec = load_study(tmp_path / folder / "own.toml")
        assert spec.instrument is not None
        assert Instrument.of(spec.instrument, (40.0, 40.0), 64).column.name == name
        prints.append(spec.fingerprint())
    assert prints[0] == prints[1] != prints[2]


def test_margins_keep_their_units_and_shares_have_none() -> None:
    """2 Å at 50 e/Å² and 1 pA: 200 e in 32.04 µs of the 100 µs that a frame takes, 67.96 µs or 0.68 of it too short."""
    spec = study(TITAN)
    acquisition = spec.propose(
        {
            "semiangle_cutoff": 10.0,
            "defocus": 300.0,
            "detector_outer": 20.0,
            "scan_sampling": 2.0,
            "dose_per_area": 50.0,
        }
    ).acquisition
    instrument = Instrument.of(InstrumentSpec.model_validate(TITAN), (44.0, 41.5), 128)
    assert instrument.margins(acquisition)["dwell"] == pytest.approx(100 - 200 / 6.2415, rel=1e-4)
    assert instrument.shares(acquisition)["dwell"] == pytest.approx(1 - 2 / 6.2415, rel=1e-4)
    assert instrument.shares(acquisition)["detector_energy"] == 0
    assert instrument.numbers(acquisition).named()["current_picoamperes"] == 1.0
    ((share, sentence),) = instrument.broken(acquisition)
    assert share == instrument.shares(acquisition)["dwell"]
    assert sentence.startswith("dwell=32.04 µs is below the 100 µs of one EMPAD-G2 frame")
    found = session_constraints(
        acquisition, load_detector("EMPAD-G2"), load_column("corrected-300"), (44.0, 41.5), 128, 1.0
    )
    known = instrument.margins(acquisition)
    assert {one.name: one.margin for one in found}.items() <= known.items()
    assert known.keys() - {one.name for one in found} == {"overlap", "resonance"}


def test_camera_pixels_that_are_no_binning() -> None:
    empad = load_detector("EMPAD-G2")
    assert binning(empad, 128) == binning(empad, 64) == binning(empad, 32) == ""
    assert "camera.pixels=96 is no whole binning of the 128 pixels of EMPAD-G2" in binning(empad, 96)
    assert binning(empad, 96).endswith("use 128, 64, 32, 16")
