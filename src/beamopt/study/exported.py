"""A stored study as tables for other programs: trials as CSV and Parquet, the front as JSON."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.measurement import METRICS
from beamopt.quantities import unit_of
from beamopt.report import front_table
from beamopt.spec import StudySpec
from beamopt.trial import Trial

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Table", "front_json", "trials_csv", "trials_frame", "trials_parquet", "trials_table"]

_WORDS = ("state", "origin", "reason")

Cell = int | float | str | None


@dataclass(frozen=True)
class Table:
    """Columns by name, all as long as there are trials, and the unit of each; what is not known is None."""

    columns: Mapping[str, Sequence[Cell]]
    units: Mapping[str, str]

    @property
    def heads(self) -> list[str]:
        """Names with their units, for instance ``defocus [Å]``."""
        return [f"{name} [{self.units[name]}]" if self.units[name] else name for name in self.columns]


def trials_table(spec: StudySpec, trials: Sequence[Trial]) -> Table:
    """One row per trial in order: number, state, origin, reason, settings, objectives, metrics, constraints.

    Parameters
    ----------
    spec
        The study.
    trials
        All of them.
    """
    rows = [_row(spec, trial) for trial in trials]
    names = list(dict.fromkeys(["trial", *_WORDS, *(name for row in rows for name in row)]))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return Table(columns, {name: _unit(name) for name in names})


def trials_frame(table: Table) -> "pd.DataFrame":
    """Pandas frame of a table, indexed by trial, units in the column names; what is not known is NaN or None."""
    import pandas as pd  # noqa: PLC0415 (takes longer to import than most commands take)

    return pd.DataFrame(dict(zip(table.heads, table.columns.values(), strict=True))).set_index("trial")


def trials_csv(table: Table) -> str:
    """Comma-separated values at full precision, units in the head, empty where nothing is known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.heads)
    writer.writerows(zip(*table.columns.values(), strict=True))
    return text.getvalue()


def trials_parquet(table: Table, spec: StudySpec) -> bytes:
    """Parquet with the columns of the CSV; each field carries its ``unit``, the file the study as JSON."""
    kinds = {"trial": pa.int64(), **dict.fromkeys(_WORDS, pa.string())}
    fields = [
        pa.field(head, kinds.get(name, pa.float64()), metadata={"unit": table.units[name]})
        for name, head in zip(table.columns, table.heads, strict=True)
    ]
    schema = pa.schema(fields, metadata={"beamopt.study": json.dumps(spec.resolved(), ensure_ascii=False)})
    arrays = [pa.array(values, field.type) for values, field in zip(table.columns.values(), fields, strict=True)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink)
    return bytes(sink.getvalue())


def front_json(spec: StudySpec, trials: Sequence[Trial]) -> str:
    """The front with its objectives and units as one JSON object."""
    units = {name: _unit(name) for name in (*spec.searched(), *(o.metric for o in spec.objectives))}
    content = {
        "schema_version": 1,
        "study": spec.name,
        "objectives": [{"metric": o.metric, "direction": o.direction, "unit": o.unit} for o in spec.objectives],
        "units": units,
        "front": front_table(trials, spec.objectives),
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _row(spec: StudySpec, trial: Trial) -> dict[str, Cell]:
    objectives = {o.metric: value for o, value in zip(spec.objectives, trial.values, strict=False)}
    margins = {f"constraint.{name}": value for name, value in trial.constraints.items()}
    numbers = {**trial.params, **objectives, **trial.metrics, **margins}
    known: dict[str, Cell] = {name: value if math.isfinite(value) else None for name, value in numbers.items()}
    words = {"state": trial.state, "origin": trial.origin, "reason": trial.reason}
    return {"trial": trial.number, **words, **known}


def _unit(name: str) -> str:
    if name in Acquisition.knobs():
        return unit_of(Acquisition, name)
    score = METRICS.get(metric_names.score_of(metric_names.without_spread(name)))
    if score:
        return score.unit
    return metric_names.unit_by_kind(name) or ""
