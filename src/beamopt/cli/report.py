"""`beamopt report`: a stored study as one page that opens anywhere."""

from pathlib import Path
from typing import Annotated

import typer

from beamopt.cli.options import Home, Storage
from beamopt.cli.output import say


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a stored study.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.html", help="Page to write; NAME.html if left out.")
    ] = None,
    home: Home = Path("beamopt-runs"),
    storage: Storage = None,
) -> None:
    """Write one self-contained page: front, pictures, settings, assumptions; it needs no network and no server."""
    from beamopt.report.files import require_writable, write_whole

    path = output or Path(f"{name}.html")
    require_writable(path, "--output", (".html", ".htm"))

    from beamopt.study.reviewed import reviewed

    review = reviewed(name, home, storage=storage)

    from beamopt.report.page import report_page

    content = report_page(review).encode("utf-8")
    write_whole(path, content)
    say(f"{path}: {len(review.finished)} finished trials, {len(content) / 1e6:.1f} MB; open it in any browser")
