"""Every trial stands in MLflow once, whole, with its reason."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from beamopt.record import Recorder
from beamopt.record.database import uri_of
from beamopt.spec import StudySpec, load_study
from beamopt.trial import Trial

Made = Callable[[int], Trial]
IMAGES = {"ptychography/phase": np.arange(12.0).reshape(3, 4), "truth": np.ones((3, 4))}


def runs(recorder: Recorder) -> list[Run]:
    """Child runs by trial number."""
    client, place = MlflowClient(recorder.uri), recorder.location
    found = client.search_runs([place.experiment_id], f"tags.`mlflow.parentRunId` = '{place.run_id}'")
    return sorted(found, key=lambda run: int(run.data.tags["beamopt.trial"]))


@pytest.fixture
def recorder(home: Path, spec: StudySpec) -> Recorder:
    started = Recorder(None, home)
    started.start(spec)
    return started


def test_a_finished_trial_with_everything(recorder: Recorder, made: Made, spec: StudySpec) -> None:
    trial = made(3)
    recorder.trial(trial, IMAGES)
    (run,) = runs(recorder)
    assert run.info.status == "FINISHED"
    assert run.data.tags["beamopt.state"] == "finished"
    assert run.data.tags["beamopt.feasible"] == "true"
    assert {name: float(value) for name, value in run.data.params.items()} == pytest.approx(trial.params, rel=1e-7)
    for name, value in {**trial.params, **trial.metrics}.items():
        assert run.data.metrics[name] == value
    assert run.data.metrics["information"] == trial.values[1]
    assert run.data.metrics["dose_per_area"] == trial.values[0]
    assert run.data.metrics["constraint.window"] == -1.0
    names = [file.path for file in MlflowClient(recorder.uri).list_artifacts(run.info.run_id, "images")]
    assert sum("ptychography~phase+step+0" in name and name.endswith(".png") for name in names) == 1
    assert sum("truth+step+0" in name and name.endswith(".png") for name in names) == 1
    assert spec.name == run.data.tags["beamopt.study"]


@pytest.mark.parametrize(("number", "status", "feasible"), [(1, "KILLED", "false"), (2, "FAILED", "true")])
def test_infeasible_and_failed_trials_say_why(
    recorder: Recorder, made: Made, number: int, status: str, feasible: str
) -> None:
    recorder.trial(made(number), {})
    (run,) = runs(recorder)
    assert (run.info.status, run.data.tags["beamopt.feasible"]) == (status, feasible)
    assert run.data.tags["beamopt.reason"] == made(number).reason
    assert "information" not in run.data.metrics


def test_no_infinite_number_arrives(recorder: Recorder, made: Made) -> None:
    metrics = {"icom.frc_resolution": math.inf, "icom.psnr": math.nan, "icom.ssim": 0.5}
    recorder.trial(replace(made(0), metrics=metrics), {})
    (run,) = runs(recorder)
    assert "icom.frc_resolution" not in run.data.metrics
    assert "icom.psnr" not in run.data.metrics
    assert run.data.metrics["icom.ssim"] == 0.5
    assert all(abs(value) < 1e300 for value in run.data.metrics.values())


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_trial_without_an_end_is_left_for_later(recorder: Recorder, made: Made, state: str) -> None:
    recorder.trial(replace(made(0), state=state, values=()), {})  # type: ignore[arg-type]
    assert runs(recorder) == []


def test_telling_twice_changes_nothing(recorder: Recorder, made: Made, home: Path, spec: StudySpec) -> None:
    for number in range(4):
        recorder.trial(made(number), IMAGES)
    before = [run.to_dictionary() for run in runs(recorder)]
    again = Recorder(None, home)
    again.start(spec)
    for number in range(4):
        recorder.trial(made(number), IMAGES)
        again.trial(made(number), IMAGES)
    assert again.location == recorder.location
    assert [run.to_dictionary() for run in runs(recorder)] == before


def test_a_run_cut_short_is_written_afresh(recorder: Recorder, made: Made, home: Path, spec: StudySpec) -> None:
    broken = {"phase": np.zeros(3)}
    with pytest.raises(ValueError, match="two axes"):
        recorder.trial(made(0), broken)
    assert [run.info.status for run in runs(recorder)] == ["RUNNING"]
    again = Recorder(None, home)
    again.start(spec)
    again.trial(made(0), {})
    assert [run.info.status for run in runs(again)] == ["FINISHED"]


def test_rebuilding_makes_mlflow_equal_to_the_trials(
    recorder: Recorder, made: Made, home: Path, spec: StudySpec
) -> None:
    for number in (0, 1, 2, 7):
        recorder.trial(made(number), {})
    changed = replace(made(1), reason="another reason")
    trials = [made(0), changed, *(made(number) for number in range(2, 6)), replace(made(6), state="running", values=())]
    assert Recorder(None, home).rebuild(spec, trials) == 4
    found = runs(recorder)
    assert [int(run.data.tags["beamopt.trial"]) for run in found] == [0, 1, 2, 3, 4, 5]
    assert found[1].data.tags["beamopt.reason"] == "another reason"
    assert Recorder(None, home).rebuild(spec, trials) == 0
    assert [run.info.run_id for run in runs(recorder)] == [run.info.run_id for run in found]


def test_rebuilding_removes_a_second_run_of_a_trial(
    recorder: Recorder, made: Made, home: Path, spec: StudySpec
) -> None:
    late = Recorder(None, home)
    late.start(spec)
    recorder.trial(made(0), {})
    late.trial(made(0), {})
    assert len(runs(recorder)) == 2
    Recorder(None, home).rebuild(spec, [made(0)])
    assert len(runs(recorder)) == 1


def test_a_changed_study_is_another_parent_in_the_same_experiment(
    home: Path, recorder: Recorder, spec: StudySpec
) -> None:
    other = Recorder(None, home)
    other.start(StudySpec.model_validate(spec.resolved() | {"seed": 9}))
    assert other.location.experiment_id == recorder.location.experiment_id
    assert other.location.run_id != recorder.location.run_id
    elsewhere = Recorder(None, home)
    elsewhere.start(load_study("srtio3_quick"))
    assert elsewhere.location.experiment_id != recorder.location.experiment_id


def test_a_deleted_experiment_comes_back(home: Path, recorder: Recorder, made: Made, spec: StudySpec) -> None:
    recorder.trial(made(0), {})
    client = MlflowClient(uri_of(home))
    client.delete_experiment(recorder.location.experiment_id)
    again = Recorder(None, home)
    again.rebuild(spec, [made(0), made(1)])
    assert [run.data.tags["beamopt.trial"] for run in runs(again)] == ["0", "1"]
    assert len(client.search_experiments(ViewType.ALL)) == 2  # Default and ours
