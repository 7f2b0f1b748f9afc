"""The pages in a real browser: what stands there, what it asks of the network, what it does with hostile text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beamopt.report.card import method_card
from beamopt.report.card_page import card_html
from beamopt.report.page import report_page
from browser import Page, open_page, require_browser
from report.studies import HOSTILE, review, spec

POINT = """(() => {
  const groups = [...document.querySelectorAll('#plot g.trace.scatter')];
  const group = groups.find(g => g.__data__[0].trace.name === 'trials');
  const box = group.querySelectorAll('path.point')[%d].getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A report whose study's title, file and failures are hostile."""
    require_browser()
    folder = tmp_path_factory.mktemp("page")
    path = folder / "report.html"
    study = spec(title=HOSTILE, sample={"file": f"{HOSTILE[:60]}.cif", "thickness": 50.0, "window": 30.0})
    path.write_text(report_page(review(40, folder, study)), encoding="utf-8")
    with open_page() as opened:
        shown(opened, path)
        opened.wait("document.documentElement?.dataset.ready", 60)
        yield opened


def shown(page: Page, path: Path) -> None:
    page.go(path.absolute().as_uri())
    page.wait("location.protocol === 'file:' && document.readyState === 'complete'", 60)


def told(page: Page, name: str) -> Any:
    return json.loads(page.run(f"document.getElementById('plot').dataset.{name}"))


def chosen(page: Page) -> int:
    return int(page.run("document.getElementById('trial').dataset.trial"))


def test_the_chart_holds_exactly_the_trials_and_the_front(page: Page) -> None:
    study = review(40)
    finished, front = [t.number for t in study.finished], [t.number for t in study.front]
    assert told(page, "trials") == finished
    assert told(page, "front") == front
    assert told(page, "trialsPoints") == len(finished)
    assert told(page, "frontPoints") == len(front)
    drawn = page.run("document.getElementById('plot').data.find(t => t.name === 'trials').y")
    assert drawn == pytest.approx([t.values[1] for t in study.finished])


def test_a_chosen_trial_is_shown_with_pictures_and_settings(page: Page) -> None:
    assert chosen(page) == review(40).recommended[0]
    assert page.run("document.querySelectorAll('#trial img').length") == 5
    assert page.run("[...document.querySelectorAll('#trial img')].every(i => i.naturalWidth > 0 && i.alt)")
    assert "underfocus" in page.run("document.getElementById('trial').innerText")


def test_keys_and_buttons_choose_a_trial(page: Page) -> None:
    study = review(40)
    by_dose = [t.number for t in sorted(study.finished, key=lambda t: t.values[0])]
    presses = {"Home": by_dose[0], "ArrowRight": by_dose[1], "ArrowLeft": by_dose[0], "End": by_dose[-1]}
    for key, number in presses.items():
        page.run(
            "document.getElementById('front-chart').dispatchEvent("
            f"new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))"
        )
        assert chosen(page) == number, key
    page.run("document.querySelector('#front-table button').click()")
    assert chosen(page) == study.front[0].number
    page.run("document.getElementById('next').click()")
    assert chosen(page) == by_dose[by_dose.index(study.front[0].number) + 1]


def test_a_click_on_a_point_chooses_it(page: Page) -> None:
    page.run("document.getElementById('plot').scrollIntoView()")
    x, y = page.run(POINT % 7)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        page._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        if kind == "mouseMoved":
            page.wait("document.querySelector('#plot .hoverlayer .hovertext') !== null", 20)
    number = review(40).finished[7].number
    page.wait(f"document.getElementById('trial').dataset.trial === '{number}'", 20)


def test_a_choice_of_colour_repaints_the_points(page: Page) -> None:
    page.run(
        "(() => { const c = document.getElementById('colour'); c.selectedIndex = 1;"
        " c.dispatchEvent(new Event('change')); })()"
    )
    painted = page.run("document.getElementById('plot').data.find(t => t.name === 'trials').marker")
    assert painted["color"] == pytest.approx([t.params["defocus"] for t in review(40).finished])
    assert painted["colorbar"]["title"]["text"] == "defocus [Å]"


def test_nothing_leaves_the_machine_and_nothing_was_forbidden(page: Page) -> None:
    assert page.strangers() == set()
    assert all(url.startswith(("file:", "data:")) for url in page.requests)
    assert page.run("document.documentElement.dataset.violations") == "0"


def test_hostile_text_is_shown_and_not_run(page: Page) -> None:
    assert page.run("document.documentElement.dataset.hacked === undefined")
    assert page.run("document.querySelector('h1').textContent") == HOSTILE
    assert page.run("document.title").startswith(HOSTILE)
    assert HOSTILE in page.run("document.getElementById('search').textContent")
    assert page.run("document.querySelectorAll('img[src=x]').length") == 0


def test_a_script_from_elsewhere_is_forbidden_and_counted(tmp_path: Path) -> None:
    """The guard itself: a page that was tampered with runs none of it, asks nobody and says so."""
    require_browser()
    path = tmp_path / "page.html"
    evil = "<script>document.documentElement.dataset.hacked='1'</script><img src='http://elsewhere.invalid/x.png'>"
    path.write_text(report_page(review(12)).replace("<main>", f"<main>{evil}"), encoding="utf-8")
    with open_page() as page:
        shown(page, path)
        page.wait("document.documentElement?.dataset.ready", 60)
        assert page.run("document.documentElement.dataset.hacked === undefined")
        assert int(page.run("document.documentElement.dataset.violations")) == 2


def test_the_card_is_shown_without_scripts(tmp_path: Path) -> None:
    require_browser()
    study = review(20, tmp_path, spec(title=HOSTILE))
    path = tmp_path / "card.html"
    path.write_text(card_html(method_card(study, study.front[-1], HOSTILE)), encoding="utf-8")
    with open_page() as page:
        shown(page, path)
        assert page.run("document.scripts.length") == 0
        assert page.run("document.querySelector('h1').textContent") == HOSTILE
        assert page.strangers() == set()
        assert page.run("[...document.images].every(i => i.naturalWidth > 0)")
