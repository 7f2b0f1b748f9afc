"""The text people read first on a study's page in MLflow."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence

from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["note", "table"]

_ROWS = 30  # of the front; all of them are in front.csv


def note(spec: StudySpec, trials: Sequence[Trial], front: Sequence[Mapping[str, object]]) -> str:
    """Markdown: what was asked, what became of the trials, and the front.

    Parameters
    ----------
    spec
        The study.
    trials
        All of them.
    front
        One row per trial on the front, the same columns in each, units in the names.
    """
    states = Counter(trial.state for trial in trials)
    goals = ", ".join(
        f"{o.metric} [{o.unit}] {o.direction}d" if o.unit else f"{o.metric} {o.direction}d" for o in spec.objectives
    )
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none yet"
    lines = [f"### {spec.title or spec.name}", "", f"Objectives: {goals}. Trials: {counted}.", ""]
    if front:
        columns = list(front[0])
        lines += [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
        lines += [f"| {' | '.join(_cell(row[column]) for column in columns)} |" for row in front[:_ROWS]]
        lines += ["", "The whole front is in the artifact `front.csv`."]
    return "\n".join(lines)


def table(rows: Sequence[Mapping[str, object]]) -> str:
    r"""Comma-separated values, full precision.

    Examples
    --------
    >>> table([{"trial": 3, "dose [e/Å²]": 12.5}])
    'trial,dose [e/Å²]\n3,12.5\n'
    """
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def _cell(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
