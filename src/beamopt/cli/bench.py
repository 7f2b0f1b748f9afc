"""`beamopt bench`: how fast each stage is here, against abTEM and py4DSTEM as they come."""

import sys
from typing import Annotated

import typer

from beamopt.cli.options import Json, print_json
from beamopt.cli.output import say


def command(
    whole: Annotated[bool, typer.Option("--whole/--no-whole", help="Also time a whole trial the plain way.")] = True,
    as_json: Json = False,
) -> None:
    """Time every stage and a whole trial against the plain way, in one process and in turn."""
    from dataclasses import asdict

    from beamopt.bench import grow, run_bench

    figures, grown = run_bench(_say, whole=whole), grow(_say)
    rows = [
        {"name": f.name, "ours_seconds": f.ours, "theirs_seconds": f.theirs, "ratio": f.ratio, "note": f.note}
        for f in figures
    ]
    if as_json:
        print_json({"figures": rows, "growth_seconds": [asdict(row) for row in grown]})
        return
    for row in rows:
        times = f"{row['ours_seconds']:9.4f} s {row['theirs_seconds']:9.4f} s"
        say(f"{row['name']:52s} {times} {row['ratio']:7.1f} x")
        say(f"    {row['note']}")
    say(f"{'seconds as the work grows':28s} {'matrix':>10s} {'simulate':>10s} {'reconstruct':>12s}")
    for case in grown:
        say(f"{case.case:28s} {case.matrix:10.2f} {case.simulate:10.3f} {case.reconstruct:12.3f}")


def _say(text: str) -> None:
    sys.stderr.write(f"measuring: {text}\n")
