"""What comes from outside stays what it is: text and numbers, in its folder, on this machine."""

import ast
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import beamopt
from beamopt.errors import InputError
from beamopt.search.lock import running
from beamopt.spec import load_study
from faults.mutants import try_many
from measured import Note
from mof import RAW

SOURCES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in Path(beamopt.__file__).parent.rglob("*.py")}
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "xmlrpc", "telnetlib"}
CALLS = {"eval", "exec", "compile", "__import__"}


def _calls() -> list[tuple[Path, ast.Call, str]]:
    nodes = ((path, node) for path, tree in SOURCES.items() for node in ast.walk(tree))
    return [(path, node, ast.unparse(node.func)) for path, node in nodes if isinstance(node, ast.Call)]


def test_no_module_of_ours_speaks_pickle_or_yaml() -> None:
    """Dask pickles what it sends inside a cluster of the user's own; of ours it gets a function's name, text, bytes."""
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not MODULES & {name.partition(".")[0] for name in names}, path


def test_nothing_is_evaluated_and_no_shell_is_asked() -> None:
    for path, call, name in _calls():
        assert name not in CALLS, f"{path}:{call.lineno}"
        assert name not in ("os.system", "os.popen"), f"{path}:{call.lineno}"
        given_true = {k.arg for k in call.keywords if isinstance(k.value, ast.Constant) and k.value.value is True}
        assert not given_true & {"shell", "allow_pickle"}, f"{path}:{call.lineno}"


def test_stored_arrays_are_read_without_pickle() -> None:
    loads = [(path, call) for path, call, name in _calls() if name in ("np.load", "numpy.load")]
    assert loads
    for path, call in loads:
        said = {k.arg: getattr(k.value, "value", None) for k in call.keywords}
        assert said.get("allow_pickle") is False, f"{path}:{call.lineno}"


def test_modules_found_by_name_are_found_by_our_own_names() -> None:
    """`import_module` takes names from tables of ours, never from a file or an option."""
    allowed = {"dispatch.py", "lazy.py", "notebook.py", "ptychography.py", "reporting.py", "samplers.py"} | {
        "server.py",
        "serving.py",
        "start.py",
    }
    assert {path.name for path, _, name in _calls() if name.rpartition(".")[2] == "import_module"} <= allowed


def test_nobody_listens_beyond_this_machine() -> None:
    for path, tree in SOURCES.items():
        said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        assert not {text for text in said if re.search(r"\b0\.0\.0\.0\b|--host 0|\[::\]", text)}, path


@given(st.text(max_size=70))
def test_a_study_name_is_a_file_name(name: str) -> None:
    from pydantic import ValidationError

    from beamopt.spec import StudySpec

    try:
        spec = StudySpec.model_validate(RAW | {"name": name})
    except ValidationError:
        return
    assert Path(spec.name).name == spec.name
    assert "\n" not in spec.name


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".", "/etc/x", ""])
def test_a_lock_stays_in_its_folder(quick: Path, name: str) -> None:
    """A database that somebody sent may hold any name."""
    with pytest.raises(InputError, match="name"), running(quick / "home", name):
        pass
    assert list(quick.rglob("*.lock")) == []


def test_a_study_file_is_bounded(quick: Path) -> None:
    (quick / "huge.toml").write_bytes(b"# nothing\n" * 200_000)
    (quick / "deep.toml").write_text("a = " + "[" * 90_000)
    (quick / "binary.toml").write_bytes(bytes(range(256)) * 100)
    for name, word in (("huge", "larger than"), ("deep", "TOML"), ("binary", "UTF-8")):
        begun = time.thread_time()
        with pytest.raises(InputError, match=word):
            load_study(quick / f"{name}.toml")
        assert time.thread_time() - begun < 1


def test_a_structure_file_is_bounded(quick: Path) -> None:
    from beamopt.specimen.reading import read_specimen

    (quick / "huge.xyz").write_bytes(b"H 0 0 0\n" * 8_000_000)
    begun = time.thread_time()
    with pytest.raises(InputError, match=r"huge\.xyz"):
        read_specimen(quick / "huge.xyz", zone_axis=None, thickness=10.0)
    assert time.thread_time() - begun < 2


def test_mutated_study_files(quick: Path, note: Note) -> None:
    """Each is read, or refused by one line; processor time, which a busy machine leaves alone."""
    found = try_many(quick, 2_500, seed=11)
    note(
        f"{found.count} mutated study files and options",
        f"{found.refused} refused, 0 tracebacks, {1e3 * found.slowest:.0f} ms",
        "< 2 s each",
    )
    assert found.refused > found.count // 3
    assert found.slowest < 2, found.worst[:2000]


OFFLINE = """
import sys
from pathlib import Path

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise AssertionError(f"network: {event} {arguments}")

sys.addaudithook(refuse)
from beamopt.spec import load_study
from beamopt.study import run_study
from study.conftest import TINY
outcome = run_study(load_study("srtio3_quick", TINY | {"budget.trials": 2}), home=Path(sys.argv[1]))
print(len(outcome.trials))
"""


def test_a_study_asks_no_network(quick: Path) -> None:
    """In a process whose every connection is an error: pictures, both databases and all."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(quick / "runs")],
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
        env=environment,
        cwd=quick,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "2"
    assert "network" not in done.stderr
    assert (quick / "runs" / "mlflow.db").is_file()
