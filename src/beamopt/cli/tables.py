"""Fronts and recommendations as a person reads them."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from beamopt.acquisition import Acquisition
from beamopt.quantities import unit_of
from beamopt.spec import StudySpec

if TYPE_CHECKING:
    from beamopt.study import Outcome

__all__ = ["print_front", "print_recommendations"]


def print_front(rows: list[dict[str, Any]], spec: StudySpec) -> None:
    """Print the front, one trial a row, with units in the head."""
    table = Table(title=f"{spec.name}: front of {' against '.join(o.metric for o in spec.objectives)}")
    table.add_column("trial", justify="right")
    for objective in spec.objectives:
        table.add_column(_head(objective.metric, objective.unit), justify="right")
    goals = {o.metric for o in spec.objectives}
    knobs = [name for name in spec.searched() if name not in goals]
    for name in knobs:
        table.add_column(
            _head(name, unit_of(Acquisition, name) if name in Acquisition.knobs() else ""), justify="right"
        )
    for row in rows:
        values = [f"{row['values'][o.metric]:.3g}" for o in spec.objectives]
        table.add_row(str(row["trial"]), *values, *(f"{row['params'][name]:.3g}" for name in knobs))
    Console().print(table)


def print_recommendations(outcome: "Outcome") -> None:
    """Print the settings to dial at three doses, in plain words."""
    from beamopt.report import sentence
    from beamopt.study import recommend

    console = Console()
    for trial in recommend(outcome.trials, outcome.spec.objectives):
        values = ", ".join(
            f"{o.metric} {v:.3g} {o.unit}".strip() for o, v in zip(outcome.spec.objectives, trial.values, strict=True)
        )
        setting = sentence(outcome.spec.propose(trial.params).acquisition)
        console.print(f"Recommended (trial {trial.number}): {setting}: {values}", highlight=False, soft_wrap=True)


def _head(name: str, unit: str) -> str:
    return f"{name}\n[{unit}]".replace("[", r"\[") if unit else name
