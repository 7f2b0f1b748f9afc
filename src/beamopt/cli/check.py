"""`beamopt check`: everything a study file implies, before any electron."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from beamopt.cli.options import Json, Overrides, StudyName, print_json, read_overrides
from beamopt.cli.output import say

_ENDINGS = (".png", ".pdf", ".svg")
_WIDEST = 60.0  # Å of the picture, where the window is larger


def command(
    name: StudyName,
    overrides: Overrides = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the projected potential along the beam.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Validate a study file whole and print the specimen, cell, grid, window, memory and time it implies."""
    from beamopt.report.files import require_writable
    from beamopt.spec import load_study

    if plot is not None:
        require_writable(plot, "--plot", _ENDINGS)
    spec = load_study(name, read_overrides(overrides))

    from beamopt.cache import Cache
    from beamopt.evaluation import Evaluator
    from beamopt.rehearsal import forecast

    evaluator = Evaluator.prepare(spec, cache=Cache())
    content: dict[str, Any] = {"study": spec.name, "fingerprint": spec.fingerprint(), **forecast(evaluator)}
    if plot is not None:
        _draw(evaluator, plot)
    if as_json:
        print_json(content)
        return
    for key, value in _lines(content):
        say(f"{key:34s} {value}")


def _lines(content: dict[str, Any], table: str = "") -> Iterator[tuple[str, Any]]:
    """Keys and values in order; a table within has its name before every key, a list of sentences a line for each."""
    for key, value in content.items():
        named = f"{table}{key}"
        if key == "composition":
            yield named, ", ".join(f"{symbol} {count}" for symbol, count in value.items())
        elif isinstance(value, dict):
            yield from _lines(value, f"{named}.")
        elif isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            yield from ((named if number == 0 else "", one) for number, one in enumerate(value))
        else:
            yield named, value


def _draw(evaluator: Any, path: Path) -> None:  # noqa: ANN401 (its module takes seconds to import)
    """Picture of what the beam sees: the potential of the whole thickness, a few cells wide."""
    import io

    from beamopt.report.files import write_whole
    from beamopt.report.images import potential_figure

    specimen, potential = evaluator.specimen, evaluator.potential
    tiles = tuple(
        max(1, min(count, int(_WIDEST // side)))
        for count, side in zip(potential.supercell, potential.cell, strict=True)
    )
    projected = potential.slices.sum(axis=0) * potential.repeats
    figure = potential_figure(projected, potential.sampling, tiles, title=f"{specimen.name}: {specimen.notes[0]}")
    drawn = io.BytesIO()
    figure.savefig(drawn, format=path.suffix[1:].lower())
    write_whole(path, drawn.getvalue())
