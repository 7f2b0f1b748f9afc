"""A study end to end on a real crystal with real databases: nothing lost, same numbers however it was interrupted."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import beamopt
from beamopt.errors import ConflictError, LockedError, NothingFeasibleError
from beamopt.front import TELLING, recommend
from beamopt.study import Event, Halted, Outcome, Prepared, Progress, TrialDone, pareto_front, run_study
from beamopt.study.notebook import default_listener
from beamopt.trial import Trial
from study.conftest import TINY, Tiny


def numbers(trials: tuple[Trial, ...]) -> list[tuple[object, ...]]:
    """Everything about trials that must not depend on when and where they ran."""
    kept: list[tuple[object, ...]] = []
    for t in trials:
        metrics = {k: v for k, v in t.metrics.items() if not k.startswith("seconds")}
        kept.append((t.number, t.state, dict(t.params), t.values, metrics, dict(t.constraints), t.reason))
    return kept


def dominated(one: Trial, other: Trial) -> bool:
    """Whether `other` costs no more and tells no less, and is better in one."""
    (dose, information), (d, i) = one.values, other.values
    return d <= dose and i >= information and (d, i) != (dose, information)


def test_front_is_what_the_raw_trials_say(whole: tuple[Path, Outcome]) -> None:
    _, outcome = whole
    finished = [t for t in outcome.trials if t.state == "finished"]
    by_hand = {t.number for t in finished if not any(dominated(t, other) for other in finished)}
    assert {t.number for t in outcome.front} == by_hand
    assert finished


def test_every_trial_has_its_constraints_and_reason(whole: tuple[Path, Outcome]) -> None:
    _, outcome = whole
    assert [t.number for t in outcome.trials] == list(range(6))
    for t in outcome.trials:
        assert {"probe_in_window", "detector_carried", "field_left"} <= t.constraints.keys()
        assert (t.state == "infeasible") == any(m > 0 for m in t.constraints.values()) == bool(t.reason)


def test_stored_front_is_the_returned_one(whole: tuple[Path, Outcome]) -> None:
    home, outcome = whole
    assert numbers(pareto_front("srtio3_quick", home)) == numbers(outcome.front)


def test_a_stored_study_is_read_as_a_frame_and_gives_the_setting_for_a_dose(whole: tuple[Path, Outcome]) -> None:
    home, outcome = whole
    frame = beamopt.trials("srtio3_quick", home)
    assert frame.equals(outcome.to_frame())
    assert frame.index.tolist() == [t.number for t in outcome.trials]
    assert frame["dose_per_area [e/Å²]"].tolist() == [t.params["dose_per_area"] for t in outcome.trials]
    assert "icom.information [bits/Å²]" in frame
    dearest = max(t.params["dose_per_area"] for t in outcome.front)
    assert beamopt.recommend("srtio3_quick", home, max_dose=dearest).number in {t.number for t in outcome.front}
    with pytest.raises(NothingFeasibleError, match="needs at most"):
        beamopt.recommend("srtio3_quick", home, max_dose=1.0)
    assert outcome.history()[-1] == pytest.approx(outcome.hypervolume)


def test_progress_is_for_notebooks_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """A real kernel shows it when the notebooks run; a program that left the listener out is told nothing."""
    default_listener()(Prepared("a study", 3, 0))
    assert capsys.readouterr() == ("", "")


def test_mlflow_holds_every_trial_and_the_front(whole: tuple[Path, Outcome]) -> None:
    mlflow = pytest.importorskip("mlflow")
    home, outcome = whole
    client = mlflow.MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    runs = client.search_runs([e.experiment_id for e in client.search_experiments()])
    children = {int(r.data.tags["beamopt.trial"]): r for r in runs if "beamopt.trial" in r.data.tags}
    assert children.keys() == {t.number for t in outcome.trials}
    for t in outcome.trials:
        if t.state == "finished":
            assert children[t.number].data.metrics["icom.information"] == pytest.approx(t.values[1])
    parent = next(r for r in runs if "beamopt.trial" not in r.data.tags)
    names = {a.path for a in client.list_artifacts(parent.info.run_id)}
    assert {"front.png", "hypervolume.png", "front.csv", "front.json"} <= names
    assert not Path("mlruns").exists()


def test_stop_and_resume_gives_the_same_study(whole: tuple[Path, Outcome], tiny: Tiny, tmp_path: Path) -> None:
    done: list[Event] = []

    def listen(event: Event) -> None:
        done.append(event)

    first = run_study(
        tiny(), home=tmp_path, listener=listen, should_stop=lambda: sum(isinstance(e, TrialDone) for e in done) >= 2
    )
    assert first.stopped
    assert sum(t.state != "waiting" for t in first.trials) == 2
    assert numbers(run_study(tiny(), home=tmp_path).trials) == numbers(whole[1].trials)


def test_interrupt_in_a_trial_leaves_nothing_running(whole: tuple[Path, Outcome], tiny: Tiny, tmp_path: Path) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, Progress) and event.stage == "expose":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(tiny(), home=tmp_path, listener=interrupt)
    assert numbers(run_study(tiny(), home=tmp_path).trials) == numbers(whole[1].trials)


def test_bug_in_a_trial_is_loud_and_loses_nothing(tiny: Tiny, tmp_path: Path) -> None:
    def broken(event: Event) -> None:
        if isinstance(event, TrialDone) and event.done == 2:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_study(tiny(), home=tmp_path, listener=broken)
    later = run_study(tiny(), home=tmp_path)
    assert [t.number for t in later.trials] == list(range(6))
    assert not any(t.state in ("running", "waiting") for t in later.trials)


def test_changed_file_under_an_old_name_is_refused(whole: tuple[Path, Outcome], tiny: Tiny) -> None:
    with pytest.raises(ConflictError, match="thickness"):
        run_study(tiny(**{"sample.thickness": 12.0}), home=whole[0])


def test_more_trials_extend_a_study(tiny: Tiny, tmp_path: Path, whole: tuple[Path, Outcome]) -> None:
    run_study(tiny(**{"budget.trials": 3}), home=tmp_path)
    assert numbers(run_study(tiny(), home=tmp_path).trials) == numbers(whole[1].trials)


def test_second_process_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    from beamopt.search import Search

    with Search.open(tmp_path, tiny()).lock(), pytest.raises(LockedError):
        run_study(tiny(), home=tmp_path)


def test_recommended_settings_are_on_the_front(whole: tuple[Path, Outcome]) -> None:
    _, outcome = whole
    picked = recommend(outcome.trials, outcome.spec)
    assert 1 <= len(picked) <= 3
    assert {t.number for t in picked} <= {t.number for t in outcome.front}
    assert {one.trial.number for one in outcome.recommended} <= {t.number for t in outcome.trials}
    for one in outcome.recommended:
        assert one.traded is not None
        assert one.traded.draws == len(TELLING)
        assert one.traded.low < one.traded.mean < one.traded.high
        assert one.traded.mean != one.trial.values[1]  # noise that the search never saw


def _command(home: Path) -> list[str]:
    words = [sys.executable, "-m", "beamopt", "study", "srtio3_quick", "--home", str(home), "--json"]
    for key, value in TINY.items():
        words += ["--set", f"{key}={_toml(value)}"]
    return words


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


def _trials_told(home: Path) -> int:
    from beamopt.errors import BeamoptError
    from beamopt.search import Search

    try:
        return sum(t.state == "finished" for t in Search.load(home, "srtio3_quick").trials)
    except BeamoptError:
        return 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.slow
def test_killed_study_goes_on_as_if_nothing_had_happened(
    whole: tuple[Path, Outcome], tmp_path: Path, number: signal.Signals, status: int
) -> None:
    environment = dict(os.environ)
    process = subprocess.Popen(
        _command(tmp_path / "runs"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 120
    while _trials_told(tmp_path / "runs") < 1 and time.monotonic() < deadline:
        time.sleep(0.3)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1].decode()
    finished_before_the_signal = process.returncode == 0
    assert finished_before_the_signal or process.returncode == status, said
    if number is not signal.SIGKILL and not finished_before_the_signal:
        assert "Go on with: beamopt study srtio3_quick" in said
    done = subprocess.run(
        _command(tmp_path / "runs"), env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    said = json.loads(done.stdout)
    front = said["front"]
    told = [(one["trial"], one["expected"]["mean"]) for one in said["recommended"]]
    assert told == [(one.trial.number, one.traded and one.traded.mean) for one in whole[1].recommended]
    assert [row["trial"] for row in front] == [t.number for t in whole[1].front]
    for row, t in zip(front, whole[1].front, strict=True):
        np.testing.assert_equal(list(row["values"].values()), list(t.values))
        assert row["params"] == dict(t.params)


def test_study_goes_on_without_mlflow_and_catches_up(whole: tuple[Path, Outcome], tiny: Tiny, tmp_path: Path) -> None:
    """A server that does not answer costs one line; the next run records every trial."""
    told: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Halted):
            told.append(event.reason)

    spec = tiny(**{"budget.trials": 3})
    first = run_study(spec, home=tmp_path, tracking_uri="http://127.0.0.1:9", listener=listen)
    assert numbers(first.trials) == numbers(whole[1].trials)[:3]
    assert any("MLflow is behind" in line for line in told)
    run_study(spec, home=tmp_path)
    mlflow = pytest.importorskip("mlflow")
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    runs = client.search_runs([e.experiment_id for e in client.search_experiments()])
    assert sorted(int(r.data.tags["beamopt.trial"]) for r in runs if "beamopt.trial" in r.data.tags) == [0, 1, 2]
