"""The program: its commands, its exit codes, and how an error is said."""

import os
import sys
from typing import Annotated

import typer

from beamopt import __version__
from beamopt.cli import (
    bench,
    cache,
    check,
    compare,
    compare_samplers,
    doctor,
    evaluate,
    export,
    limit,
    listing,
    pareto,
    recommend,
    record,
    report,
    robust,
    show,
    study,
    ui,
)
from beamopt.errors import BeamoptError

__all__ = ["app", "main"]

app = typer.Typer(
    name="beamopt",
    help="Choose 4D-STEM acquisition parameters for a beam-sensitive sample before the session.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("study")(study.command)
app.command("evaluate")(evaluate.command)
app.command("limit")(limit.command)
app.command("check")(check.command)
app.command("list")(listing.command)
app.command("show")(show.command)
app.command("pareto")(pareto.command)
app.command("compare")(compare.command)
app.command("compare-samplers")(compare_samplers.command)
app.command("robust")(robust.command)
app.command("recommend")(recommend.command)
app.command("report")(report.command)
app.command("export")(export.command)
app.command("record")(record.command)
app.command("ui")(ui.command)
app.command("cache")(cache.command)
app.command("doctor")(doctor.command)
app.command("bench")(bench.command)


@app.callback()
def _common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the program; an error of ours is one line on stderr and its own exit code."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        app()
    except BeamoptError as error:
        sys.stderr.write(f"beamopt: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
