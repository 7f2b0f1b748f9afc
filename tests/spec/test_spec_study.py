"""A study file is checked whole, and every complaint helps."""

import re
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from beamopt.errors import InputError
from beamopt.spec import METHODS, Range, StudySpec, load_study, shipped_studies


@pytest.mark.parametrize("name", list(shipped_studies()))
def test_shipped_studies_are_valid_and_named_after_their_file(name: str) -> None:
    assert load_study(name).name == name


def test_default_is_dose_down_information_up() -> None:
    goals = [(o.metric, o.direction, o.unit) for o in load_study("mof_coherent").objectives]
    assert goals == [("dose_per_area", "minimize", "e/Å²"), ("information", "maximize", "bits/Å²")]


BAD = {
    "unknown table": ({"serach.defocus": 3}, r"serach: unknown key; did you mean 'search'\?"),
    "unknown key": ({"sample.thicknes": 3}, r"sample\.thicknes = 3: unknown key; did you mean 'thickness'\?"),
    "unknown keys": ({"sample.thicknes": 3, "x": 1}, r"unknown key; .* \(and 1 more\)"),
    "like no other": (
        {"camera.zzz": 3},
        r"camera\.zzz = 3: unknown key; remove it or use pixels, dqe, ",
    ),
    "unknown end": ({"defocus": {"low": 1.0, "hgih": 2.0}}, r"search\.defocus\.hgih = 2\.0: .*did you mean 'high'\?"),
    "in a list": ({"objectives": [{"metrc": "information", "direction": "maximize"}]}, r"0\.metrc.*'metric'\?"),
    "keV": ({"energy": 300}, r"energy = 300 eV: must be at least 1000 eV; write it in eV, 300 keV as 300e3$"),
    "too much energy": ({"energy": 4e6}, r"energy = 4000000\.0 eV: must be at most 3e\+06 eV; write it in eV$"),
    "optional with a unit": ({"sample.field": -3.0}, r"sample\.field = -3\.0 Å: must be above 0 Å; write it in Å$"),
    "unit of a table": ({"coherence.source_size": 30.0}, r"source_size = 30\.0 Å: must be at most 20 Å"),
    "energy in a string": ({"energy": "300 keV"}, r"energy = '300 keV': write a plain number in eV$"),
    "unit in a string": ({"defocus": "30 nm"}, r"search\.defocus = '30 nm': write a plain number in Å"),
    "zero step": ({"scan_sampling": 0}, r"scan_sampling = 0 Å"),
    "zero thickness": ({"sample.thickness": 0}, r"sample\.thickness = 0"),
    "not a number": ({"dose_per_area": float("nan")}, r"search\.dose_per_area = nan"),
    "swapped ends": ({"defocus": {"low": 5.0, "high": 1.0}}, r"low = 5 must be below high = 1"),
    "log of zero": ({"defocus": {"low": 0.0, "high": 1.0, "log": True}}, r"log range needs low > 0"),
    "path in the name": ({"name": "../x"}, r"name = '\.\./x'"),
    "unknown method": ({"methods": ["magic"]}, r"'magic' is not a method; use ptychography"),
    "unused settings": (
        {"methods": ["icom"], "reconstruct.parallax.upsampling": 2},
        r"reconstruct\.parallax: not among",
    ),
    "unknown setting": (
        {"reconstruct.ptychography.stepsize": 2},
        r"reconstruct\.ptychography\.stepsize.*did you mean 'step_size'",
    ),
    "unknown metric": ({"objectives": [{"metric": "beauty", "direction": "maximize"}]}, r"'beauty' is not recorded"),
    "unmeasured metric": (
        {"methods": ["icom"], "objectives": [{"metric": "parallax.information", "direction": "maximize"}]},
        r"needs method 'parallax'",
    ),
    "no direction": ({"objectives": [{"metric": "information", "direction": "up"}]}, r"direction = 'up'"),
    "two samples": ({"sample.file": "x.cif"}, r"exactly one of name"),
    "no zone axis": ({"sample.zone_axis": [0, 0, 0]}, r"zone_axis = \[0, 0, 0\]"),
    "odd camera": ({"camera.pixels": 63}, r"camera\.pixels = 63.*multiple of 2"),
    "through a value": ({"seed.x": 1}, r"'seed' is a value"),
}


