"""`beamopt report` and `beamopt recommend` as a user runs them, on a study that was really run."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from beamopt.cli.app import app
from beamopt.errors import BeamoptError
from beamopt.spec import load_study
from beamopt.study import pareto_front, run_study
from browser import open_page
from cli.conftest import Run

TINY: dict[str, object] = {
    "methods": ["icom"],
    "sample.thickness": 8.0,
    "sample.window": 19.0,
    "sample.field": 15.0,
    "camera.pixels": 32,
    "budget.trials": 5,
    "budget.replicates": 2,
    "defocus": {"low": 0.0, "high": 300.0},
    "scan_sampling": {"low": 0.6, "high": 2.0},
    "semiangle_cutoff": {"low": 10.0, "high": 25.0},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    run_study(load_study("srtio3_quick", TINY), home=folder)
    return folder


def said(*words: str) -> str:
    """What a command prints, run in this process."""
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_report_is_one_page_that_a_browser_shows(beamopt: Run, home: Path, tmp_path: Path) -> None:
    done = beamopt("report", "srtio3_quick", "--home", str(home), "-o", "page.html")
    assert done.returncode == 0, done.stderr
    assert "open it in any browser" in done.stdout
    path = tmp_path / "page.html"
    assert path.stat().st_size < 8_000_000
    with open_page() as page:
        page.go(path.as_uri())
        page.wait("document.documentElement?.dataset.ready", 60)
        front = [trial.number for trial in pareto_front("srtio3_quick", home)]
        assert json.loads(page.run("document.getElementById('plot').dataset.front")) == front
        assert page.strangers() == set()
        assert page.run("document.querySelector('#trial .bar').textContent").endswith(" Å")


def test_recommend_says_what_to_dial(beamopt: Run, home: Path) -> None:
    done = beamopt("recommend", "srtio3_quick", "--max-dose", "1e5", "--home", str(home))
    assert done.returncode == 0, done.stderr
    for word in ("on the front", "kV", "C10", "mrad", "e/Å²", "±", "Left out: damage, coherence", f"--home {home}"):
        assert word in done.stdout


@pytest.mark.parametrize("name", ["card.html", "card.pdf", "card.json"])
def test_a_card_is_written_in_every_form(home: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    words = ("recommend", "srtio3_quick", "--max-dose", "1e5", "--home", str(home))
    assert f"Method card: {path}" in said(*words, "--method-card", str(path))
    if name == "card.json":
        told: dict[str, Any] = json.loads(path.read_text())
        assert told == json.loads(said(*words, "--json"))
        assert told["beamopt"]["acquisition"]["dose_per_area"]["value"] <= 1e5
        assert told["beamopt"]["expected"]["information"]["std"] >= 0
    elif name == "card.html":
        assert path.read_text().count("data:image/png") == 3
    else:
        assert path.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("recommend", "srtio3_quick", "--max-dose", "1e-3"), "the gentlest, trial"),
        (("recommend", "srtio3_quick", "--max-dose", "-1"), "above 0"),
        (("recommend", "srtio3_quick", "--max-dose", "9", "--method-card", "card.docx"), ".html or .pdf or .json"),
        (("recommend", "other", "--max-dose", "9"), "there are: srtio3_quick"),
        (("report", "srtio3_quick", "-o", "missing/page.html"), "folder does not exist"),
        (("report", "other"), "there are: srtio3_quick"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*words, "--home", str(home)])
    assert isinstance(done.exception, BeamoptError)
    assert done.exception.exit_code == (3 if "gentlest" in wrong else 2)
    assert wrong in str(done.exception)
    assert not list(tmp_path.iterdir())
