"""Every trouble with the store is one named error, and a first use by many processes is none."""

import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from beamopt.errors import InputError, StorageError
from beamopt.record import Recorder
from beamopt.record.database import create, database_of
from beamopt.record.paths import identity_of
from beamopt.record.server import place_on, ui_command
from beamopt.spec import StudySpec
from beamopt.trial import Trial

FOUR = """
import json, os, sys
from pathlib import Path
from beamopt.record import Recorder
from beamopt.spec import StudySpec
spec = StudySpec.model_validate(json.loads(Path(sys.argv[2]).read_text()))
children = []
for seed in range(4):
    children.append(os.fork())
    if children[-1] == 0:
        Recorder(None, Path(sys.argv[1])).start(StudySpec.model_validate(spec.resolved() | {"name": f"s{seed}"}))
        os._exit(0)
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""

ALONE = """
import socket, sys
from pathlib import Path

def refuse(*_, **__):
    raise AssertionError("network")

socket.socket.connect = socket.getaddrinfo = refuse
from beamopt.record import Recorder
from beamopt.spec import load_study
recorder = Recorder(None, Path(sys.argv[1]))
recorder.start(load_study("mof_lowdose"))
recorder.summary([], [], {}, {"x.txt": "x"}, [])
"""


def python(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


def test_first_use_by_four_processes_at_once(quick: Path, spec: StudySpec) -> None:
    study = quick / "study.json"
    study.write_text(json.dumps(spec.resolved()))
    done = python(FOUR, str(quick / "home"), str(study))
    assert done.stdout == "[0, 0, 0, 0]\n", done.stderr
    with sqlite3.connect(database_of(quick / "home")) as database:
        names = [name for (name,) in database.execute("select name from experiments order by name")]
        parents = database.execute(
            "select count(*) from tags where key = 'beamopt.role' and value = 'study'"
        ).fetchone()
    assert names == ["Default", "beamopt/UiO-66"]
    assert parents == (4,)


def test_first_use_is_silent_needs_no_network_and_strays_nowhere(quick: Path) -> None:
    """Fresh process, hostile environment: an MLflow that others configured must not pull ours away."""
    (quick / "beside").mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", ALONE, str(quick / "home")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=quick / "beside",
        env={**os.environ, "MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_ENABLE_ASYNC_LOGGING": "false"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((quick / "beside").iterdir()) == []
    assert sorted(path.name for path in (quick / "home").iterdir()) == ["artifacts", "locks", "mlflow.db"]


def test_a_half_made_database_never_stands_in_the_folder(quick: Path, template: Path) -> None:
    create(quick)
    assert not database_of(quick).with_suffix(".new").exists()
    assert abs(database_of(quick).stat().st_size - template.stat().st_size) < 20_000


def test_a_removed_database_is_noticed(home: Path, spec: StudySpec, made: Callable[[int], Trial]) -> None:
    recorder = Recorder(None, home)
    recorder.start(spec)
    database_of(home).unlink()
    with pytest.raises(StorageError, match=r"mlflow\.db: removed while in use"):
        recorder.trial(made(0), {})


def test_a_file_that_is_no_database(home: Path, spec: StudySpec) -> None:
    database_of(home).write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match=r"mlflow\.db.*can be rebuilt"):
        Recorder(None, home).start(spec)


def test_a_server_that_does_not_answer_is_given_up_soon(home: Path, spec: StudySpec) -> None:
    with pytest.raises(StorageError, match=r"http://127\.0\.0\.1:9"):
        Recorder("http://127.0.0.1:9", home).start(spec)


def test_a_home_that_is_a_file(quick: Path, spec: StudySpec) -> None:
    (quick / "file").write_text("x")
    with pytest.raises(StorageError, match="file"):
        Recorder(None, quick / "file").start(spec)


def test_a_server_that_does_not_answer_is_one_error() -> None:
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:1 does not answer"):
        place_on("http://127.0.0.1:1", "mof")


@pytest.mark.slow
def test_the_server_shows_runs_and_artifacts(home: Path, spec: StudySpec, made: Callable[[int], Trial]) -> None:
    recorder = Recorder(None, home)
    recorder.start(spec)
    for number in range(3):
        recorder.trial(made(number), {})
    recorder.summary([made(0)], [], {"front.png": b"\x89PNG"}, {}, [])
    place, address = recorder.location, "http://127.0.0.1:5876"
    with subprocess.Popen(ui_command(home, 5876), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            answer(f"{address}/health")
            run = json.loads(answer(f"{address}/api/2.0/mlflow/runs/get?run_id={place.run_id}"))
            assert run["run"]["info"]["experiment_id"] == place.experiment_id
            assert answer(f"{address}/get-artifact?path=front.png&run_uuid={place.run_id}") == b"\x89PNG"
            children = {"filter": f"tags.`mlflow.parentRunId` = '{place.run_id}'", "max_results": 1}
            for asked, count in ((children, 3), ({"max_results": 1}, 1)):
                body = json.dumps(asked | {"experiment_ids": [place.experiment_id]}).encode()
                found = answer(f"{address}/ajax-api/2.0/mlflow/runs/search", body)
                assert len(json.loads(found)["runs"]) == count, "the page draws all trials, not the first hundred"
            assert place_on(address, spec.name) == place
            assert place_on(address, "another") is None
            with pytest.raises(InputError, match="MLflow cannot look for it"):
                place_on(address, "a'b")
            assert descendants(server.pid) == 0, "job runners of the server outlive it"
        finally:
            server.terminate()


def descendants(pid: int) -> int:
    """Living processes below a process."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(1 + descendants(int(child)) for child in children)


def answer(url: str, body: bytes | None = None) -> bytes:
    import time

    for _ in range(120):
        try:
            asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
            with urllib.request.urlopen(asked, timeout=5) as reply:  # noqa: S310
                content: bytes = reply.read()
                return content
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} does not answer")


def test_a_folder_has_one_identity(quick: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: identity_of(quick / "home"), range(32)))
    assert len(names) == 1
    assert identity_of(quick / "other") not in names
    assert sorted(path.name for path in (quick / "home").iterdir()) == ["identity", "locks"]
