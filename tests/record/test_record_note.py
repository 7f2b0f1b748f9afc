"""Texts on MLflow's pages say what was found and cannot carry a script."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.record.colours import colour_of
from beamopt.record.note import note, safe, trial_note
from beamopt.record.rows import decades
from beamopt.spec import StudySpec
from beamopt.trial import Trial

Made = Callable[[int], Trial]
PLACE = ("1", "abc")


@given(st.text())
def test_no_text_opens_a_tag_a_link_a_cell_or_a_line(text: str) -> None:
    shown = safe(text)
    assert not set(shown) & set("<>[]`\n")
    assert shown.count("|") == shown.count("\\|")


def test_the_study_says_what_to_dial_and_where_the_rest_is(spec: StudySpec, made: Made) -> None:
    trials = [made(number) for number in range(6)]
    said = note(spec, trials, [], place=PLACE, figures=["front.png"], recommended=["12 mrad, 45 e/Å²"])
    assert "* 12 mrad, 45 e/Å²" in said
    assert "![front.png](get-artifact?path=front.png&run_uuid=abc)" in said
    assert "viewStateShareKey=beamopt-abc&compareRunsMode=CHART" in said
    assert "viewStateShareKey=beamopt-abc-troubled&compareRunsMode=TABLE" in said
    assert "colour: semiangle_cutoff, dark blue 4 to yellow 25 mrad" in said
    assert "troubled" not in note(spec, [made(0)], [], place=PLACE)


def test_a_trial_says_what_was_set_what_came_out_and_why_not(spec: StudySpec, made: Made) -> None:
    said = trial_note(spec, made(3), "abc", ["ptychography.png", "frc.png"])
    assert "| defocus | 450 Å |" in said
    assert "| ptychography | 0.3 |" in said
    assert "path=frc.png&run_uuid=abc" in said
    assert "**Why:** the probe leaves the window (&gt;40 Å)" in trial_note(spec, made(1), "abc", [])


def test_colours_run_with_the_semi_angle(spec: StudySpec, made: Made) -> None:
    """From the dark end of the map to its light end; brightness never falls."""
    hexes = [colour_of(spec, made(number)) for number in range(10)]
    bright = [sum(int(colour[i : i + 2], 16) * w for i, w in ((1, 0.3), (3, 0.59), (5, 0.11))) for colour in hexes]
    assert bright == sorted(bright)
    assert colour_of(spec, made(0)) == "#00224e"


@pytest.mark.parametrize(("low", "found"), [(1.0, ["dose_per_area"]), (100.0, [])])
def test_logarithms_are_for_decades(spec: StudySpec, low: float, found: list[str]) -> None:
    raw = spec.resolved()
    raw["search"]["dose_per_area"] = {"low": low, "high": 500.0, "log": True}
    assert decades(StudySpec.model_validate(raw)) == found
