"""The program: its commands, its exit codes, and how an error is said."""

import os
import sys
from typing import Annotated, Any

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
    output,
    pareto,
    recommend,
    record,
    report,
    robust,
    show,
    streams,
    study,
    surroundings,
    ui,
)
from beamopt.errors import BeamoptError, StorageError

__all__ = ["app", "main"]

_UsageError: Any = typer.BadParameter.__base__  # of typer's own click or of another, by its version

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


def _version(asked: bool) -> None:
    if asked:
        output.say(__version__)
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Nothing but the options that come before a command."""


def main() -> None:
    """Run the program; an error of ours is one line on stderr and its own exit code."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    streams.install()
    sys.excepthook = output.tell_of_a_bug
    surroundings.settle()
    sys.exit(_status())


def _status() -> int:
    try:
        try:
            return app(standalone_mode=False) or 0
        finally:
            sys.stdout.flush()  # what cannot be written is found out here, not when Python ends
    except BeamoptError as error:
        output.complain(str(error))
        return error.exit_code
    except _UsageError as error:
        if message := " ".join(error.format_message().split()):
            output.complain(f"{message.rstrip('.')}; see {_command(error)} --help")
        return 2
    except OSError as error:
        where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        output.complain(f"{where}{error.strerror or error}; check the path, its permissions and the space on its disk")
        return StorageError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130


def _command(error: Any) -> str:  # noqa: ANN401 (typer's class is not public)
    return "beamopt" if error.ctx is None else str(error.ctx.command_path)
