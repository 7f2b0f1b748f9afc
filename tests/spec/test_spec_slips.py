"""Slips that deserve a better sentence: a direction in one word, an angle in radians, sheets of a crystal."""

from pathlib import Path

import pytest

from beamopt.errors import InputError
from beamopt.spec import load_study


@pytest.mark.parametrize(
    ("axis", "meant"), [("111", "[1, 1, 1]"), (110, "[1, 1, 0]"), ("1-10", "[1, -1, 0]"), ("[0 0 1]", "[0, 0, 1]")]
)
def test_a_direction_in_one_word_is_answered_with_how_it_is_written(axis: object, meant: str) -> None:
    with pytest.raises(InputError) as caught:
        load_study("srtio3_quick", {"sample.zone_axis": axis})
    assert f"write three whole numbers in brackets, zone_axis = {meant}" in str(caught.value)


@pytest.mark.parametrize("knob", ["semiangle_cutoff", "detector_outer"])
@pytest.mark.parametrize("value", [0.02, [0.02, 20.0]])
def test_an_angle_in_radians_is_answered_in_milliradians(knob: str, value: object) -> None:
    with pytest.raises(InputError, match=rf"{knob} = 0\.02 mrad: .* looks like radians; write 20 mrad"):
        load_study("srtio3_quick", {knob: value})


def test_sheets_are_for_files_and_count_in_the_fingerprint_only_where_they_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sheets is for structure files"):
        load_study("srtio3_quick", {"sample.sheets": 2})
    assert "sheets" not in load_study("srtio3_quick").resolved()["sample"]
    (tmp_path / "own.xyz").write_text("1\n\nC 0 0 0\n")
    named: dict[str, object] = {"sample": {"file": str(tmp_path / "own.xyz"), "thickness": 40.0, "window": 31.0}}
    one, two = (load_study("srtio3_quick", {**named, **more}) for more in ({}, {"sample.sheets": 2}))
    assert one.fingerprint() != two.fingerprint()
    digests = one.file_digests()
    (tmp_path / "own.xyz").write_text("1\n\nN 0 0 0\n")
    assert digests.keys() == one.file_digests().keys() == {"sample.file"}
    assert digests != one.file_digests()
