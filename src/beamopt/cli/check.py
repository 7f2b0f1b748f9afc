"""`beamopt check`: everything a study file implies, before any electron."""

from typing import Any

from beamopt.cli.options import Json, Overrides, StudyName, print_json, read_overrides
from beamopt.cli.output import say


def command(name: StudyName, overrides: Overrides = None, as_json: Json = False) -> None:
    """Validate a study file whole and print the cell, grid, window, memory and time it implies."""
    from beamopt.spec import load_study

    spec = load_study(name, read_overrides(overrides))

    from beamopt.cache import Cache
    from beamopt.evaluation import Evaluator, forecast

    evaluator = Evaluator.prepare(spec, cache=Cache())
    content: dict[str, Any] = {"study": spec.name, "fingerprint": spec.fingerprint(), **forecast(evaluator)}
    if as_json:
        print_json(content)
        return
    for key, value in content.items():
        say(f"{key:34s} {value}")
