"""The study's own run: its file, its versions, its result; and where it stands."""

import base64
import json
import tomllib
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from beamopt.record import Recorder, locate
from beamopt.record.server import ui_command
from beamopt.spec import StudySpec, shipped_studies
from beamopt.trial import Trial

FRONT = [{"trial": 3, "dose_per_area [e/Å²]": 12.3456789, "information [bits/Å²]": 0.5}]


@pytest.fixture
def recorder(home: Path, spec: StudySpec) -> Recorder:
    started = Recorder(None, home)
    started.start(spec)
    return started


def artifact(recorder: Recorder, name: str) -> bytes:
    path = MlflowClient(recorder.uri).download_artifacts(recorder.location.run_id, name)
    return Path(path).read_bytes()


def test_the_study_file_comes_back_from_json_and_toml(recorder: Recorder, spec: StudySpec) -> None:
    assert StudySpec.model_validate(json.loads(artifact(recorder, "study.json"))) == spec
    assert StudySpec.model_validate(tomllib.loads(artifact(recorder, "study.toml").decode())) == spec


def test_versions_and_identity_are_tags(recorder: Recorder, spec: StudySpec) -> None:
    run = MlflowClient(recorder.uri).get_run(recorder.location.run_id)
    assert run.data.tags["version.py4dstem"] == "0.14.16"
    assert run.data.tags["version.abtem"] == "1.0.11"
    assert run.data.tags["beamopt.fingerprint"] == spec.fingerprint()
    assert run.data.params["sample.name"] == "UiO-66"
    assert run.data.params["search.defocus.high"] == "1500.0"


def test_summary_puts_front_plots_and_history_on_the_study(recorder: Recorder, made: Callable[[int], Trial]) -> None:
    trials = [made(number) for number in range(6)]
    history = [0.0, 0.5, 0.5, 0.75, 0.75, 1.0]
    recorder.summary(trials, FRONT, {"front.png": b"\x89PNG"}, {"tables/front.json": "{}"}, history[:4])
    recorder.summary(trials, FRONT, {"front.png": b"\x89PNG2"}, {"tables/front.json": "[]"}, history)
    assert artifact(recorder, "front.png") == b"\x89PNG2"
    assert artifact(recorder, "tables/front.json") == b"[]"
    assert artifact(recorder, "front.csv").decode().splitlines()[1] == "3,12.3456789,0.5"
    client = MlflowClient(recorder.uri)
    points = client.get_metric_history(recorder.location.run_id, "hypervolume")
    assert [(point.step, point.value) for point in points] == list(enumerate(history))
    note = client.get_run(recorder.location.run_id).data.tags["mlflow.note.content"]
    assert "| 3 | 12.35 | 0.5 |" in note
    assert "2 failed, 2 finished, 2 infeasible" in note
    assert "dose_per_area [e/Å²] minimized" in note


def test_a_study_without_a_front_has_a_summary(recorder: Recorder) -> None:
    recorder.summary([], [], {}, {}, [])
    assert artifact(recorder, "front.csv") == b""


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt", ""])
def test_artifacts_stay_in_their_folder(recorder: Recorder, name: str) -> None:
    with pytest.raises(ValueError, match="leave its folder"):
        recorder.summary([], [], {}, {name: "x"}, [])


def test_the_outcome_is_told_and_resuming_reopens(recorder: Recorder, home: Path, spec: StudySpec) -> None:
    client = MlflowClient(recorder.uri)
    for outcome in ("FINISHED", "KILLED", "FAILED"):
        recorder.finish(outcome)
        assert client.get_run(recorder.location.run_id).info.status == outcome
        Recorder(None, home).start(spec)
        assert client.get_run(recorder.location.run_id).info.status == "RUNNING"


def test_locate_finds_the_study_and_creates_nothing(
    recorder: Recorder, home: Path, spec: StudySpec, quick: Path
) -> None:
    assert locate(home, spec.name) == recorder.location
    assert locate(home, "another") is None
    assert locate(quick / "nowhere", spec.name) is None
    assert not (quick / "nowhere").exists()
    assert recorder.location.fragment.startswith("#/experiments/")


def test_the_saved_view_holds_charts_of_what_is_searched(
    recorder: Recorder, home: Path, spec: StudySpec, made: Callable[[int], Trial]
) -> None:
    recorder.trial(made(0), {"truth/phase": np.zeros((3, 3))})
    recorder.summary([made(0)], [], {}, {}, [])
    place = locate(home, spec.name)
    assert place is not None
    assert f"viewStateShareKey={place.view}&" in place.charts
    experiment = MlflowClient(recorder.uri).get_experiment(place.experiment_id)
    packed = json.loads(experiment.tags[f"mlflow.sharedViewState.{place.view}"])["state"]
    state = json.loads(zlib.decompress(base64.b64decode(packed.removeprefix("deflate;"))))
    assert state["searchFilter"] == (
        f"tags.`mlflow.parentRunId` = '{place.run_id}' and tags.`beamopt.state` = 'finished'"
    )
    charts = state["compareRunCharts"]
    axes = (charts[0]["xaxis"], charts[0]["yaxis"])
    assert [axis["dataAccessKey"] for axis in axes] == ["log10.dose_per_area", "information"]
    assert [axis["key"] for axis in axes] == ["log10 dose_per_area [e/Å²]", "information [bits/Å²]"]
    assert next(chart for chart in charts if chart["type"] == "PARALLEL")["selectedParams"] == list(spec.searched())
    assert [chart["imageKeys"] for chart in charts if chart["type"] == "IMAGE"] == [["truth/phase"]]
    assert {chart["metricSectionId"] for chart in charts} == {
        section["uuid"] for section in state["compareRunSections"]
    }
    assert len({chart["uuid"] for chart in charts}) == len(charts)


def test_artifacts_lie_under_home_and_nothing_strays(recorder: Recorder, home: Path, quick: Path) -> None:
    recorder.summary([], [], {}, {"x.txt": "x"}, [])
    assert list((home / "artifacts").rglob("x.txt"))
    assert [path.name for path in quick.iterdir()] == [home.name]


def test_the_server_listens_on_this_machine_only(home: Path) -> None:
    command = ui_command(home, 5123)
    assert command[-2:] == ["127.0.0.1", "5123"]
    assert str(home) in command[-4]


def test_every_shipped_study_has_a_file_that_comes_back(home: Path) -> None:
    from beamopt.spec import load_study

    for name in shipped_studies():
        recorder = Recorder(None, home)
        recorder.start(load_study(name))
        assert StudySpec.model_validate(tomllib.loads(artifact(recorder, "study.toml").decode())) == load_study(name)
