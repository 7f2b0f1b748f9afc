"""Workers whose processes do not come up end the study with one error and leave nothing behind."""

import os
import time
from pathlib import Path

import pytest

from beamopt.errors import FleetError
from beamopt.fleet.cluster import LocalWorkers
from faults.standins import remote, study, workers

BROKEN = """
import os, sys, time
if "--multiprocessing-fork" in sys.argv:
    {what}
"""


@pytest.mark.parametrize("what", ["os._exit(3)", "time.sleep(600)"], ids=["die at once", "never answer"])
def test_workers_that_do_not_start(quick: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    (quick / "sitecustomize.py").write_text(BROKEN.format(what=what))
    monkeypatch.setenv("PYTHONPATH", str(quick), prepend=os.pathsep)
    monkeypatch.setattr("beamopt.fleet.cluster._START", 5.0)
    begun = time.monotonic()
    refused = pytest.raises(FleetError, match="--workers 2: their processes cannot be started")
    with refused as caught, LocalWorkers(2).pool(study(3), remote):
        pass
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 74
    assert time.monotonic() - begun < 60
    for _ in range(50):
        if not workers():
            break
        time.sleep(0.1)
    assert workers() == []
