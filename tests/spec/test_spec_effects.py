"""Tables of a real session: read, checked, and absent from studies that do not speak of them."""

import re

import pytest

from beamopt.errors import InputError
from beamopt.spec import StudySpec, load_study

REAL: dict[str, object] = {
    "coherence.source_size": 0.5,
    "coherence.focal_spread": 50,
    "damage.critical_dose": "catalogue",
    "camera.dqe": 0.8,
    "camera.point_spread": 0.4,
    "camera.background": 0.001,
    "thermal.displacement": {"Zr": 0.07, "O": 0.1, "C": 0.12, "H": 0.15},
}

BAD = {
    "negative source": ({"coherence.source_size": -1.0}, r"coherence\.source_size = -1"),
    "endless focal spread": ({"coherence.focal_spread": float("inf")}, r"coherence\.focal_spread = inf"),
    "unknown key": ({"coherence.source": 1.0}, r"coherence\.source = 1\.0: unknown key"),
    "no fluence": ({"damage.critical_dose": 0}, r"damage\.critical_dose = 0: write a number above 0 in e/Å²"),
    "another word": ({"damage.critical_dose": "measured"}, r'critical_dose = \'measured\'.*or "catalogue"'),
    "not a number": ({"damage.critical_dose": float("nan")}, r"damage\.critical_dose = nan"),
    "no fluence at all": ({"damage.shape": "constant"}, r"damage\.critical_dose"),
    "a shape without its frequency": ({"damage.critical_dose": 20, "damage.shape": "protein"}, r"reference"),
    "a frequency without a shape": ({"damage.critical_dose": 20, "damage.reference": 0.3}, r"reference"),
    "an energy beside the catalogue's": (
        {"damage.critical_dose": "catalogue", "damage.energy": 200e3},
        r"energy comes with the catalogue's number",
    ),
    "efficiency of nothing": ({"camera.dqe": 0}, r"camera\.dqe = 0"),
    "more than every electron": ({"camera.dqe": 1.1}, r"camera\.dqe = 1\.1"),
    "negative background": ({"camera.background": -1}, r"camera\.background = -1"),
    "negative motion": ({"thermal.displacement": -0.1}, r"thermal\.displacement = -0\.1: all atoms: -0\.1"),
    "motion in a word": ({"thermal.displacement": "some"}, r"'some' is no displacement"),
    "another model": ({"thermal": {"displacement": 0.1, "model": "einstein"}}, r"thermal\.model = 'einstein'"),
    "no configuration": ({"thermal": {"displacement": 0.1, "configurations": 0}}, r"thermal\.configurations = 0"),
    "wild motion": ({"thermal.displacement": {"Zr": 9.0}}, r"thermal\.displacement: Zr: 9\.0 is no displacement"),
    "motion in words": ({"thermal.displacement": {"Zr": "a lot"}}, r"Zr: 'a lot'"),
}


@pytest.mark.parametrize(("change", "complaint"), BAD.values(), ids=list(BAD))
def test_one_line_says_what_is_wrong(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        load_study("mof_coherent", change)
    assert re.search(complaint, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_real_session_reads_back_the_same() -> None:
    spec = load_study("mof_coherent", REAL)
    assert StudySpec.model_validate(_without_nones(spec.resolved())) == spec


def _without_nones(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_nones(v) for k, v in value.items() if v is not None}
    return value


def test_every_imperfection_counts_in_the_fingerprint() -> None:
    prints = {load_study("mof_coherent", {key: value}).fingerprint() for key, value in REAL.items()}
    assert len(prints | {load_study("mof_coherent").fingerprint()}) == len(REAL) + 1


def test_a_study_that_speaks_of_none_is_stored_as_ever() -> None:
    plain = load_study("srtio3_quick").resolved()
    assert not {"coherence", "damage", "thermal"} & set(plain)
    assert plain["camera"] == {"pixels": 48}
    spelled_out = load_study("srtio3_quick", {"camera.dqe": 1.0, "camera.background": 0.0})
    assert spelled_out.fingerprint() == load_study("srtio3_quick").fingerprint()
