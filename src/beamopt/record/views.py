"""A saved view that opens a study's charts at first sight; MLflow's own chart page of a nested study starts empty.

The format is MLflow's own and undocumented: an experiment tag with the page's state, deflated. It was read from
MLflow 3.17; other major versions get no view, and a study loses nothing by that.
"""

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import combinations
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run

from beamopt.record.rows import PARENT
from beamopt.spec import StudySpec

__all__ = ["TAG", "key_of", "save_view"]

TAG = "mlflow.sharedViewState."

_SECTIONS = ("Trade-off", "Settings", "Images")
_MAJOR = "3."
_LONGEST = 20_000  # characters of an experiment's tag


def key_of(run_id: str) -> str:
    """Name of a study's view in addresses."""
    return f"beamopt-{run_id}"


def save_view(client: MlflowClient, parent: Run, spec: StudySpec, images: Sequence[str]) -> None:
    """Write the view, or quietly do not.

    Parameters
    ----------
    client
        Of the store.
    parent
        The study's run.
    spec
        Names the charts' axes.
    images
        Names of the images that trials carry; with none known, a view that stands is kept.
    """
    run_id, experiment = parent.info.run_id, parent.info.experiment_id
    name = f"{TAG}{key_of(run_id)}"
    if not images and name in client.get_experiment(experiment).tags:
        return
    said = {"name": spec.name, "createdAt": parent.info.start_time, "state": _deflated(_state(run_id, spec, images))}
    text = json.dumps(said, separators=(",", ":"))
    if version("mlflow").startswith(_MAJOR) and len(text) <= _LONGEST:
        client.set_experiment_tag(experiment, name, text)


def _state(run_id: str, spec: StudySpec, images: Sequence[str]) -> dict[str, Any]:
    charts = list(_charts(spec, images))
    shown = {chart["metricSectionId"] for chart in charts}
    sections = [
        {"uuid": name, "name": name, "display": True, "isReordered": True, "deleted": False, "isGenerated": False}
        for name in _SECTIONS
        if name in shown
    ]
    return {
        "searchFilter": f"tags.`{PARENT}` = '{run_id}'",
        "runsHiddenMode": "SHOW_ALL",
        # In the order of creation the page hangs trials under the study's run and shows it closed, in no chart.
        "orderByKey": f"metrics.`{spec.objectives[-1].metric}`",
        "orderByAsc": spec.objectives[-1].direction == "minimize",
        "isAccordionReordered": True,
        "compareRunSections": sections,
        "compareRunCharts": [chart | {"uuid": f"{number}"} for number, chart in enumerate(charts)],
    }


def _charts(spec: StudySpec, images: Sequence[str]) -> Iterator[dict[str, Any]]:
    goals, knobs = [objective.metric for objective in spec.objectives], list(spec.searched())
    for x, y in combinations(goals, 2):
        yield _chart("SCATTER", _SECTIONS[0], xaxis=_axis(x), yaxis=_axis(y))
    yield _chart("PARALLEL", _SECTIONS[1], selectedParams=knobs, selectedMetrics=goals[-1:], showAllRuns=True)
    for knob in knobs:
        if knob != goals[-1]:
            yield _chart("SCATTER", _SECTIONS[1], xaxis=_axis(knob), yaxis=_axis(goals[-1]))
    for image in images:
        yield _chart("IMAGE", _SECTIONS[2], imageKeys=[image], step=0)


def _chart(kind: str, section: str, **what: object) -> dict[str, Any]:
    whole = {"type": kind, "metricSectionId": section, "runsCountToCompare": 1000}
    return {**whole, "deleted": False, "isGenerated": False, **what}


def _axis(metric: str) -> dict[str, str]:
    return {"key": metric, "type": "METRIC"}


def _deflated(state: dict[str, Any]) -> str:
    return "deflate;" + base64.b64encode(zlib.compress(json.dumps(state).encode())).decode("ascii")
