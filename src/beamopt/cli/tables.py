"""Fronts and recommendations as a person reads them."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from beamopt.acquisition import Acquisition
from beamopt.front import promised
from beamopt.quantities import short, unit_of
from beamopt.report import sentence
from beamopt.spec import StudySpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beamopt.front import Recommended

__all__ = ["print_front", "print_recommendations"]


def print_front(rows: list[dict[str, Any]], spec: StudySpec) -> None:
    """Print the front, one trial a row, with units in the head."""
    table = Table(title=f"{spec.name}: front of {' against '.join(o.metric for o in spec.objectives)}")
    goals = {o.metric: o.unit for o in spec.objectives}
    knobs = [name for name in spec.searched() if name not in goals]
    units = goals | {name: unit_of(Acquisition, name) if name in Acquisition.knobs() else "" for name in knobs}
    for name in ("trial", *units):
        table.add_column(_head(name, units.get(name, "")), justify="right", no_wrap=True)
    for row in rows:
        numbers = [row["values"][goal] for goal in goals] + [row["params"][knob] for knob in knobs]
        table.add_row(str(row["trial"]), *map(short, numbers))
    console = Console()
    # A pipe has no width of its own, and a table cut to 80 columns loses its units.
    console.print(table, width=None if console.is_terminal else 160)


def print_recommendations(spec: StudySpec, recommended: "Sequence[Recommended]") -> None:
    """Print the settings to dial, the knee of the front first, in plain words."""
    console = Console()
    for one in recommended:
        setting = sentence(spec.propose(one.trial.params).acquisition)
        line = f"Recommended, {one.role} (trial {one.trial.number}): {setting}: {promised(spec, one)}"
        console.print(line, highlight=False, soft_wrap=True)
        for remark in one.remarks:
            console.print(f"  Mind: {remark}", highlight=False, soft_wrap=True)
    if recommended and not any(one.expected for one in recommended):
        console.print(_RECORDED, highlight=False, soft_wrap=True)


_RECORDED = (
    "These values are what the search recorded, and luck is in them: it kept the best of noisy points. The study draws "
    "them again with fresh noise when it is run to its end."
)


def _head(name: str, unit: str) -> str:
    words = name.replace("_", "\n", 1)
    return f"{words}\n\\[{unit}]" if unit else words
