"""The report as text: complete, small, escaped, the same every time."""

import base64
import hashlib
import json
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from beamopt.acquisition import wave_pixels
from beamopt.errors import InputError, StorageError
from beamopt.report.facts import halving_rows, reasons, session_numbers, study_rows, trial_facts, valued
from beamopt.report.files import require_writable, write_whole
from beamopt.report.interactive import chart, colours
from beamopt.report.page import report_page
from beamopt.report.pictures import field_width, pictured, png_size
from report.studies import HOSTILE, review, spec
from report.test_report_figures import robustness

LIMIT = 8_000_000  # bytes


def embedded(page: str) -> Any:
    return json.loads(page.split('id="data">')[1].split("</script>")[0])


def traces(found: dict[str, Any]) -> dict[str, Any]:
    return {trace["name"]: trace for trace in found["data"]}


def test_the_chart_is_the_study() -> None:
    study = review(40, more={"ptychography.information_std": 0.05, "replicates": 4.0, "limit.full": 2.5})
    drawn = traces(chart(study))
    assert drawn["trials"]["customdata"] == [t.number for t in study.finished]
    assert drawn["trials"]["x"] == [t.values[0] for t in study.finished]
    assert drawn["trials"]["y"] == [t.values[1] for t in study.finished]
    assert drawn["trials"]["error_y"]["array"] == pytest.approx([0.0796] * len(study.finished), abs=1e-4)
    assert drawn["front"]["customdata"] == [t.number for t in study.front]
    assert drawn["full limit"]["y"] == [2.5] * len(study.finished)
    assert "linear limit" not in drawn
    assert drawn["trials"]["marker"]["color"] == [t.params["semiangle_cutoff"] for t in study.finished]
    assert drawn["trials"]["marker"]["colorscale"] == "Cividis"
    layout = chart(study)["layout"]
    assert layout["xaxis"]["title"]["text"] == "dose per area [e/Å²]"
    assert layout["xaxis"]["type"] == "log"
    assert layout["yaxis"]["title"]["text"] == "information [bits/Å²]"
    best = max(t.values[1] for t in study.finished)
    assert layout["yaxis"]["range"] == pytest.approx([0, 1.05 * min(2.5, 2 * best)])
    assert "range" not in chart(review(40))["layout"]["yaxis"]
    assert {one["title"] for one in colours(study)} >= {"semiangle cutoff [mrad]", "defocus [Å]"}


@pytest.mark.parametrize(
    "metrics", [["information"], ["dose_per_area", "information", "icom.information"], ["frc_resolution"]]
)
def test_any_number_of_objectives_makes_a_page(metrics: list[str]) -> None:
    ways = {"dose_per_area": "minimize", "frc_resolution": "minimize"}
    goals = [{"metric": m, "direction": ways.get(m, "maximize")} for m in metrics]
    two = review(12)
    made = [
        type(t)(
            number=t.number,
            state=t.state,
            params=t.params,
            values=tuple(float(t.number + k) for k in range(len(metrics))) if t.values else (),
            metrics=t.metrics,
        )
        for t in two.trials
    ]
    study = type(two)(
        spec=spec(objectives=goals), trials=tuple(made), grown=tuple(range(12)), versions={"beamopt": "0"}
    )
    assert embedded(report_page(study))["chart"]["data"][-1]["name"] == "chosen"


def test_a_study_without_a_finished_trial_says_so() -> None:
    page = report_page(type(review())(spec=spec(), trials=(), versions={"beamopt": "0"}))
    assert "No trial has finished" in page
    assert embedded(page)["trials"] == []


def test_everything_a_reader_needs_is_there(tmp_path: Path) -> None:
    study = review(40, tmp_path)
    with_robustness = type(study)(**(vars(study) | {"robustness": {3: robustness()}}))
    page = report_page(with_robustness)
    for said in (
        "critical dose 17 e/Å² is a guess, not measured",
        "no source size, no focal spread",
        study.spec.fingerprint(),
        "beamopt study mof.toml --trials 40 --seed 1",
        "one noise draw per trial",
        "worst 0.5 bits/Å²",
        '<td class="words">as it says</td>',
        "semiangle_cutoff 70 %",
        "name = &#34;mof&#34;",
    ):
        assert said in page, said
    plain = report_page(study)
    assert "beamopt robust mof" in plain
    facts = {one["number"]: one for one in embedded(plain)["trials"]}
    assert set(facts) == {t.number for t in study.finished}
    assert all(facts[t.number]["pictures"] for t in study.front)
    assert plain == report_page(study), "the same study gives the same page"


def test_the_page_is_accessible_and_prints() -> None:
    page = report_page(review(40))
    text = page.split('<script type="application/json"')[0]
    assert '<html lang="en">' in page
    assert all("alt=" in image for image in re.findall(r"<img [^>]*>", text))
    levels = [int(level) for level in re.findall(r"<h([1-4])[ >]", text.split("<body>")[1])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    rows = text.split('id="front-table"')[1].split("</table>")[0]
    assert rows.count('scope="row"') == len(review(40).front)
    assert 'tabindex="0"' in text
    assert "@media print" in text
    assert "aria-live" in text


def test_the_policy_names_every_script_and_nothing_else() -> None:
    page = report_page(review(12))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].replace("&#39;", "'").split("; "))
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    assert rules["script-src"].split() == [f"'sha256-{digest}'" for digest in digests]
    assert not re.findall(r"""(?:src|href)=["']?https?:""", page.split("<script>")[0] + page.split("</script>")[-1])


