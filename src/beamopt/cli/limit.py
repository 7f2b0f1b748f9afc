"""`beamopt limit`: what physics allows one acquisition."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamopt.cli.options import Json, Overrides, StudyName, print_json, read_overrides

if TYPE_CHECKING:
    from beamopt.evaluation import Bounds
    from beamopt.limit import Curve

_MEANING = {
    "quantum": "any measurement with as many electrons",
    "full": "this 4D-STEM measurement, dark field included",
    "linear": "any method linear in the patterns",
}


def command(
    name: StudyName,
    overrides: Overrides = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the curves.")] = None,
    as_json: Json = False,
) -> None:
    """Say how much one acquisition could tell at most, whatever the reconstruction."""
    from beamopt.report.files import require_writable, write_whole
    from beamopt.spec import load_study

    changes = read_overrides(overrides)
    plain = load_study(name)
    params = {key: value for key, value in changes.items() if key in plain.searched()}
    spec = load_study(name, {key: value for key, value in changes.items() if key not in params})
    if plot is not None:
        require_writable(plot, "--plot", (".png",))

    from beamopt.cli.display import watch

    with watch(spec) as listener:
        from beamopt.study import Progress, allowed

        bounds = allowed(spec, params, stage=lambda stage, done: listener(Progress(stage, done)))
    if plot is not None:
        from beamopt.report import limit_figure, png, sentence

        write_whole(plot, png(limit_figure(bounds.limits, title=sentence(bounds.acquisition))))
    if as_json:
        print_json(summary(bounds))
    else:
        _print(bounds)


def summary(bounds: "Bounds") -> dict[str, Any]:
    """Limits and curves as plain values, units in or beside the names."""
    from beamopt.acquisition import Acquisition
    from beamopt.quantities import unit_of

    return {
        "acquisition": bounds.acquisition.named(),
        "units": {k: unit_of(Acquisition, k) for k in bounds.acquisition.named()}
        | {"information": "bits/Å²", "information_ring_by_ring": "bits/Å²", "resolution": "Å"},
        "meaning": _MEANING
        | {
            "information": "the most that a score of `evaluate` can call information, which pools bands",
            "information_ring_by_ring": "½∫log2(1 + SSNR)d²q",
        },
        "frequency_per_angstrom": bounds.limits.frequency.tolist(),
        **{name: _curve(curve) for name, curve in _curves(bounds).items()},
        "largest_phase_rad": bounds.weak.largest_phase,
        "share_of_area_beyond_1_rad": bounds.weak.strong_share,
        "warnings": list(_doubts(bounds)),
    }


def _curves(bounds: "Bounds") -> "dict[str, Curve]":
    curves = {"quantum": bounds.limits.quantum, "full": bounds.limits.full, "linear": bounds.limits.linear}
    return {name: curve for name, curve in curves.items() if curve is not None}


def _curve(curve: "Curve") -> dict[str, Any]:
    return {
        "information": curve.scored,
        "information_ring_by_ring": curve.information,
        "resolution": curve.resolution,
        "fisher_over_n": curve.fisher.tolist(),
        "frc": curve.frc.tolist(),
    }


def _doubts(bounds: "Bounds") -> tuple[str, ...]:
    return (bounds.weak.doubt,) if bounds.weak.doubt else ()


def _print(bounds: "Bounds") -> None:
    from rich.console import Console
    from rich.table import Table

    from beamopt.report import sentence

    console = Console()
    console.print(sentence(bounds.acquisition), style="bold", highlight=False)
    table = Table()
    for heading in ("limit", "of"):
        table.add_column(heading)
    table.add_column("information\n\\[bits/Å²]", justify="right")
    for name, curve in _curves(bounds).items():
        table.add_row(name, _MEANING[name], f"{curve.scored:.3g}")
    console.print(table)
    for doubt in _doubts(bounds):
        console.print(f"Note: {doubt}", highlight=False, soft_wrap=True)
