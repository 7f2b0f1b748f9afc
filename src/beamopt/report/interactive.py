"""The front as a chart one can ask: plain values for plotly.js, no text of the user's among them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly.offline import get_plotlyjs

from beamopt.acquisition import Acquisition
from beamopt.front import interval
from beamopt.quantities import unit_of
from beamopt.report.figures import FRESH, FRONT, MUTED
from beamopt.report.front import staircase
from beamopt.report.measured import limit_points, top_of
from beamopt.report.review import Review
from beamopt.report.words import label
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["chart", "colours", "plotly_source"]

_BUTTONS = ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]
_DASHES = {"quantum": "solid", "full": "dash", "linear": "dot"}
_AXIS = {"zeroline": False, "gridcolor": "#e4e4e4", "linecolor": "#444", "ticks": "outside", "automargin": True}


def plotly_source() -> str:
    """Plotly.js as one script, for a page that may ask no network for it."""
    return str(get_plotlyjs()).replace("\r\n", "\n")


def chart(review: Review) -> dict[str, Any]:
    """Traces, layout and configuration of the front for ``Plotly.newPlot``.

    Parameters
    ----------
    review
        The study. One objective is drawn against the trial's number; of more than two the first two are drawn.

    Returns
    -------
    dict
        ``data``: the traces ``trials`` (every finished trial) and ``front``, both with the trial's number as
        ``customdata``; ``fresh noise``, what is expected of the recommended settings; ``chosen`` (empty); where they
        are known ``quantum limit``, ``full limit``, ``linear limit``; and the staircase ``attained``. ``layout`` and
        ``config`` besides.
    """
    objectives, front = review.spec.objectives, review.front
    x, y = axes_of(objectives)
    return {
        "data": [
            *_limits(review.finished, objectives),
            *_attained(front, review.finished, objectives),
            _trials(review),
            _rings("front", front, objectives, FRONT, 15),
            *_fresh(review),
            _rings("chosen", (), objectives, "#000000", 21),
        ],
        "layout": {
            "xaxis": _AXIS | {"title": {"text": x}} | (_DECADES if _is_dose(objectives) else {}),
            "yaxis": _AXIS | {"title": {"text": y}, "rangemode": "tozero"} | _height(review),
            "legend": {"orientation": "h", "y": -0.22},
            "margin": {"l": 60, "r": 10, "t": 12, "b": 60},
            "hovermode": "closest",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "#ffffff",
            "font": {"family": "system-ui, sans-serif", "size": 14, "color": "#1a1a1a"},
        },
        "config": {"displaylogo": False, "responsive": True, "modeBarButtons": [_BUTTONS]},
    }


_DECADES = {"type": "log", "dtick": "D2", "tickformat": "~g"}


def _height(review: Review) -> dict[str, Any]:
    """The part of the second axis that is shown at first, where limits lie beside the front."""
    objectives = review.spec.objectives
    limits = [y for points in limit_points(review.finished, objectives).values() for _, y in points]
    if not limits:
        return {}
    values = [t.values[1] for t in review.finished]
    return {"range": [min(0.0, *values), top_of(values, limits)]}


def axes_of(objectives: Sequence[Objective]) -> tuple[str, str]:
    """Titles of both axes with their units."""
    titles = [label(o.metric, o.unit) for o in objectives[:2]]
    return ("trial", titles[0]) if len(titles) == 1 else (titles[0], titles[1])


def colours(review: Review) -> list[dict[str, Any]]:
    """Searched parameters that may colour the points: name, title with unit, one value per finished trial."""
    names = [n for n in review.spec.searched() if all(n in t.params for t in review.finished)]
    first = "semiangle_cutoff"
    ordered = [first, *(n for n in names if n != first)] if first in names else names
    return [{"name": n, "title": label(n, _unit(n)), "values": [t.params[n] for t in review.finished]} for n in ordered]


def _unit(name: str) -> str:
    return unit_of(Acquisition, name) if name in Acquisition.knobs() else ""


def _is_dose(objectives: Sequence[Objective]) -> bool:
    return len(objectives) > 1 and objectives[0].metric == "dose_per_area"


def _place(trial: Trial, objectives: Sequence[Objective]) -> tuple[float, float]:
    return (float(trial.number), trial.values[0]) if len(objectives) == 1 else (trial.values[0], trial.values[1])


def _points(trials: Sequence[Trial], objectives: Sequence[Objective]) -> dict[str, Any]:
    places = [_place(t, objectives) for t in trials]
    x, y = axes_of(objectives)
    return {
        "x": [p[0] for p in places],
        "y": [p[1] for p in places],
        "customdata": [t.number for t in trials],
        "type": "scatter",
        "mode": "markers",
        "hovertemplate": f"trial %{{customdata}}<br>{x}: %{{x:.3g}}<br>{y}: %{{y:.3g}}<extra></extra>",
    }


def _trials(review: Review) -> dict[str, Any]:
    finished, objectives = review.finished, review.spec.objectives
    shown = review.spec.qualified(objectives[min(1, len(objectives) - 1)])
    spreads = [interval(t, shown) for t in finished]
    bars = {"type": "data", "array": [s or 0.0 for s in spreads], "color": MUTED, "thickness": 1, "width": 3}
    marker: dict[str, Any] = {"size": 8, "color": MUTED}
    if choices := colours(review):
        bar = {"title": {"text": choices[0]["title"], "side": "right"}, "thickness": 12, "outlinewidth": 0}
        marker |= {"color": choices[0]["values"], "colorscale": "Cividis", "colorbar": bar}
    errors = {"error_y": bars} if any(s is not None for s in spreads) else {}
    return {**_points(finished, objectives), "name": "trials", "marker": marker, **errors}


def _fresh(review: Review) -> list[dict[str, Any]]:
    """Means of fresh noise draws with Student's 95 % interval, where recommended settings were drawn again."""
    objectives = review.spec.objectives
    score = objectives[min(1, len(objectives) - 1)].score
    known = [(one.trial, e) for one in review.advice.values() if (e := one.traded) and one.score.endswith(f".{score}")]
    if not known:
        return []
    points = _points([trial for trial, _ in known], objectives)
    bars = {"type": "data", "symmetric": False, "color": FRESH, "thickness": 2, "width": 5}
    bars |= {"array": [e.high - e.mean for _, e in known], "arrayminus": [e.mean - e.low for _, e in known]}
    marker = {"symbol": "diamond", "size": 10, "color": FRESH}
    return [{**points, "y": [e.mean for _, e in known], "name": "fresh noise", "marker": marker, "error_y": bars}]


