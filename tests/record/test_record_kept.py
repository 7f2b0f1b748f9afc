"""Pictures and versions of a stored study, wherever its folder lies by now."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from beamopt.record import Recorder, locate, stored_pictures, stored_versions
from beamopt.record.database import uri_of
from beamopt.spec import StudySpec
from beamopt.trial import Trial


@pytest.fixture
def recorded(home: Path, spec: StudySpec, made: Callable[[int], Trial]) -> Path:
    recorder = Recorder(None, home)
    recorder.start(spec)
    recorder.trial(made(0), {"ptychography/phase": np.arange(12.0).reshape(3, 4)}, {})
    return home


def test_a_moved_folder_keeps_its_pictures(recorded: Path, spec: StudySpec) -> None:
    before = stored_pictures(recorded, spec.name)[0]["ptychography/phase"]
    moved = recorded.rename(recorded.with_name("elsewhere"))
    after = stored_pictures(moved, spec.name)[0]["ptychography/phase"]
    assert after == moved / before.relative_to(recorded)
    assert after.is_file()


def test_a_copy_never_reads_the_original(recorded: Path, spec: StudySpec) -> None:
    """Neither a copy beside the original nor one inside it, and least of all once the copy has lost its own."""
    for copy in (recorded.with_name("copy"), recorded / "backup"):
        shutil.copytree(recorded, copy)
        path = stored_pictures(copy, spec.name)[0]["ptychography/phase"]
        assert path.is_relative_to(copy)
        shutil.rmtree(copy / "artifacts")
        assert stored_pictures(copy, spec.name) == {0: {}}
    assert stored_pictures(recorded, spec.name)[0]


def test_versions_are_those_of_the_run(recorded: Path, spec: StudySpec) -> None:
    assert stored_versions(recorded, spec.name)["numpy"] == np.__version__
    place = locate(recorded, spec.name)
    assert place is not None
    MlflowClient(uri_of(recorded)).set_tag(place.run_id, "version.numpy", "1.0")
    assert stored_versions(recorded, spec.name)["numpy"] == "1.0"
    assert {"beamopt", "abtem", "py4dstem"} < set(stored_versions(recorded, spec.name))


def test_nothing_recorded_has_no_versions(tmp_path: Path, home: Path) -> None:
    assert stored_versions(tmp_path, "mof") == {}
    assert stored_versions(home, "mof") == {}
    assert list(tmp_path.iterdir()) == [], "nothing is created"
