"""`beamopt compare-samplers`: which way of searching finds a study's front soonest."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamopt.cli.options import Home, Json, Overrides, StudyName, print_json, read_overrides

if TYPE_CHECKING:
    from beamopt.rehearsal import Comparison


def command(
    name: StudyName,
    *,
    trials: Annotated[int, typer.Option("--trials", min=2, help="Budget of each search.")] = 60,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Searches of each sampler.")] = 5,
    evaluations: Annotated[
        int, typer.Option("--evaluations", min=1, help="Real evaluations that answer the searches.")
    ] = 200,
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE.jsonl", help="Where they are kept; in the project folder.")
    ] = None,
    home: Home = Path("beamopt-runs"),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.png", help="Draw hypervolume against trials.")
    ] = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Rehearse random, Sobol, theory and evolutionary search on real evaluations; the same command goes on."""
    from beamopt.report.files import require_writable, write_whole
    from beamopt.spec import load_study

    spec = load_study(name, read_overrides(overrides))
    if output is not None:
        require_writable(output, "--output", (".png",))

    from beamopt.cli.display import watch
    from beamopt.cli.signals import Stopper
    from beamopt.cli.study import resume_command

    with watch(spec) as listener, Stopper(resume_command()) as stopper:
        from beamopt.rehearsal import compare_samplers
        from beamopt.study.events import Progress

        comparison = compare_samplers(
            spec,
            home=home.resolve(),
            table=table,
            evaluations=evaluations,
            trials=trials,
            seeds=seeds,
            stage=lambda what, done: listener(Progress(what, done)),
            should_stop=stopper.asked,
        )
    if output is not None:
        write_whole(output, _drawn(comparison))
    if as_json:
        print_json(summary(comparison))
    else:
        _print(comparison)
    stopper.leave()


def _drawn(comparison: "Comparison") -> bytes:
    from beamopt.front import volume_unit
    from beamopt.report import png
    from beamopt.report.samplers import samplers_figure

    figure = samplers_figure(
        comparison.curves,
        target=comparison.target,
        trials=comparison.trials,
        unit=volume_unit(comparison.spec),
        title=f"{comparison.spec.name}: {comparison.rows} real evaluations answer, median and quartiles of the seeds",
    )
    return png(figure)


def summary(comparison: "Comparison") -> dict[str, Any]:
    """Everything a script wants to know about a comparison, as plain values."""
    import numpy as np

    from beamopt.front import volume_unit

    return {
        "study": comparison.spec.name,
        "evaluations": comparison.rows,
        "cross_validation": {
            "explained_variance": dict(comparison.surrogate.explained),
            "error": dict(comparison.surrogate.error),
        },
        "hypervolume_unit": volume_unit(comparison.spec),
        "target": comparison.target,
        "trials": comparison.trials,
        "samplers": {
            name: {
                "trials_to_target": comparison.reached(name),
                "median_trials_to_target": comparison.median_reached(name),
                "least_against_random": comparison.least_against_random(name),
                "hypervolume_median": np.median(grown, axis=0).tolist(),
                "hypervolume_quartiles": np.quantile(grown, [0.25, 0.75], axis=0).tolist(),
            }
            for name, grown in comparison.curves.items()
        },
    }


def _print(comparison: "Comparison") -> None:
    import numpy as np
    from rich.console import Console
    from rich.table import Table

    from beamopt.front import volume_unit

    console = Console()
    if not console.is_terminal:  # a pipe has no width of its own, and a table cut to 80 columns loses its units
        console = Console(width=160)
    unit = volume_unit(comparison.spec)
    table = Table(title=f"{comparison.spec.name}: {comparison.curves['random'].shape[0]} searches each")
    table.add_column("sampler")
    for heading in (
        "trials to 95 % of\n200 random trials",
        "slowest\nseed",
        f"hypervolume at {comparison.trials}\n\\[{unit}]",
    ):
        table.add_column(heading, justify="right")
    table.add_column("least against random\nat equal budget", justify="right")
    for name, grown in comparison.curves.items():
        low, middle, high = np.quantile(grown[:, comparison.trials - 1], [0.25, 0.5, 0.75])
        slowest = [n for n in comparison.reached(name) if n is not None]
        table.add_row(
            name,
            str(comparison.median_reached(name) or "not reached"),
            str(max(slowest)) if len(slowest) == len(grown) else "not reached",
            f"{middle:.3g} ({low:.3g} to {high:.3g})",
            f"{comparison.least_against_random(name):.2f}",
        )
    console.print(table)
    for metric, explained in comparison.surrogate.explained.items():
        console.print(
            f"{comparison.rows} real evaluations answered; cross-validated they explain {explained:.0%} of the "
            f"variance of {metric}, rms error {comparison.surrogate.error[metric]:.2g}.",
            highlight=False,
            soft_wrap=True,
        )
