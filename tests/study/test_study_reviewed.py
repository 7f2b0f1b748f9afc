"""A stored study is reported with the versions that ran it."""

from pathlib import Path

from mlflow import MlflowClient

from beamopt.record import Recorder, locate
from beamopt.record.database import uri_of
from beamopt.search import Search
from beamopt.study.reviewed import reviewed
from beamopt.versions import installed
from mof import mof


def test_versions_are_those_that_ran_the_study(tmp_path: Path) -> None:
    spec = mof()
    Search.open(tmp_path, spec).close()
    assert reviewed(spec.name, tmp_path).versions["numpy"] == installed(["numpy"])["numpy"], "no record: today's"
    Recorder(None, tmp_path).start(spec)
    place = locate(tmp_path, spec.name)
    assert place is not None
    client = MlflowClient(uri_of(tmp_path))
    client.set_tag(place.run_id, "version.py4dstem", "0.0.1")
    client.delete_tag(place.run_id, "version.numpy")
    found = reviewed(spec.name, tmp_path).versions
    assert found["py4DSTEM"] == "0.0.1"
    assert found["abtem"] == installed(["abtem"])["abtem"]
    assert "numpy" not in found, "what the record does not say is not made up from today's"
