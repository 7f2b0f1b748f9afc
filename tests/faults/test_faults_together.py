"""A study, its page, its front, its report and the doctor at once on one project folder."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from measured import Note

pytestmark = pytest.mark.slow

SMALL = ("sample.thickness=8.0", "sample.window=19.0", "sample.field=15.0", "camera.pixels=32", 'methods=["icom"]')


def program(*words: str) -> list[str]:
    return [sys.executable, "-m", "beamopt", *words]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_everything_at_once_on_one_home(tmp_path: Path, note: Note) -> None:
    changes = [word for change in SMALL for word in ("--set", change)]
    environment = os.environ | {"NO_COLOR": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            program(*words), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    assert run("study", "srtio3_quick", "--trials", "2", *changes).returncode == 0
    port = free_port()
    page = subprocess.Popen(program("ui", "srtio3_quick", "--no-browser", "--port", str(port)), cwd=tmp_path)
    study = subprocess.Popen(program("study", "srtio3_quick", "--trials", "40", *changes), cwd=tmp_path)
    rounds = 0
    try:
        while study.poll() is None:
            for words in (
                ("pareto", "srtio3_quick", "--json"),
                ("report", "srtio3_quick", "-o", "r.html"),
                ("doctor",),
            ):
                done = run(*words)
                assert done.returncode == 0, (words, done.stderr)
                assert "Traceback" not in done.stderr
            rounds += 1
        assert study.returncode == 0
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60) as answer:
            assert answer.status == 200
    finally:
        study.kill()
        page.send_signal(signal.SIGINT)
        page.wait(timeout=60)
    told = json.loads(run("pareto", "srtio3_quick", "--json").stdout)
    assert told["front"]
    assert run("doctor").returncode == 0
    note("study, ui, pareto, report and doctor at once", f"{rounds} rounds, all exit 0", "no error, no trial lost")
