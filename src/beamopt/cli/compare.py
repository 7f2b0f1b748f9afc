"""`beamopt compare`: the fronts of two stored studies side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamopt.cli.options import Home, Json, Storage, print_json

if TYPE_CHECKING:
    from beamopt.report.compare import Run

_Stored = Annotated[str, typer.Argument(metavar="NAME", help="Name of a stored study.")]


def command(
    first: _Stored,
    second: _Stored,
    home: Home = Path("beamopt-runs"),
    doses: Annotated[
        list[float] | None, typer.Option("--dose", metavar="DOSE", min=0.0, help="Dose to compare at [e/Å²]; repeat.")
    ] = None,
    storage: Storage = None,
    figure: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.png", help="Draw both fronts in one figure.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare the fronts of two studies: the best setting of each at the same dose."""
    from beamopt.report.files import require_writable, write_whole

    if figure is not None:
        require_writable(figure, "--output", (".png",))
    from beamopt.search import Search

    stored = [Search.load(home.resolve(), name, storage) for name in (first, second)]

    from beamopt.report.compare import Run, compare_figure, compare_rows, round_doses

    runs = Run(stored[0].spec, stored[0].trials), Run(stored[1].spec, stored[1].trials)
    rows = compare_rows(runs, doses or round_doses(runs))
    if figure is not None:
        from beamopt.report import png

        write_whole(figure, png(compare_figure(runs, title=f"{first} and {second}")))
    if as_json:
        goals = [{"metric": o.metric, "direction": o.direction, "unit": o.unit} for o in runs[0].spec.objectives]
        print_json({"studies": [first, second], "objectives": goals, "at_dose": rows})
    else:
        _print(runs, rows)


def _print(runs: "tuple[Run, Run]", rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    from beamopt.acquisition import Acquisition
    from beamopt.quantities import short, unit_of

    goal = runs[0].spec.objectives[1]
    knobs = [name for name in Acquisition.knobs() if any(name in run.spec.searched() for run in runs)]
    knobs = [name for name in knobs if name != "dose_per_area"]
    table = Table(title=f"best {goal.metric} within a dose")
    table.add_column(f"dose\n\\[{unit_of(Acquisition, 'dose_per_area')}]", justify="right", no_wrap=True)
    table.add_column("study", no_wrap=True)
    for name, unit in ((goal.metric, goal.unit), *((knob, unit_of(Acquisition, knob)) for knob in knobs)):
        words = name.replace("_", "\n", 1)
        table.add_column(f"{words}\n\\[{unit}]", justify="right", no_wrap=True)
    for row in rows:
        for number, run in enumerate(runs):
            dose = "" if number else short(row["dose_per_area"])
            cells = _cells(row[run.spec.name], goal.metric, knobs)
            table.add_row(dose, run.spec.name, *cells, end_section=number == len(runs) - 1)
    wide = None if Console().is_terminal else 120  # a pipe has no width of its own
    Console(width=wide).print(table)


def _cells(told: dict[str, Any] | None, goal: str, knobs: list[str]) -> list[str]:
    from beamopt.quantities import short

    if told is None:
        return ["-"] * (1 + len(knobs))
    return [short(told["values"][goal]), *(short(told["params"][k]) if k in told["params"] else "" for k in knobs)]
