"""`beamopt record`: MLflow brought up to date with a stored study."""

from pathlib import Path
from typing import Annotated

import typer

from beamopt.cli.options import Home, Storage
from beamopt.cli.output import say


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A stored study.")],
    home: Home = Path("beamopt-runs"),
    storage: Storage = None,
    tracking_uri: Annotated[
        str | None, typer.Option("--tracking-uri", metavar="URI", help="MLflow server to record on.")
    ] = None,
) -> None:
    """Record what MLflow lacks of a study: after a server was away, or to show a study on another server."""
    from beamopt.study.catchup import catch_up

    count = catch_up(name, home, tracking_uri, storage)
    say(f"MLflow holds all {count} trials of {name}")