def test_hostile_text_is_escaped_everywhere(tmp_path: Path) -> None:
    study = review(40, tmp_path, spec(title=HOSTILE))
    hostile = type(study)(**(vars(study) | {"assumptions": (HOSTILE,), "commands": (HOSTILE,)}))
    page = report_page(hostile)
    assert HOSTILE not in page
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 4


def test_pictures_are_left_out_beyond_the_budget_and_the_fronts_come_first(tmp_path: Path) -> None:
    study = review(40, tmp_path)
    everything = pictured(study, 10**9)
    assert set(everything) == {t.number for t in study.finished}
    front = {t.number for t in study.front}
    cost = sum(len(one["src"]) for number in front for one in everything[number])
    assert set(pictured(study, cost)) == front
    assert pictured(study, 0) == {}
    titles = [one["title"] for one in everything[study.front[0].number]]
    assert titles == ["ptychography", "truth", "icom", "pattern, counted", "correlation with the truth"]
    for path in tmp_path.glob("*.png"):
        path.unlink()
    assert pictured(study, 10**9) == {}, "pictures that are gone are no error"


def test_scale_bars_are_as_long_as_they_say(tmp_path: Path) -> None:
    study = review(12, tmp_path)
    trial = study.front[0]
    proposal = study.spec.propose(trial.params)
    a = proposal.acquisition
    image = pictured(study, 10**9)[trial.number][0]
    camera = study.spec.camera.pixels
    pixels = wave_pixels(a, camera, 2 * a.detector_outer / camera)
    pixel = a.wavelength / (2e-3 * a.detector_outer) * camera / pixels
    assert image["width"] == png_size(next(iter(study.pictures[trial.number].values())).read_bytes())[0] == 64
    assert float(image["bar"].split()[0]) / (image["width"] * pixel) == pytest.approx(image["share"] / 100, abs=1e-3)
    assert field_width(proposal, camera, {"icom/phase": (20, 20)}) == pytest.approx(20 * a.scan_sampling)
    assert field_width(proposal, camera, {"parallax/phase": (20, 20)}) is None


def test_facts_of_a_trial_have_units() -> None:
    study = review(
        12,
        more={
            "ptychography.information_std": 0.02,
            "replicates": 4.0,
            "session.dwell_microseconds": 20.0,
            "session.dose_rate_electrons_per_square_angstrom_second": 300.0,
            "limit.quantum": 4.0,
            "efficiency.ptychography": 0.5,
        },
    )
    trial = study.front[-1]
    facts = trial_facts(study, trial)
    assert ("dwell", "20 µs") in facts["session"]
    assert ("dose rate", "300 e/Å²/s") in facts["session"]
    assert facts["limits"] == [("quantum limit", "4 bits/Å²"), ("ptychography: share of the linear limit", "50%")]
    assert " ± 0.03 bits/Å²" in valued(study, trial)
    assert dict(facts["setting"])["defocus"].endswith(" Å")
    assert session_numbers(trial) == {"dwell": 20.0, "dose_rate": 300.0}
    assert dict(study_rows(study))["trials"] == "11 finished, 1 infeasible"


def test_reasons_are_counted_by_what_was_broken() -> None:
    found = reasons(review(40))
    assert [(state, broken, count) for state, broken, count, _ in found] == [
        ("infeasible", "field left", 2),
        ("failed", "no constraint", 2),
    ]
    assert found[1][3] == HOSTILE


def test_halving_names_the_knobs_that_move() -> None:
    table = halving_rows(review(40))
    assert len(table["head"]) == len(table["rows"][0])
    assert table["rows"][0][-1] == "no trial was that gentle"
    assert (
        halving_rows(
            type(review())(spec=spec(objectives=[{"metric": "information", "direction": "maximize"}]), trials=())
        )["rows"]
        == []
    )


def test_500_trials_with_pictures_stay_small_and_quick(tmp_path: Path) -> None:
    study = review(500, tmp_path)
    start = time.process_time()
    page = report_page(study).encode()
    assert len(page) < LIMIT
    assert time.process_time() - start < 10


def test_thousands_of_trials_keep_their_place_on_the_chart() -> None:
    study = review(3000)
    page = report_page(study)
    assert len(page.encode()) < LIMIT
    data = embedded(page)
    assert traces(data["chart"])["trials"]["customdata"] == [t.number for t in study.finished]
    shown = {one["number"] for one in data["trials"]}
    assert len(shown) == 800
    assert shown >= {t.number for t in study.front}
    assert "The front and the first of the other trials, 800 of 2700" in page


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]
    with pytest.raises(StorageError, match="cannot be written"):
        write_whole(tmp_path / "missing" / "a.html", b"")
    with pytest.raises(InputError, match=r"must end in \.html"):
        require_writable(tmp_path / "a.txt", "--output", (".html",))
    with pytest.raises(InputError, match="folder does not exist"):
        require_writable(tmp_path / "missing" / "a.html", "--output", (".html",))
    (tmp_path / "b.html").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        require_writable(tmp_path / "b.html", "--output", (".html",))
