"""Robustness of a stored study: what is kept, who can read it, and a study that optimises it."""

import json
from pathlib import Path

import pytest

from beamopt.errors import ConflictError, InputError, StorageError
from beamopt.search import Search
from beamopt.study import Outcome, robust, run_study
from beamopt.study.rejudge import robustness_file, stored
from study.conftest import Tiny

LITTLE: dict[str, object] = {
    "robustness": {"defocus": 10.0, "thickness": 0.0, "mistilt": 0.0, "coma": 0.0, "threefold_astigmatism": 0.0}
    | {"position_jitter": 0.0, "drift": 0.0, "astigmatism": 20.0}
}
ONCE: dict[str, object] = {"budget": {"trials": 3}}
"""No draws but one, as in a study that optimises its robustness."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    from beamopt.spec import load_study
    from study.conftest import TINY

    home = tmp_path_factory.mktemp("judged")
    outcome = run_study(load_study("srtio3_quick", TINY | LITTLE | ONCE), home=home)
    robust("srtio3_quick", home, trial=outcome.front[-1].number, replicates=2, most=2)
    return home, outcome


def test_the_result_of_a_setting_is_kept(judged: tuple[Path, Outcome]) -> None:
    home, outcome = judged
    kept = stored("srtio3_quick", home)
    assert set(kept) == {outcome.front[-1].number}
    for number, one in kept.items():
        assert one.calm.mean != outcome.front[-1].values[1]  # fresh noise, not what the search has seen
        assert (one.trial, one.replicates, one.method, one.metric) == (number, 2, "icom", "information")
        assert [d.name for d in one.disturbed] == ["defocus +10 %", "defocus -10 %", "astigmatism 20 Å"]
        means = [one.calm.mean, *(d.mean for d in one.disturbed)]
        assert one.expected.mean == pytest.approx(sum(means) / 4)
        assert one.worst.mean == min(means)
        assert {"defocus", "semiangle_cutoff", "detector_outer"} <= one.tolerances.keys()
        for width in one.tolerances.values():
            assert (width.low or 0) <= 0 <= (width.high or 0)


def test_what_is_written_can_be_read_without_beamopt(judged: tuple[Path, Outcome]) -> None:
    home, outcome = judged
    content = json.loads(robustness_file("srtio3_quick", home).read_text(encoding="utf-8"))
    assert content["fingerprint"] == outcome.spec.fingerprint()
    one = content["trials"][0]
    assert one["schema_version"] == 1
    assert {"trial", "replicates", "metric", "method", "calm", "disturbed", "expected", "worst", "tolerances"} <= set(
        one
    )
    assert set(one["calm"]) == set(one["expected"]) == {"mean", "std", "draws"}
    assert {"name", "mean", "std"} <= set(one["disturbed"][0])
    assert set(one["worst"]) == {"name", "mean"}
    assert {"low", "high", "unit"} <= set(one["tolerances"]["defocus"])
    assert one["tolerances"]["defocus"]["unit"] == "Å"


def test_a_second_call_adds_and_repeats_the_same_numbers(judged: tuple[Path, Outcome]) -> None:
    home, outcome = judged
    before = stored("srtio3_quick", home)
    first = next(iter(before))
    (again,) = robust("srtio3_quick", home, trial=first, replicates=2, most=2)
    assert again == before[first]
    assert stored("srtio3_quick", home) == before
    other = next(t.number for t in outcome.trials if t.state == "finished" and t.number not in before)
    robust("srtio3_quick", home, trial=other, replicates=1, most=1)
    assert set(stored("srtio3_quick", home)) == {*before, other}


def test_sizes_may_change_and_trials_stay(judged: tuple[Path, Outcome], tiny: Tiny) -> None:
    """What is only judged afterwards is no part of the study's identity; what is optimised is."""
    home, outcome = judged
    changed = {"robustness": {"defocus": 5.0}}
    plain = tiny(**ONCE).fingerprint()
    assert tiny(**changed, **ONCE).fingerprint() == plain == outcome.spec.fingerprint()
    optimising = tiny(**LITTLE, **ONCE, **{"robustness.optimise": "worst"})
    with pytest.raises(ConflictError, match="optimise"):
        run_study(optimising, home=home)


def test_the_end_of_a_study_names_the_command(judged: tuple[Path, Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    from beamopt.cli.study import _show

    home, outcome = judged
    _show(outcome, (), storage="postgresql://me:s3cret@host/db", as_json=False)
    way = f"beamopt robust srtio3_quick --home {home} --storage 'postgresql://me:***@host/db'"
    assert way in capsys.readouterr().out


def test_what_is_not_there(judged: tuple[Path, Outcome], tmp_path: Path) -> None:
    home, _ = judged
    with pytest.raises(InputError, match="--trial 99: not there"):
        robust("srtio3_quick", home, trial=99)
    with pytest.raises(InputError, match="no study"):
        stored("srtio3_quick", tmp_path)
    broken = robustness_file("srtio3_quick", home)
    kept = broken.read_text()
    try:
        broken.write_text("{")
        with pytest.raises(StorageError, match="remove it"):
            stored("srtio3_quick", home)
    finally:
        broken.write_text(kept)


@pytest.mark.parametrize("optimise", ["mean", "worst"])
def test_a_study_can_optimise_it(judged: tuple[Path, Outcome], tiny: Tiny, tmp_path: Path, optimise: str) -> None:
    """Same seed, same first proposals: the calm scores are those of the plain study, the values are the robust ones."""
    table = dict(LITTLE["robustness"]) | {"optimise": optimise}  # type: ignore[call-overload]
    outcome = run_study(tiny(robustness=table, budget={"trials": 2}), home=tmp_path)
    plain = {t.number: t for t in judged[1].trials}
    seen = 0
    for trial in outcome.trials:
        if trial.state != "finished":
            continue
        seen += 1
        calm, mean, worst = (trial.metrics[f"icom.information_{k}"] for k in ("calm", "mean", "worst"))
        assert calm == pytest.approx(plain[trial.number].metrics["icom.information"], rel=1e-12)
        assert worst <= min(calm, mean)
        assert trial.values[1] == {"mean": mean, "worst": worst}[optimise] == trial.metrics["icom.information"]
    assert seen
    assert Search.load(tmp_path, "srtio3_quick").spec.robustness == outcome.spec.robustness
