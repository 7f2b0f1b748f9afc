"""The front as rows, for JSON, CSV and terminals."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from beamopt import pareto
from beamopt.acquisition import Acquisition
from beamopt.quantities import unit_of
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["front_csv", "front_table", "front_trials"]

Row = Mapping[str, Any]


def front_trials(trials: Sequence[Trial], objectives: Sequence[Objective]) -> tuple[Trial, ...]:
    """Finished trials that no other beats in every objective, in order of the first."""
    finished = [t for t in trials if t.state == "finished"]
    if not finished:
        return ()
    values = np.array([t.values for t in finished])
    return tuple(finished[i] for i in pareto.front(values, [o.direction for o in objectives]))


def front_table(trials: Sequence[Trial], objectives: Sequence[Objective]) -> list[dict[str, Any]]:
    """One row per trial on the front.

    Returns
    -------
    list of dict
        ``trial`` (its number), ``params`` and ``values``, each by name.
    """
    return [
        {
            "trial": t.number,
            "params": dict(t.params),
            "values": {o.metric: v for o, v in zip(objectives, t.values, strict=True)},
        }
        for t in front_trials(trials, objectives)
    ]


def front_csv(rows: Sequence[Row], objectives: Sequence[Objective]) -> str:
    """The rows of `front_table` as CSV, units in the head."""
    goals = {o.metric: o.unit for o in objectives}
    knobs = [name for name in (rows[0]["params"] if rows else ()) if name not in goals]
    units = goals | {name: unit_of(Acquisition, name) for name in knobs if name in Acquisition.knobs()}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["trial", *(_head(name, units.get(name, "")) for name in (*goals, *knobs))])
    for row in rows:
        writer.writerow([row["trial"], *(row["values"][g] for g in goals), *(row["params"][k] for k in knobs)])
    return text.getvalue()


def _head(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name
