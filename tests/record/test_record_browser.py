"""MLflow's own page in a real browser shows the study's trials, and nothing else happens."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from beamopt.record import Recorder
from beamopt.record.colours import colour_of
from beamopt.record.rows import LOG
from beamopt.spec import StudySpec
from beamopt.trial import Trial
from browser import open_page, require_browser

Made = Callable[[int], Trial]

SCATTERS = """JSON.stringify([...document.querySelectorAll('.js-plotly-plot')].filter(g => g.data && g.data[0].x)
  .map(g => ({of: g.layout.xaxis.title.text + ' | ' + g.layout.yaxis.title.text, x: g.data[0].x, y: g.data[0].y,
              names: g.data[0].customdata.map(c => c[1]), colour: g.data[0].marker.color})))"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ui(home: Path, name: str) -> Iterator[tuple[str, float]]:
    """`beamopt ui` as a user runs it: the page it names, and when it was started."""
    start = time.monotonic()
    words = ["ui", name, "--home", str(home), "--no-browser", "--port", str(free_port())]
    with subprocess.Popen([sys.executable, "-m", "beamopt", *words], stderr=subprocess.PIPE, text=True) as command:
        try:
            assert command.stderr is not None
            line = next((line for line in command.stderr if "MLflow is at" in line), "")
            yield line.split()[3], start
        finally:
            command.send_signal(signal.SIGTERM)
            command.wait(20)


@pytest.fixture
def shown(home: Path, spec: StudySpec, made: Made) -> tuple[Path, list[Trial]]:
    """A study of twelve trials with pictures, whose title and reasons look like scripts."""
    require_browser()
    titled = StudySpec.model_validate(spec.resolved() | {"title": "<img src=x onerror=\"document.title='run'\">"})
    trials = [made(number) for number in range(12)]
    recorder = Recorder(None, home)
    recorder.start(titled)
    image = np.arange(48.0).reshape(6, 8)
    for trial in trials:
        seen = {"ptychography/phase": image, "ptychography/truth": image} if trial.state == "finished" else {}
        recorder.trial(trial, seen)
    said = ["12 mrad <script>document.title='run'</script> [x](javascript:document.title='run')"]
    recorder.summary(trials, [{"trial": 3, "dose": 1.0}], {}, {}, [0.0] * 12, said)
    recorder.finish("FINISHED")
    return home, trials


def test_the_page_holds_exactly_the_trials_and_asks_nobody_else(
    shown: tuple[Path, list[Trial]], spec: StudySpec
) -> None:
    home, trials = shown
    finished = {f"trial {t.number:03d}": t for t in trials if t.state == "finished"}
    with ui(home, spec.name) as (address, start), open_page() as page:
        page.go(address)
        page.wait(f"{SCATTERS} != '[]'", 90)
        seconds = time.monotonic() - start
        # On a machine that others keep busy the clock says nothing of the program.
        assert seconds < 10 or os.getloadavg()[0] > (os.cpu_count() or 1), f"{seconds:.1f} s"
        front = json.loads(page.run(SCATTERS))[0]
        assert front["of"] == "log10 dose_per_area [e/Å²] | information [bits/Å²]"
        assert sorted(front["names"]) == sorted(finished)
        for name, x, y, colour in zip(front["names"], front["x"], front["y"], front["colour"], strict=True):
            dose, information = finished[name].values
            assert (10**x, y) == pytest.approx((dose, information))
            assert colour == colour_of(spec, finished[name])
        assert page.strangers() == set()


def test_reasons_and_titles_are_shown_and_not_run(shown: tuple[Path, list[Trial]], spec: StudySpec) -> None:
    home, trials = shown
    with ui(home, spec.name) as (address, _), open_page() as page:
        page.go(address.split("?")[0] + "?viewStateShareKey=" + view_of(address) + "-troubled&compareRunsMode=TABLE")
        page.wait("document.body.innerText.includes('matching runs')", 90)
        seen = page.wait("document.body.innerText.includes('window (>40') && document.body.innerText", 30)
        troubled = [f"trial {t.number:03d}" for t in trials if t.state != "finished"]
        assert f"{len(troubled)} matching runs" in seen
        assert all(name in seen for name in troubled)
        page.go(address.split("runs?")[0] + f"runs/{view_of(address).removeprefix('beamopt-')}")
        page.wait("[...document.querySelectorAll('button')].some(b => b.innerText == 'Show more')", 90)
        seen = page.run("document.body.innerText")
        assert "<img src=x onerror=" in seen
        assert "<script>document.title" in seen
        assert page.run("document.title") != "run"
        assert page.run("document.querySelectorAll('img[src=x], a[href^=javascript]').length") == 0
        assert page.strangers() == set()


def view_of(address: str) -> str:
    return address.split("viewStateShareKey=")[1].split("&")[0]


def test_the_log_axis_is_a_number_of_its_own(shown: tuple[Path, list[Trial]], spec: StudySpec) -> None:
    """What the scatter reads is in the database for every trial that has a dose, so none is silently left out."""
    home, trials = shown
    with sqlite3.connect(home / "mlflow.db") as database:
        asked = "select count(*) from latest_metrics where key = ?"
        (count,) = database.execute(asked, [f"{LOG}dose_per_area"]).fetchone()
    assert count == len(trials)
    assert spec.searched()["dose_per_area"].log
