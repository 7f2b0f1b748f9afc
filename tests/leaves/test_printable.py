"""What comes from outside moves no cursor; what a terminal cannot show is spelled."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.nearest import nearest
from beamopt.printable import printable, spelled


@given(st.text())
def test_nothing_that_is_shown_is_a_command(text: str) -> None:
    shown = printable(text)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert printable(shown) == shown


@pytest.mark.parametrize("text", ["1.4 bits/Å² at 0.5 Å⁻¹", "αβ 試料 é", "/data/My Sample.cif", "a\u3000b"])
def test_what_people_write_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b]0;title\x07", r"\x1b]0;title\x07"), ("\x9b2J", r"\x9b2J"), ("a\u202eb", r"a\u202eb"), ("a\nb", r"a\nb")],
)
def test_commands_are_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_any_text_can_be_spelled(text: str) -> None:
    assert spelled(text).isascii()
    assert spelled("plain text") == "plain text"


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("mof_lowdos", ["mof_lowdose", "mof_coherent"], "mof_lowdose"),
        ("UiO66", ["ZIF-8", "UiO-66"], "UiO-66"),
        ("EMPADG2", ["EMPAD-G2", "EMPAD"], "EMPAD-G2"),
        ("dose", ["defocus", "seed"], ""),
        ("", ["defocus"], ""),
        ("x" * 100_000, ["defocus"], ""),
    ],
)
def test_the_nearest_name(word: str, known: list[str], meant: str) -> None:
    assert nearest(word, known) == meant
