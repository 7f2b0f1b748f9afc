"""A stored study is recorded where nobody recorded it, once."""

import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from beamopt.errors import InputError, LockedError, StorageError
from beamopt.record.database import database_of, uri_of
from beamopt.search.lock import running
from beamopt.study import Outcome
from beamopt.study.catchup import catch_up


@pytest.fixture
def home(whole: tuple[Path, Outcome], tmp_path: Path) -> Path:
    """The small study without its MLflow."""
    shutil.copytree(whole[0], tmp_path / "home")
    database_of(tmp_path / "home").unlink()
    return tmp_path / "home"


def test_every_trial_and_the_summary_once(home: Path, whole: tuple[Path, Outcome]) -> None:
    for _ in range(2):
        assert catch_up("srtio3_quick", home) == len(whole[1].trials)
    client = MlflowClient(uri_of(home))
    runs = client.search_runs([e.experiment_id for e in client.search_experiments()])
    numbers = [int(run.data.tags["beamopt.trial"]) for run in runs if "beamopt.trial" in run.data.tags]
    assert sorted(numbers) == [trial.number for trial in whole[1].trials]
    (parent,) = [run for run in runs if run.data.tags["beamopt.role"] == "study"]
    assert parent.info.status == "FINISHED"
    assert "#### Recommended" in parent.data.tags["mlflow.note.content"]


def test_what_cannot_be_is_one_sentence(home: Path) -> None:
    with pytest.raises(StorageError, match="6 of 6 trials wait for MLflow"):
        catch_up("srtio3_quick", home, "http://127.0.0.1:9")
    with pytest.raises(InputError, match="no study 'nothing'"):
        catch_up("nothing", home)
    with running(home, "srtio3_quick"), pytest.raises(LockedError):
        catch_up("srtio3_quick", home)
