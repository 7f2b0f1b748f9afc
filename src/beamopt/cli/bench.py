"""`beamopt bench`: how fast each stage is here, against abTEM and py4DSTEM as they come."""

import sys
from typing import Annotated

import typer

from beamopt.cli.options import Json, print_json


def command(
    whole: Annotated[bool, typer.Option("--whole/--no-whole", help="Also time a whole trial the plain way.")] = True,
    as_json: Json = False,
) -> None:
    """Time every stage and a whole trial against the plain way, in one process and in turn."""
    from beamopt.bench import run_bench

    figures = run_bench(_say, whole=whole)
    rows = [
        {"name": f.name, "ours_seconds": f.ours, "theirs_seconds": f.theirs, "ratio": f.ratio, "note": f.note}
        for f in figures
    ]
    if as_json:
        print_json({"figures": rows})
        return
    for row in rows:
        times = f"{row['ours_seconds']:9.4f} s {row['theirs_seconds']:9.4f} s"
        typer.echo(f"{row['name']:52s} {times} {row['ratio']:7.1f} x")
        typer.echo(f"    {row['note']}")


def _say(text: str) -> None:
    sys.stderr.write(f"measuring: {text}\n")
