"""Every trouble with folder, file, disk or a second process is one named error."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from beamopt.errors import LockedError, StorageError
from beamopt.search import Search
from beamopt.search.database import database_of
from beamopt.spec import StudySpec

HOLD = """
import sys, time
from pathlib import Path
from beamopt.search.lock import running
with running(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""

FILL = """
import json, resource, sys
from pathlib import Path
from beamopt.errors import StorageError
from beamopt.search import Search
from beamopt.spec import StudySpec
home, spec = Path(sys.argv[1]), StudySpec.model_validate(json.loads(Path(sys.argv[2]).read_text()))
said = []
for size in map(int, sys.argv[3:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        search = Search.open(home / str(size), spec)
        for k in range(60):
            search.tell_finished(search.ask().number, (1.0, 2.0), {f"metric{j}": 1.0 * k for j in range(300)}, {})
        said.append("no error")
    except StorageError as error:
        said.append(str(error))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    again = Search.open(home / str(size), spec)
    with again.lock():
        again.requeue_stale()
        for k in range(2):
            again.tell_finished(again.ask().number, (1.0, 2.0), {}, {})
    states = {trial.state for trial in again.trials()}
    said[-1] += " " + ",".join(sorted(states))
print(json.dumps(said))
"""


EIGHT = """
import json, os, sys
from pathlib import Path
from beamopt.search import Search
from beamopt.spec import StudySpec
spec = StudySpec.model_validate(json.loads(Path(sys.argv[2]).read_text()))
children = []
for _ in range(8):
    children.append(os.fork())
    if children[-1] == 0:
        Search.open(Path(sys.argv[1]), spec).close()
        os._exit(0)
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""


def test_a_home_that_is_a_file(quick: Path, spec: StudySpec) -> None:
    (quick / "file").write_text("x")
    with pytest.raises(StorageError, match="file"):
        Search.open(quick / "file", spec)
    with pytest.raises(StorageError, match="file"):
        Search.open(quick / "file" / "below", spec)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(quick: Path, spec: StudySpec) -> None:
    quick.chmod(0o500)
    with pytest.raises(StorageError, match="permissions"):
        Search.open(quick / "home", spec)
    quick.chmod(0o700)


def test_a_kernel_folder_that_nobody_can_write(spec: StudySpec) -> None:
    with pytest.raises(StorageError, match="/proc"):
        Search.open(Path("/proc/beamopt"), spec)


@pytest.mark.parametrize("rubbish", [b"not a database, not at all" * 99, b"\0" * 5000])
def test_a_file_that_is_no_database(home: Path, spec: StudySpec, rubbish: bytes) -> None:
    home.mkdir()
    database_of(home).write_bytes(rubbish)
    with pytest.raises(StorageError, match=r"optuna\.db.*restore a copy"):
        Search.open(home, spec)
    with pytest.raises(StorageError, match=r"optuna\.db"):
        Search.load(home, spec.name)


def test_a_damaged_database(home: Path, spec: StudySpec) -> None:
    search = Search.open(home, spec)
    for _ in range(3):
        search.tell_finished(search.ask().number, (1.0, 2.0), {}, {})
    search.close()
    whole = bytearray(database_of(home).read_bytes())
    whole[4096:] = b"\x5a" * (len(whole) - 4096)
    database_of(home).write_bytes(whole)
    with pytest.raises(StorageError, match=r"optuna\.db"):
        Search.load(home, spec.name)


def test_a_full_disk_is_named_and_the_study_goes_on_after_it(quick: Path, spec: StudySpec) -> None:
    """A file size limit stands in for the disk; at every size: one named error, then a clean resume."""
    study = quick / "study.json"
    study.write_text(json.dumps(spec.resolved()))
    sizes = ["0", "4096", "50000", "120000", "160000", "200000", "240000", "300000"]
    command = [sys.executable, "-c", FILL, str(quick), str(study), *sizes]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    for size, said in zip(sizes, json.loads(done.stdout), strict=True):
        assert str(quick / size) in said
        assert said.endswith(" finished")


def test_a_second_process_is_refused_within_a_second_and_takes_over_from_a_killed_one(
    home: Path, spec: StudySpec
) -> None:
    search = Search.open(home, spec)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home), spec.name], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        begun = time.perf_counter()
        with pytest.raises(LockedError, match=f"process {holder.pid} on "), search.lock():
            pass
        assert time.perf_counter() - begun < 1
        holder.kill()
        holder.wait()
    with search.lock():
        assert search.ask().number == 0
    search.close()


def test_the_lock_is_per_study_and_is_released(home: Path, spec: StudySpec, single: StudySpec) -> None:
    one, two = Search.open(home, spec), Search.open(home, single)
    with one.lock(), two.lock():
        pass
    with one.lock(), pytest.raises(LockedError), Search.open(home, spec).lock():
        pass
    with one.lock():
        pass
    one.close()
    two.close()


def test_first_opening_by_eight_processes_at_once(home: Path, spec: StudySpec) -> None:
    study = home.parent / "study.json"
    study.write_text(json.dumps(spec.resolved()))
    done = subprocess.run(
        [sys.executable, "-c", EIGHT, str(home), str(study)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "[0, 0, 0, 0, 0, 0, 0, 0]\n", done.stderr
    assert Search.load(home, spec.name).trials == ()
