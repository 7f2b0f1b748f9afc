"""Saved views that open a study's charts at first sight; MLflow's own chart page of a nested study starts empty.

The format is MLflow's own and undocumented: an experiment tag with the page's state, deflated. It was read from
MLflow 3.17; other major versions get no view, and a study loses nothing by that.
"""

import base64
import json
import zlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run

from beamopt.record.charts import sections, trial_charts, troubled_charts
from beamopt.record.pages import TAG, key_of
from beamopt.record.rows import PARENT
from beamopt.spec import StudySpec

__all__ = ["save_views"]

_MAJOR = "3."
_LONGEST = 20_000  # characters of an experiment's tag
_RESULT = "tags.`beamopt.state` = 'finished'"
_NO_RESULT = "tags.`beamopt.state` != 'finished'"


def save_views(client: MlflowClient, parent: Run, spec: StudySpec, images: Sequence[str]) -> None:
    """Write the views, or quietly do not.

    Parameters
    ----------
    client
        Of the store.
    parent
        The study's run.
    spec
        Names the charts' axes.
    images
        Names of the images that trials carry; with none known, views that stand are kept.
    """
    run_id, experiment = parent.info.run_id, parent.info.experiment_id
    first = key_of(run_id)
    if not version("mlflow").startswith(_MAJOR):
        return
    if not images and f"{TAG}{first}" in client.get_experiment(experiment).tags:
        return
    states = {
        first: (spec.name, _finished(run_id, spec, images)),
        f"{first}-troubled": (f"{spec.name}: infeasible and failed", _troubled(run_id, spec)),
    }
    for key, (name, state) in states.items():
        view = {"name": name, "createdAt": parent.info.start_time, "state": _deflated(state)}
        text = json.dumps(view, separators=(",", ":"))
        if len(text) <= _LONGEST:
            client.set_experiment_tag(experiment, f"{TAG}{key}", text)


def _finished(run_id: str, spec: StudySpec, images: Sequence[str]) -> dict[str, Any]:
    last = spec.objectives[-1]
    knobs = [f"params.`{name}`" for name in spec.searched()]
    return {
        **_state(run_id, _RESULT, trial_charts(spec, images)),
        # In the order of creation the page hangs trials under the study's run and shows it closed, in no chart.
        "orderByKey": f"metrics.`{last.metric}`",
        "orderByAsc": last.direction == "minimize",
        "selectedColumns": [*(f"metrics.`{o.metric}`" for o in spec.objectives), *knobs],
    }


def _troubled(run_id: str, spec: StudySpec) -> dict[str, Any]:
    return {
        **_state(run_id, _NO_RESULT, troubled_charts(spec)),
        "orderByKey": "tags.`mlflow.runName`",
        "orderByAsc": True,
        "selectedColumns": ["tags.`beamopt.state`", "tags.`beamopt.reason`"],
        "columnWidths": {"tags.`beamopt.reason`": 700},
    }


def _state(run_id: str, which: str, charts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "searchFilter": f"tags.`{PARENT}` = '{run_id}' and {which}",
        "runsHiddenMode": "SHOW_ALL",
        "isAccordionReordered": True,
        "compareRunSections": sections(charts),
        "compareRunCharts": charts,
    }


def _deflated(state: dict[str, Any]) -> str:
    return "deflate;" + base64.b64encode(zlib.compress(json.dumps(state).encode())).decode("ascii")