@pytest.mark.parametrize(("change", "complaint"), BAD.values(), ids=list(BAD))
def test_one_line_says_what_is_wrong(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        load_study("mof_coherent", change)
    assert re.search(complaint, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_misspelt_knob_is_named_and_not_the_one_it_leaves_missing(tmp_path: Path) -> None:
    whole = _without_nones(load_study("mof_coherent").resolved())
    assert isinstance(whole, dict)
    defocus = whole["search"].pop("defocus")
    path = tmp_path / "typo.toml"
    path.write_text(tomli_w.dumps(whole), encoding="utf-8")
    with pytest.raises(InputError, match=r"^typo\.toml: search\.defocus: missing; add it, in Å$"):
        load_study(path)
    whole["search"]["defokus"] = defocus
    path.write_text(tomli_w.dumps(whole), encoding="utf-8")
    with pytest.raises(InputError, match=r"^typo\.toml: search\.defokus: unknown key; did you mean 'defocus'\?$"):
        load_study(path)


def test_nothing_searched_is_refused() -> None:
    fixed = dict.fromkeys(("semiangle_cutoff", "defocus", "detector_outer", "scan_sampling", "dose_per_area"), 10.0)
    with pytest.raises(InputError, match="nothing is searched"):
        load_study("mof_coherent", fixed)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"name = ", b"[[[[", b"x = [" + b"[" * 5000])
def test_garbage_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.toml"):
        load_study(path)


@pytest.mark.parametrize("name", ["no_such_study", "missing.toml", "../../etc/passwd"])
def test_missing_study_names_the_choices(name: str) -> None:
    with pytest.raises(InputError, match="mof_lowdose"):
        load_study(name)


@given(
    st.dictionaries(st.sampled_from(["name", "energy", "sample", "search", "methods", "x"]), st.text() | st.floats())
)
def test_any_wrong_table_gives_one_clear_error(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        StudySpec.model_validate(raw)


def test_user_file_finds_its_structure_beside_it(tmp_path: Path) -> None:
    whole = load_study("srtio3_quick").resolved()
    whole["sample"] = {"file": "mine.cif", "thickness": 40.0, "window": 30.0}
    whole.pop("reconstruct")
    (tmp_path / "mine.toml").write_text(tomli_w.dumps(whole | {"name": "mine"}), encoding="utf-8")
    assert load_study(tmp_path / "mine.toml").sample.file == tmp_path / "mine.cif"


def test_fingerprint_sees_the_physics_and_not_the_budget() -> None:
    plain = load_study("mof_coherent")
    assert plain.fingerprint() == load_study("mof_coherent", {"budget.trials": 200, "title": "x"}).fingerprint()
    for change in ({"seed": 2}, {"sample.thickness": 80.0}, {"reconstruct.ptychography.step_size": 0.1}):
        assert plain.fingerprint() != load_study("mof_coherent", change).fingerprint()


def test_resolved_study_reads_back_the_same() -> None:
    spec = load_study("mof_coherent", {"reconstruct.ptychography.step_size": {"low": 0.1, "high": 1.0}})
    clean = _without_nones(spec.resolved())
    assert StudySpec.model_validate(clean) == spec


def _without_nones(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_nones(v) for k, v in value.items() if v is not None}
    return value


def test_searched_settings_reach_the_method() -> None:
    spec = load_study("mof_coherent", {"reconstruct.ptychography.iterations": {"low": 2.0, "high": 30.0}})
    params = {name: r.at(0.5) for name, r in spec.searched().items()} | {"ptychography.iterations": 7.4}
    assert spec.propose(params).settings["ptychography"].model_dump()["iterations"] == 7


@given(st.floats(0, 1))
def test_range_is_inside_its_ends(fraction: float) -> None:
    for log in (False, True):
        assert 2.0 <= Range(low=2.0, high=50.0, log=log).at(fraction) <= 50.0 + 1e-9


def test_every_method_has_defaults() -> None:
    for settings in METHODS.values():
        assert settings().searched() == {}
