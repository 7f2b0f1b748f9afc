"""What commands do when nobody reads them, nothing can be written, or the terminal knows only ASCII or hangs up."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from beamopt.study import run_study
from cli.conftest import Run
from study.conftest import TINY

COMMANDS = [
    ("list", "samples"),
    ("list", "studies"),
    ("show", "sample", "UiO-66"),
    ("show", "detector", "EMPAD-G2"),
    ("pareto", "srtio3_quick"),
    ("recommend", "srtio3_quick", "--max-dose", "1e6"),
    ("check", "srtio3_quick"),
    ("doctor",),
    ("--help",),
]
FEW = [COMMANDS[0], COMMANDS[4], COMMANDS[-1]]  # Rich's table, plain lines, Typer's own


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a small study has been run."""
    from beamopt.spec import load_study

    folder = tmp_path_factory.mktemp("streams")
    run_study(load_study("srtio3_quick", TINY | {"budget": {"trials": 3}}), home=folder / "beamopt-runs")
    return folder


def program(*words: str) -> list[str]:
    return [sys.executable, "-m", "beamopt", *words]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", FEW, ids=" ".join)
def test_a_full_device_is_one_line_and_exit_74(home: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            program(*words), cwd=home, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    assert done.returncode == 74
    assert "standard output: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", FEW, ids=" ".join)
def test_a_closed_pipe_is_silence_and_exit_0(home: Path, words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            program(*words), cwd=home, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_ascii_terminal_is_told_everything(home: Path, words: tuple[str, ...]) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    done = subprocess.run(
        program(*words), cwd=home, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert done.stdout.strip()


@pytest.mark.slow
def test_a_terminal_that_hangs_up_ends_the_study_which_goes_on_later(tmp_path: Path) -> None:
    """A closed window sends SIGHUP: the study ends with 129 like a stop, and keeps what it has."""
    overrides = [
        word
        for key in ("sample.thickness=8.0", "sample.window=19.0", "sample.field=15.0", "camera.pixels=32")
        for word in ("--set", key)
    ]
    words = program("study", "srtio3_quick", "--trials", "200", *overrides)
    keeper, terminal = pty.openpty()
    running = subprocess.Popen(
        ["env", "--default-signal=HUP", *words],  # whoever runs the tests under nohup
        cwd=tmp_path,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        seen, limit = b"", time.monotonic() + 120
        while not re.search(rb"\(([2-9]|\d\d+) of 200\)", seen) and time.monotonic() < limit:
            seen += os.read(keeper, 65536)
        os.kill(running.pid, signal.SIGHUP)
        os.close(keeper)
        assert running.wait(timeout=120) == 128 + signal.SIGHUP
    finally:
        running.kill()
    told = subprocess.run(
        program("pareto", "srtio3_quick", "--json"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(told.stdout)["front"]


def test_what_show_writes_for_a_column_is_read_as_a_column(beamopt: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(beamopt("show", "column", "corrected-300", "--json").stdout, encoding="utf-8")
    done = beamopt(
        "check",
        "srtio3_quick",
        "--set",
        f"instrument.column={tmp_path / 'mine.json'}",
        "--set",
        "instrument.detector=4D-Camera",
        "--json",
    )
    assert done.returncode == 0, done.stderr


def test_all_missing_knobs_are_named_at_once(beamopt: Run) -> None:
    done = beamopt("evaluate", "srtio3_quick", "--set", "defocus=100")
    assert done.returncode == 2
    for knob in ("semiangle_cutoff", "detector_outer", "scan_sampling", "dose_per_area"):
        assert knob in done.stderr


@pytest.mark.parametrize(
    "address",
    ["postgresql://me:s3cret@host:notaport/db", "postgresql://?host=", "postgresql://me@/db?host=", "notaurl"],
)
def test_addresses_that_are_none_are_one_line(beamopt: Run, address: str) -> None:
    done = beamopt("study", "srtio3_quick", "--trials", "1", "--storage", address)
    assert done.returncode in (2, 74)
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr + done.stdout
    assert sum("beamopt:" in line for line in done.stderr.splitlines()) == 1


@pytest.mark.parametrize("address", ["sqlite:///", "http://u:s3cret@127.0.0.1:9/", "ftp://nowhere"])
def test_a_tracking_address_that_keeps_nothing_is_said(beamopt: Run, address: str) -> None:
    done = beamopt("record", "srtio3_quick", "--tracking-uri", address)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr + done.stdout


def test_a_disc_larger_than_the_camera_is_said_before_the_study(beamopt: Run) -> None:
    changes = ("--set", "semiangle_cutoff=20", "--set", "detector_outer=10")
    done = beamopt("check", "srtio3_quick", *changes)
    assert done.returncode == 0, done.stderr
    assert "disc of 20 mrad or more is larger than the camera, which ends at 10 mrad" in done.stdout
    assert "larger than the camera" not in beamopt("check", "srtio3_quick").stdout