def _rings(
    name: str, trials: Sequence[Trial], objectives: Sequence[Objective], colour: str, size: int
) -> dict[str, Any]:
    ring = {"symbol": "circle-open", "size": size, "color": colour, "line": {"width": 2}}
    return {**_points(trials, objectives), "name": name, "marker": ring, "showlegend": name != "chosen"}


def _limits(finished: Sequence[Trial], objectives: Sequence[Objective]) -> list[dict[str, Any]]:
    return [
        {
            "x": [p[0] for p in points],
            "y": [p[1] for p in points],
            "type": "scatter",
            "mode": "lines",
            "name": f"{name} limit",
            "line": {"dash": _DASHES[name], "color": MUTED, "width": 1.5},
            "hoverinfo": "name+y",
        }
        for name, points in limit_points(finished, objectives).items()
    ]


def _attained(
    front: Sequence[Trial], finished: Sequence[Trial], objectives: Sequence[Objective]
) -> list[dict[str, Any]]:
    """Staircase between what is attained and what is not, for two objectives."""
    if len(objectives) != 2 or not front:
        return []
    values = np.array([t.values for t in finished])
    ways = [o.direction for o in objectives]
    floor = min(0.0, float(values[:, 1].min())) if ways[1] == "maximize" else float(values[:, 1].max())
    path = staircase(
        np.array([t.values for t in front]), ways, (float(values[:, 0].min()), float(values[:, 0].max())), floor
    )
    return [
        {
            "x": path[:, 0].tolist(),
            "y": path[:, 1].tolist(),
            "type": "scatter",
            "mode": "lines",
            "name": "attained",
            "line": {"color": FRONT, "width": 1.5},
            "hoverinfo": "skip",
        }
    ]
