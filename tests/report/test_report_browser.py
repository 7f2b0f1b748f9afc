"""The pages in a real browser: what stands there, what it asks of the network, and what it does with hostile text."""

import json
from pathlib import Path

import pytest

from beamopt.report.card import method_card
from beamopt.report.card_page import card_html
from beamopt.report.page import report_page
from report.browser import Opened, open_page
from report.studies import HOSTILE, review, spec


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """A report whose study's title, file and failures are hostile."""
    folder = tmp_path_factory.mktemp("page")
    path = folder / "report.html"
    study = spec(title=HOSTILE, sample={"file": f"{HOSTILE[:60]}.cif", "thickness": 50.0, "window": 30.0})
    path.write_text(report_page(review(40, folder, study)), encoding="utf-8")
    return open_page(path)


def test_the_chart_holds_exactly_the_trials_and_the_front(opened: Opened) -> None:
    study = review(40)
    assert opened.attribute("data-ready", "data-ready") == "true"
    finished, front = [t.number for t in study.finished], [t.number for t in study.front]
    assert json.loads(opened.attribute('id="plot"', "data-trials")) == finished
    assert json.loads(opened.attribute('id="plot"', "data-front")) == front
    assert int(opened.attribute('id="plot"', "data-trials-points")) == len(finished)
    assert int(opened.attribute('id="plot"', "data-front-points")) == len(front)


def test_a_chosen_trial_is_shown_with_pictures_and_settings(opened: Opened) -> None:
    assert int(opened.attribute('id="trial"', "data-trial")) == review(40).recommended[1]
    panel = opened.dom.split('id="trial"')[1].split("</section></div>")[0]
    assert panel.count("<img ") >= 4
    assert "underfocus" in panel
    assert "e/Å²" in panel


def test_nothing_leaves_the_machine_and_nothing_was_forbidden(opened: Opened) -> None:
    assert opened.requests == ()
    assert opened.attribute("data-violations", "data-violations") == "0"


def test_hostile_text_is_shown_and_not_run(opened: Opened) -> None:
    assert "data-hacked" not in opened.dom
    assert "<h1>&lt;script&gt;document" in opened.dom
    assert opened.dom.count("alert(1)") >= 3
    assert '<img src="x"' not in opened.dom


def test_the_log_would_have_seen_a_request(tmp_path: Path) -> None:
    """The check itself: a page that asks for a picture from elsewhere is caught."""
    path = tmp_path / "asks.html"
    path.write_text("<img src='http://elsewhere.invalid/x.png'><script src='https://elsewhere.invalid/y.js'></script>")
    assert {"http://elsewhere.invalid/x.png", "https://elsewhere.invalid/y.js"} <= set(open_page(path).requests)


def test_the_card_is_shown_without_scripts(tmp_path: Path) -> None:
    study = review(20, tmp_path, spec(title=HOSTILE))
    path = tmp_path / "card.html"
    path.write_text(card_html(method_card(study, study.front[-1], HOSTILE)), encoding="utf-8")
    page = open_page(path)
    assert "<script" not in page.dom
    assert "data-hacked" not in page.dom
    assert page.requests == ()
    assert "underfocus" in page.dom
