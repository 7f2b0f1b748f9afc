"""What comes from outside stays what it is: text and numbers, in its folder, on this machine."""

import ast
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import beamopt
from beamopt.errors import InputError
from beamopt.search.lock import running
from beamopt.spec import load_study, shipped_studies
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
    allowed = {"__init__.py", "dispatch.py", "server.py", "serving.py", "samplers.py"}
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
    (quick / "deep.toml").write_text("a = " + "[" * 100_000)
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


TOKENS = (
    *("nan", "inf", "-inf", "1e999", "-1", "0", "true", '""', "[]", "{}", "[[]]", "{ low = 1.0 }", "1979-05-27"),
    *("{ low = 2.0, high = 1.0 }", "[1, 2, 3]", '"../../x"', "999999999999999999999", "1_000", "'x'", '"""', "\u0000"),
)


def _character(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + chr(rng.choice((rng.randrange(32, 127), rng.randrange(0x3000)))) + text[place + 1 :]


def _gap(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + text[place + rng.randrange(1, 12) :]


def _line(text: str, rng: random.Random) -> str:
    """One line twice, or not at all."""
    lines = text.splitlines() or [""]
    place = rng.randrange(len(lines))
    return "\n".join([*lines[:place], *(lines[place : place + 1] * rng.choice((0, 2))), *lines[place + 1 :]])


def _swapped(pattern: str) -> Callable[[str, random.Random], str]:
    """Another word or value in the place of one that the pattern finds."""

    def swap(text: str, rng: random.Random) -> str:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        here = rng.choice(found)
        other = rng.choice(TOKENS) if rng.random() < 0.7 else rng.choice(re.findall(r"[a-z_]+", text) or ["x"])
        return text[: here.start()] + other + text[here.end() :]

    return swap


KINDS = (_character, _gap, _line, _swapped(r"(?<== )[^\n#]+"), _swapped(r"[a-z_]+"), _swapped(r"-?\d+\.?\d*(e\d+)?"))


def _mutated(text: str, rng: random.Random) -> str:
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        text = rng.choice(KINDS)(text, rng)
    return text


def test_ten_thousand_mutated_study_files(quick: Path, note: Note) -> None:
    """Each is read, or refused by one line that names the file; processor time, which a busy machine leaves alone."""
    rng, texts = random.Random(11), [p.read_text(encoding="utf-8") for p in shipped_studies().values()]  # noqa: S311
    path, refused, slowest, count = quick / "mutant.toml", 0, 0.0, 10_000
    for _ in range(count):
        path.write_text(_mutated(rng.choice(texts), rng), encoding="utf-8", errors="replace")
        begun = time.thread_time()
        try:
            load_study(path)
        except InputError as error:
            refused += 1
            assert str(error).startswith("mutant.toml: "), error
            assert "\n" not in str(error), error
        slowest = max(slowest, time.thread_time() - begun)
    note(f"{count} mutated study files", f"{refused} refused, 0 tracebacks, {1e3 * slowest:.0f} ms", "< 50 ms each")
    assert refused > count // 3
    assert slowest < 0.05


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
