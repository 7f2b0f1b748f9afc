"""A knob that takes one of a few values, such as the apertures of a condenser."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.errors import InputError
from beamopt.spec import Choice, Range, StudySpec, load_study

APERTURES = [5.0, 10.0, 21.0]


def apertures(**changes: object) -> StudySpec:
    return load_study("mof_coherent", {"semiangle_cutoff": APERTURES, **changes})


def test_a_plain_list_is_searched() -> None:
    spec = apertures()
    assert spec.searched()["semiangle_cutoff"] == Choice((5.0, 10.0, 21.0))
    assert isinstance(spec.searched()["defocus"], Range)
    assert spec.most("semiangle_cutoff") == 21.0


def test_proposals_take_the_value_itself() -> None:
    spec = apertures()
    middle = {name: knob.at(0.5) for name, knob in spec.searched().items()}
    assert spec.propose(middle).acquisition.semiangle_cutoff == 10.0


def test_it_reads_back_the_same_and_is_part_of_the_fingerprint() -> None:
    spec = apertures()
    assert spec.resolved()["search"]["semiangle_cutoff"] == APERTURES
    assert StudySpec.model_validate(spec.resolved()) == spec
    assert spec.fingerprint() != apertures(semiangle_cutoff=[5.0, 10.0]).fingerprint()


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=9, unique=True).map(sorted), st.floats(0, 1))
def test_every_fraction_is_one_of_the_values_and_rises(values: list[float], fraction: float) -> None:
    choice = Choice(tuple(values))
    assert choice.at(fraction) in values
    assert choice.at(0.0) == choice.low == min(values)
    assert choice.at(1.0) == choice.high == max(values)
    shares = [choice.at((i + 0.5) / len(values)) for i in range(len(values))]
    assert shares == values


BAD = {
    "empty": ([], r"search\.semiangle_cutoff"),
    "falling": ([10.0, 5.0], r"10 stands before 5; write the values rising"),
    "twice": ([5.0, 5.0], r"5 stands before 5"),
    "out of range": ([5.0, 900.0], r"semiangle_cutoff = 900 mrad"),
    "zero": ([0.0, 5.0], r"semiangle_cutoff = 0 mrad"),
    "word": ([5.0, "10 mrad"], r"search\.semiangle_cutoff\.1 = '10 mrad': write a plain number in mrad"),
    "not a number": ([5.0, float("nan")], r"search\.semiangle_cutoff\.1 = nan"),
}


@pytest.mark.parametrize(("values", "complaint"), BAD.values(), ids=list(BAD))
def test_one_line_says_what_is_wrong(values: list[object], complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        load_study("mof_coherent", {"semiangle_cutoff": values})
    assert re.search(complaint, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)
