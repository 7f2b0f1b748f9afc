"""The front as rows, for JSON, CSV and terminals."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from beamopt.acquisition import Acquisition
from beamopt.front import front_trials
from beamopt.quantities import short, unit_of
from beamopt.spec import Objective
from beamopt.trial import Trial

__all__ = ["front_csv", "front_table", "front_text"]

Row = Mapping[str, Any]


def front_table(trials: Sequence[Trial], objectives: Sequence[Objective]) -> list[dict[str, Any]]:
    """One row per trial on the front.

    Parameters
    ----------
    trials, objectives
        As for `front_trials`.

    Returns
    -------
    list of dict
        ``trial`` (its number), ``params`` and ``values``, each by name, in the order of `front_trials`.
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
    """The rows of `front_table` as CSV at full precision, units in the head.

    Parameters
    ----------
    rows
        From `front_table`.
    objectives
        Of the study.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(_grid(rows, objectives))
    return text.getvalue()


def front_text(rows: Sequence[Row], objectives: Sequence[Objective]) -> str:
    """The rows of `front_table` as aligned text, three figures each, units in the head.

    Parameters
    ----------
    rows
        From `front_table`.
    objectives
        Of the study.

    Examples
    --------
    >>> row = {"trial": 7, "params": {"defocus": 410.0}, "values": {"information": 0.81234}}
    >>> print(front_text([row], [Objective(metric="information", direction="maximize")]))
    trial  information [bits/Å²]  defocus [Å]
        7                  0.812          410
    """
    cells = [[short(c) if isinstance(c, float) else str(c) for c in row] for row in _grid(rows, objectives)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in cells)


def _grid(rows: Sequence[Row], objectives: Sequence[Objective]) -> list[list[object]]:
    """Head and rows: the trial, its objectives, then the searched parameters that are none."""
    goals = {o.metric: o.unit for o in objectives}
    knobs = [name for name in (rows[0]["params"] if rows else ()) if name not in goals]
    units = goals | {name: unit_of(Acquisition, name) for name in knobs if name in Acquisition.knobs()}
    names = [*goals, *knobs]
    head: list[object] = ["trial", *(f"{n} [{units[n]}]" if units.get(n) else n for n in names)]
    body = [[r["trial"], *(r["values"][g] for g in goals), *(r["params"][k] for k in knobs)] for r in rows]
    return [head, *body]
