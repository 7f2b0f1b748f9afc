"""`beamopt evaluate`: one acquisition, every score of every method."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamopt.cli.options import Json, Overrides, StudyName, print_json, read_overrides

if TYPE_CHECKING:
    from beamopt.evaluation import Evaluation, MethodResult
    from beamopt.instrument import SessionNumbers


def command(
    name: StudyName,
    overrides: Overrides = None,
    replicates: Annotated[int, typer.Option("--replicates", min=1, max=1000, help="Independent noise draws.")] = 1,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Root of every random number.")] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help="Write cube and images as .h5 (py4DSTEM) or .hspy (HyperSpy)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Simulate, expose, reconstruct and score one acquisition in the setting of a study."""
    from beamopt.spec import load_study

    changes = read_overrides(overrides)
    plain = load_study(name)
    params = {key: value for key, value in changes.items() if key in plain.searched()}
    others = {key: value for key, value in changes.items() if key not in params}
    spec = load_study(name, others | ({"seed": seed} if seed is not None else {}))
    if save is not None:
        from beamopt.report.files import require_writable

        require_writable(save, "--save", (".h5", ".emd", ".hspy"))

    from beamopt.cli.display import watch

    with watch(spec) as listener:
        from beamopt.study import Progress
        from beamopt.study import evaluate as evaluate_one

        evaluation = evaluate_one(
            spec, params, replicates=replicates, stage=lambda stage, done: listener(Progress(stage, done))
        )
    if save is not None:
        from beamopt.reconstruct import write_emd, write_hspy

        images = {m: r.reconstruction for m, r in evaluation.methods.items()}
        write = write_hspy if save.suffix == ".hspy" else write_emd
        write(save, evaluation.counted, evaluation.acquisition, images)
    content = summary(evaluation)
    if as_json:
        print_json(content)
    else:
        _print(evaluation, content)


def summary(evaluation: "Evaluation") -> dict[str, Any]:
    """Everything about one evaluation as plain values, units beside the names."""
    from beamopt.acquisition import Acquisition
    from beamopt.measurement import METRICS
    from beamopt.quantities import unit_of

    acquisition = evaluation.acquisition
    return {
        "acquisition": acquisition.named(),
        "units": {k: unit_of(Acquisition, k) for k in acquisition.named()} | {k: m.unit for k, m in METRICS.items()},
        "engine": evaluation.engine,
        "angular_sampling_mrad": evaluation.expected.angular_sampling,
        "electrons_per_pattern": acquisition.electrons_per_pattern,
        "linear_overlap": acquisition.linear_overlap,
        "areal_oversampling": acquisition.areal_oversampling,
        "ronchigram_magnification_per_angstrom": acquisition.ronchigram_magnification(
            evaluation.expected.angular_sampling
        ),
        "actual": {
            "why": "the step that fits the crystal's period was scanned; scores and session are its own",
            "scan_sampling_angstrom": list(evaluation.expected.scan_sampling),
            "electrons_per_pattern": evaluation.electrons_per_pattern,
        },
        **({} if evaluation.session is None else {"session": evaluation.session.named()}),
        "limits": dict(evaluation.limits),
        "methods": {
            name: _method(result) | {"efficiency": _efficiency(evaluation, name)}
            for name, result in evaluation.methods.items()
        },
        "seconds": dict(evaluation.seconds),
        "warnings": list(evaluation.warnings),
    }


def _method(result: "MethodResult") -> dict[str, Any]:
    mean, std = result.mean(), result.std()
    scores = {k: {"mean": v, "std": std[k]} if std else v for k, v in mean.items()}
    first = result.scores[0]
    curve = {"frequency_per_angstrom": first.frequency.tolist(), "frc": first.frc.tolist()}
    settings = dict(result.reconstruction.settings)
    return scores | {"frc_curve": curve, "settings": settings, "taken_as_known": list(result.reconstruction.unsolved)}


def _spoken(session: "SessionNumbers") -> str:
    from dataclasses import asdict

    from beamopt.quantities import unit_of

    return ", ".join(
        f"{name.replace('_', ' ')} {value:.4g} {unit_of(type(session), name)}"
        for name, value in asdict(session).items()
    )


def _efficiency(evaluation: "Evaluation", method: str) -> dict[str, float]:
    """Information of a method over each limit that is above 0."""
    told = evaluation.methods[method].mean()["information"]
    return {name: told / limit for name, limit in evaluation.limits.items() if limit > 0}


def _limits(evaluation: "Evaluation") -> str:
    allowed = ", ".join(f"{name} {value:.3g}" for name, value in evaluation.limits.items())
    reached = [f"{m} {_efficiency(evaluation, m).get('linear', 0):.0%}" for m in evaluation.methods]
    return f"Limits of information \\[bits/Å²]: {allowed}; of the linear limit: {', '.join(reached)}"


def _print(evaluation: "Evaluation", content: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from beamopt.measurement import METRICS
    from beamopt.report import sentence

    console = Console()
    console.print(sentence(evaluation.acquisition), style="bold", highlight=False)
    console.print(
        f"As asked: {content['electrons_per_pattern']:.1f} e per pattern, linear overlap "
        f"{content['linear_overlap']:.0%}, areal oversampling {content['areal_oversampling']:.0f}, Ronchigram "
        f"magnification {content['ronchigram_magnification_per_angstrom']:.2f} pixels/Å",
        highlight=False,
        soft_wrap=True,
    )
    steps = " x ".join(f"{step:.4g}" for step in evaluation.expected.scan_sampling)
    console.print(
        f"As scanned: step {steps} Å, which fits the crystal, {evaluation.electrons_per_pattern:.1f} e per pattern, "
        f"engine {evaluation.engine}",
        highlight=False,
        soft_wrap=True,
    )
    if evaluation.session is not None:
        console.print(f"Session: {_spoken(evaluation.session)}", highlight=False, soft_wrap=True)
    table = Table()
    table.add_column("method")
    for name, metric in METRICS.items():
        table.add_column(f"{name}\n\\[{metric.unit}]" if metric.unit else name, justify="right")
    for method, result in evaluation.methods.items():
        mean, std = result.mean(), result.std()
        table.add_row(method, *(f"{mean[n]:.3g} ± {std[n]:.1g}" if std else f"{mean[n]:.3g}" for n in METRICS))
    console.print(table)
    console.print(_limits(evaluation), highlight=False, soft_wrap=True)
    console.print(", ".join(f"{k} {v:.1f} s" for k, v in evaluation.seconds.items()), highlight=False)
    for warning in evaluation.warnings:
        console.print(f"Note: {warning}", highlight=False, soft_wrap=True)
