"""The pages in a real browser: what stands there, what it asks of the network, and what it does with hostile text."""

import base64
import hashlib
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


_HANDS = """
const waited = setInterval(() => {
  if (document.documentElement.dataset.ready !== "true") return;
  clearInterval(waited);
  const seen = [], note = () => seen.push(Number(document.getElementById("trial").dataset.trial));
  const chart = document.getElementById("front-chart");
  const press = (key) => chart.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  const tell = () => { document.documentElement.dataset.seen = JSON.stringify(seen); };
  for (const key of ["Home", "ArrowRight", "ArrowLeft", "End"]) { press(key); note(); }
  document.querySelector("#front-table button").click(); note();
  document.getElementById("next").click(); note();
  const group = [...chart.querySelectorAll("g.trace.scatter")].find((g) => g.__data__[0].trace.name === "trials");
  const box = group.querySelectorAll("path.point")[7].getBoundingClientRect();
  const drag = chart.querySelector(".nsewdrag");
  const mouse = (kind) => drag.dispatchEvent(new MouseEvent(kind, {
    bubbles: true, view: window, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));
  mouse("mousemove");
  setTimeout(() => {
    mouse("mousedown"); mouse("mouseup");
    setTimeout(() => { note(); tell(); }, 500);
  }, 500);
}, 50);
"""


def test_keys_buttons_and_clicks_choose_a_trial(tmp_path: Path) -> None:
    """The page as it is, and a script that plays the user's hands."""
    study = review(40)
    digest = base64.b64encode(hashlib.sha256(_HANDS.encode()).digest()).decode()
    page = report_page(study).replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    path = tmp_path / "page.html"
    path.write_text(page.replace("</body>", f"<script>{_HANDS}</script></body>"), encoding="utf-8")
    seen = json.loads(open_page(path).attribute("data-seen", "data-seen"))
    by_dose = [t.number for t in sorted(study.finished, key=lambda t: t.values[0])]
    front = [t.number for t in study.front]
    keys = [by_dose[0], by_dose[1], by_dose[0], by_dose[-1]]
    after = by_dose[by_dose.index(front[0]) + 1]
    assert seen == [*keys, front[0], after, study.finished[7].number]


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
