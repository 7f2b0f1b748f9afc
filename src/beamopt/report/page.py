"""One self-contained page about a study: opens anywhere, asks no network, runs nothing that the user wrote."""

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import jinja2
import tomli_w
from markupsafe import Markup
from matplotlib.figure import Figure

from beamopt.front import promised
from beamopt.report.facts import (
    halving_rows,
    reasons,
    reproduction,
    study_rows,
    trial_facts,
    trial_table,
    unit_of_score,
    valued,
)
from beamopt.report.figures import png
from beamopt.report.front import front_figure
from beamopt.report.halving import halving_figure
from beamopt.report.history import hypervolume_figure
from beamopt.report.idealised import idealisations
from beamopt.report.influence import importance_figure
from beamopt.report.interactive import chart, colours, plotly_source
from beamopt.report.pictures import data_address, pictured
from beamopt.report.review import Review
from beamopt.report.robustness import tolerance_figure
from beamopt.report.words import sentence
from beamopt.trial import Trial

__all__ = ["rendered", "report_page", "script"]

_LARGEST = 7_900_000  # bytes of a page; plotly.js alone is 4.8 MB
_DETAILED = 800  # trials whose settings and scores a page holds besides its chart, 2 kB each; the front's always
_DPI = 110

_environment = jinja2.Environment(
    loader=jinja2.PackageLoader("beamopt.report", "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def report_page(review: Review) -> str:
    """The page as HTML.

    Parameters
    ----------
    review
        The study.

    Returns
    -------
    str
        Below 8 MB up to some ten thousand trials: pictures beyond that are left out, the front's last of all. A content
        security policy lets nothing run but the scripts that are in it, each by its hash, and forbids all network.
    """
    scripts = [script("guard.js"), _hashed(plotly_source()), script("report.js")]
    figures = _figures(review)
    plain = _page(review, scripts, figures, {})
    shown = pictured(review, _LARGEST - len(plain.encode("utf-8")))
    return _page(review, scripts, figures, shown) if shown else plain


def _page(
    review: Review,
    scripts: list[tuple[Markup, str]],
    figures: Mapping[str, str],
    pictures: Mapping[int, list[dict[str, Any]]],
) -> str:
    spec, detailed = review.spec, _detailed(review)
    return rendered(
        "report.html",
        scripts=scripts,
        review=review,
        spec=spec,
        asked=study_rows(review),
        recommended=[
            {
                "number": one.trial.number,
                "role": one.role,
                "said": sentence(spec.propose(one.trial.params).acquisition),
                "expected": promised(spec, one) if one.expected else "",
                "reached": valued(review, one.trial),
                "remarks": one.remarks,
            }
            for one in review.advice.values()
        ],
        data=_data(review, detailed, pictures),
        front=trial_table(review, review.front),
        others=trial_table(review, detailed),
        halving=halving_rows(review),
        reasons=reasons(review),
        idealised=idealisations(spec),
        reproduction=reproduction(review),
        study_file=tomli_w.dumps(_without_none(spec.resolved())),
        figures=figures,
        robustness=[
            (result, unit_of_score(result.metric), figures[f"robust {n}"]) for n, result in review.robustness.items()
        ],
    )


def script(name: str) -> tuple[Markup, str]:
    """A script of this room and its hash for the content security policy."""
    return _hashed((files("beamopt.report") / "templates" / name).read_text(encoding="utf-8"))


def rendered(template: str, *, scripts: list[tuple[Markup, str]], **values: Any) -> str:  # noqa: ANN401
    """A template filled in; everything but the scripts is escaped.

    Parameters
    ----------
    template
        Its file name.
    scripts
        Text and hash of each, from `script`.
    values
        What the template names.
    """
    allowed = " ".join(f"'sha256-{digest}'" for _, digest in scripts) or "'none'"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )
    style = Markup((files("beamopt.report") / "templates" / "style.css").read_text(encoding="utf-8"))  # noqa: S704 (ours)
    whole = _environment.get_template(template)
    return whole.render(policy=policy, style=style, scripts=[text for text, _ in scripts], **values)


def _hashed(text: str) -> tuple[Markup, str]:
    """A script that is ours or plotly's, marked as such, and its hash."""
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return Markup(text), digest  # noqa: S704 (no text of the user's)


def _detailed(review: Review) -> tuple[Trial, ...]:
    """Trials that can be looked at one by one: the front, and of the others the first ones."""
    front = {t.number for t in review.front}
    others = [t.number for t in review.finished if t.number not in front]
    kept = front | set(others[: max(_DETAILED - len(front), 0)])
    return tuple(t for t in review.finished if t.number in kept)


def _data(review: Review, detailed: tuple[Trial, ...], pictures: Mapping[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """What the page's script reads: the chart, and everything about each trial that can be looked at."""
    front = {t.number for t in review.front}
    facts = [
        trial_facts(review, t) | {"front": t.number in front, "pictures": pictures.get(t.number, [])} for t in detailed
    ]
    best = next(iter(review.recommended), None)
    return {"chart": chart(review), "colours": colours(review), "trials": facts, "first": best}


def _figures(review: Review) -> dict[str, str]:
    """Figures by name as data addresses; empty where there is nothing to draw."""
    objectives = review.spec.objectives
    drawn: dict[str, Figure] = {f"robust {n}": tolerance_figure(result) for n, result in review.robustness.items()}
    if review.finished:
        drawn["front"] = front_figure(review.trials, review.spec, recommended=tuple(review.advice.values()))
        drawn["history"] = hypervolume_figure(review.grown, unit=review.volume_unit)
    if halving_rows(review)["rows"]:
        drawn["halving"] = halving_figure(review.trials, objectives)
    if review.importances:
        drawn["importances"] = importance_figure(review.importances)
    nothing = dict.fromkeys(("front", "history", "halving", "importances"), "")
    return nothing | {name: _address(figure) for name, figure in drawn.items()}


def _address(figure: Figure) -> str:
    return data_address(png(figure, _DPI))


def _without_none(table: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not said, which TOML has no word for."""
    kept = {key: value for key, value in table.items() if value is not None}
    return {key: _without_none(value) if isinstance(value, Mapping) else value for key, value in kept.items()}


def _json(value: object) -> Markup:
    """JSON that may stand inside a script element: no character that HTML reads."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter, code in (
        ("&", "\\u0026"),
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(letter, code)
    return Markup(text)  # noqa: S704 (escaped above)


_environment.filters["as_json"] = _json
