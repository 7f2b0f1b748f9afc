"""`beamopt doctor`: is everything well, and put right what can be."""

from pathlib import Path
from typing import Annotated

import typer

from beamopt.cli.options import Home, Json, print_json
from beamopt.cli.output import say
from beamopt.errors import StorageError

_MARKS = {"ok": "ok     ", "warning": "warning", "bad": "BAD    "}


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME_OR_FILE]", help="A study whose memory and time are judged as well.")
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Queue what was left running; rebuild MLflow from Optuna's database.")
    ] = False,
    home: Home = Path("beamopt-runs"),
    as_json: Json = False,
) -> None:
    """Examine versions, transforms, disk, memory and the project folder's databases; exit 74 if something is bad."""
    from dataclasses import asdict

    from beamopt.doctor import examine
    from beamopt.spec import load_study

    findings = examine(home, load_study(name) if name else None, repair=repair)
    if as_json:
        print_json({"home": str(home.resolve()), "findings": [asdict(finding) for finding in findings]})
    else:
        for one in findings:
            mark = "mended " if one.repaired else _MARKS[one.state]
            say(f"{mark}  {one.about}: {one.said}" + (f"; {one.remedy}" if one.remedy else ""))
    wrong = [one for one in findings if one.state == "bad"]
    if wrong:
        raise StorageError(f"{wrong[0].about}: {wrong[0].said}; {wrong[0].remedy}")
