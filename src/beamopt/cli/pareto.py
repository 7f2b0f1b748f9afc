"""`beamopt pareto`: the front of a stored study, from its database."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from beamopt.cli.options import Home, Json, Storage, print_json
from beamopt.cli.output import say


class Form(StrEnum):
    """How to print it."""

    table = "table"
    csv = "csv"


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a stored study.")],
    home: Home = Path("beamopt-runs"),
    storage: Storage = None,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table,
    as_json: Json = False,
) -> None:
    """Print the front of a study that was run in this project folder."""
    from beamopt.search import Search

    stored = Search.load(home.resolve(), name, storage)

    from beamopt.report import front_csv, front_table
    from beamopt.study.outcome import stored_advice

    spec, trials = stored.spec, stored.trials
    rows = front_table(trials, spec.objectives)
    if as_json:
        from beamopt.cli.study import recommendation

        advice = [recommendation(spec, one) for one in stored_advice(home.resolve(), stored)]
        objectives = [{"metric": o.metric, "direction": o.direction, "unit": o.unit} for o in spec.objectives]
        print_json({"study": spec.name, "objectives": objectives, "front": rows, "recommended": advice})
    elif form is Form.csv:
        say(front_csv(rows, spec.objectives), end="")
    else:
        from beamopt.cli.tables import print_front, print_recommendations

        print_front(rows, spec)
        print_recommendations(spec, stored_advice(home.resolve(), stored))
