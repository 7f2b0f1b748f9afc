"""The charts of a study as MLflow's chart page describes them; the format is MLflow's own, see `views`."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.measurement import METRICS
from beamopt.quantities import unit_of
from beamopt.record.colours import coloured_knob
from beamopt.record.rows import LOG, decades
from beamopt.spec import StudySpec

__all__ = ["sections", "trial_charts", "troubled_charts"]

_FRONT, _ALL, _DOSE, _KNOBS, _IMAGES = "Front", "All trials", "Dose response", "Settings", "Images beside the truth"
_COLUMNS = {_FRONT: (2, 460), _ALL: (1, 420), _DOSE: (2, 360), _KNOBS: (2, 360), _IMAGES: (1, 640)}
_MANY = 2000  # trials that one chart takes
_FIRST = ("phase", "truth")  # of an image grid, from the top

Chart = dict[str, Any]


def trial_charts(spec: StudySpec, images: Sequence[str]) -> list[Chart]:
    """Charts of finished trials: the front, every setting against the result, and what was seen.

    Parameters
    ----------
    spec
        The study.
    images
        Names of the images that trials carry.
    """
    return _numbered([*_front(spec), *_all(spec), *_dose(spec), *_settings(spec), *_seen(images)])


def troubled_charts(spec: StudySpec) -> list[Chart]:
    """Charts of trials without a result: where in the search they lie."""
    knobs = list(spec.searched())
    dose = "dose_per_area" if "dose_per_area" in knobs else knobs[0]
    parallel = _chart("PARALLEL", _ALL, selectedParams=knobs, selectedMetrics=[dose], showAllRuns=True)
    pairs = [_chart("SCATTER", _KNOBS, xaxis=_axis(spec, x), yaxis=_axis(spec, y)) for x, y in combinations(knobs, 2)]
    return _numbered([*([parallel] if len(knobs) > 1 else []), *pairs])


def sections(charts: Sequence[Chart]) -> list[dict[str, Any]]:
    """Headings under which the charts stand, in order; a heading with nothing under it is left out."""
    used = {chart["metricSectionId"] for chart in charts}
    common = {"display": True, "isReordered": True, "deleted": False, "isGenerated": False}
    return [
        {"uuid": name, "name": name, **common, "columns": columns, "cardHeight": height}
        for name, (columns, height) in _COLUMNS.items()
        if name in used
    ]


def _front(spec: StudySpec) -> Iterator[Chart]:
    """Two scatters of each pair of objectives where one has a colour to explain: the front, and what coloured it."""
    goals = [objective.metric for objective in spec.objectives]
    for x, y in combinations(goals, 2):
        yield _chart("SCATTER", _FRONT, xaxis=_axis(spec, x), yaxis=_axis(spec, y))
    if knob := coloured_knob(spec):
        yield _chart("SCATTER", _FRONT, xaxis=_axis(spec, knob, " = colour"), yaxis=_axis(spec, goals[-1]))


def _all(spec: StudySpec) -> Iterator[Chart]:
    yield _chart(
        "PARALLEL",
        _ALL,
        selectedParams=list(spec.searched()),
        selectedMetrics=[spec.objectives[-1].metric],
        showAllRuns=True,
    )


def _dose(spec: StudySpec) -> Iterator[Chart]:
    """What each method makes of the dose."""
    for score in ("information", "frc_resolution"):
        for method in spec.methods:
            yield _chart(
                "SCATTER",
                _DOSE,
                xaxis=_axis(spec, "dose_per_area"),
                yaxis=_axis(spec, metric_names.score(method, score)),
            )


def _settings(spec: StudySpec) -> Iterator[Chart]:
    last = spec.objectives[-1].metric
    for knob in spec.searched():
        if knob not in ("dose_per_area", last, coloured_knob(spec)):
            yield _chart("SCATTER", _KNOBS, xaxis=_axis(spec, knob), yaxis=_axis(spec, last))


def _seen(images: Sequence[str]) -> Iterator[Chart]:
    """A method's image above its truth in one grid, the patterns in another."""
    for of in dict.fromkeys(name.partition("/")[0] for name in images):
        keys = [name for name in images if name.partition("/")[0] == of]
        first = [f"{of}/{what}" for what in _FIRST if f"{of}/{what}" in keys]
        rest = [key for key in keys if key not in first]
        yield _chart("IMAGE", _IMAGES, imageKeys=[*first, *rest], step=0, showRunParams=False)


def _chart(kind: str, section: str, **what: object) -> Chart:
    whole = {"type": kind, "metricSectionId": section, "runsCountToCompare": _MANY}
    return {**whole, "deleted": False, "isGenerated": False, **what}


def _numbered(charts: Sequence[Chart]) -> list[Chart]:
    return [chart | {"uuid": f"{number}"} for number, chart in enumerate(charts)]


def _axis(spec: StudySpec, metric: str, remark: str = "") -> dict[str, str]:
    """An axis: the page prints `key` and reads the number under `dataAccessKey`."""
    unit = unit_of(Acquisition, metric) if metric in Acquisition.knobs() else ""
    if score := METRICS.get(metric_names.score_of(metric)):
        unit = score.unit
    named = f"{metric} [{unit}]" if unit else metric
    if metric in decades(spec):
        return {"key": f"log10 {named}{remark}", "dataAccessKey": f"{LOG}{metric}", "type": "METRIC"}
    return {"key": f"{named}{remark}", "dataAccessKey": metric, "type": "METRIC"}
