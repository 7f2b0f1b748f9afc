"""`beamopt robust`: what is left of the recommended settings in a session that is not calm."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beamopt.cli.options import Home, Json, Storage, print_json

if TYPE_CHECKING:
    from beamopt.sessions import Robustness
    from beamopt.sessions.tolerance import Tolerance
    from beamopt.spec import StudySpec
    from beamopt.trial import Trial


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a stored study.")],
    trial: Annotated[
        int | None, typer.Option("--trial", min=0, help="One trial instead of the recommended ones.")
    ] = None,
    replicates: Annotated[int, typer.Option("--replicates", min=1, max=1000, help="Least fresh noise draws.")] = 4,
    most: Annotated[
        int, typer.Option("--most", min=1, max=1000, help="Most draws: until each mean is known to 1 %, or so many.")
    ] = 8,
    home: Home = Path("beamopt-runs"),
    storage: Storage = None,
    as_json: Json = False,
) -> None:
    """Re-evaluate the recommended settings with what a session gets wrong: focus, thickness, tilt, lens, positions."""
    from beamopt.search import Search

    stored = Search.load(home.resolve(), name, storage)
    spec = stored.spec
    robustness = judge(spec, home, trial=trial, replicates=replicates, most=most, storage=storage)
    if as_json:
        print_json(summary(spec, robustness))
    else:
        show(spec, stored.trials, robustness)


def judge(
    spec: "StudySpec",
    home: Path,
    *,
    trial: int | None = None,
    replicates: int = 4,
    most: int = 8,
    storage: str | None = None,
) -> "tuple[Robustness, ...]":
    """Run it with progress on stderr."""
    from beamopt.cli.display import watch

    with watch(spec) as listener:
        from beamopt.study import Progress, robust
        from beamopt.study.events import Noted

        return robust(
            spec.name,
            home,
            trial=trial,
            replicates=replicates,
            most=most,
            storage=storage,
            stage=lambda what, done: listener(Progress(what, done)),
            done=lambda one: listener(Noted(_line(one))),
        )


def _line(one: "Robustness") -> str:
    return (
        f"trial {one.trial}: {one.method}.{one.metric} {one.calm.mean:.3g} in a calm session, expect "
        f"{one.expected.mean:.3g} ± {one.expected.std:.1g}; worst is {one.worst.name} with {one.worst.mean:.3g}"
    )


def summary(spec: "StudySpec", robustness: "tuple[Robustness, ...]") -> dict[str, object]:
    """Everything as plain values."""
    from beamopt.study.rejudge import as_json

    return {"study": spec.name, "trials": [as_json(one) for one in robustness]}


def show(spec: "StudySpec", stored: "Sequence[Trial]", robustness: "tuple[Robustness, ...]") -> None:
    """Print every result in words."""
    from rich.console import Console
    from rich.table import Table

    from beamopt.measurement import METRICS
    from beamopt.report import sentence

    console = Console()
    trials = {one.number: one for one in stored}
    for one in robustness:
        unit = METRICS[one.metric].unit
        setting = sentence(spec.propose(trials[one.trial].params).acquisition)
        console.print(f"Trial {one.trial}: {setting}", style="bold", highlight=False, soft_wrap=True)
        table = Table()
        table.add_column("session")
        table.add_column(f"{one.method} {one.metric}" + (f"\n\\[{unit}]" if unit else ""), justify="right")
        table.add_column("of calm", justify="right")
        table.add_column("what happens")
        calm = one.calm.mean
        table.add_row("calm", f"{calm:.3g} ± {one.calm.std:.1g}", "100 %", "as the operator believes")
        for case in one.disturbed:
            share = f"{case.mean / calm:.0%}".replace("%", " %") if calm else ""
            table.add_row(case.name, f"{case.mean:.3g} ± {case.std:.1g}", share, case.told)
        console.print(table, width=None if console.is_terminal else 160)
        console.print(
            f"Expect {one.expected.mean:.3g} ± {one.expected.std:.1g} {unit}".rstrip()
            + f" in a session; worst is {one.worst.name} with {one.worst.mean:.3g}.",
            highlight=False,
            soft_wrap=True,
        )
        for knob, width in one.tolerances.items():
            console.print(f"  {knob} before 5 % are lost: {_width(width)}", highlight=False, soft_wrap=True)
        for missing in one.left_out:
            console.print(f"  left out: {missing}", highlight=False, soft_wrap=True)
    assumed = sorted({case.source for one in robustness for case in one.disturbed})
    for source in assumed:
        console.print(f"Note: {source}", highlight=False, soft_wrap=True)


def _width(tolerance: "Tolerance") -> str:
    """Both sides in words, with > where the search ended before the score suffered."""
    sides = (
        (tolerance.low, tolerance.low_is_beyond, tolerance.low_range, "down"),
        (tolerance.high, tolerance.high_is_beyond, tolerance.high_range, "up"),
    )
    phrases = [
        f"{'>' if beyond else ''}{abs(value):.3g} {tolerance.unit} {way}"
        + ("" if open_ is None else f" ({abs(open_[0]):.2g} to {abs(open_[1]):.2g} by its noise)")
        for value, beyond, open_, way in sides
        if value is not None
    ]
    return (" and ".join(phrases) or "(not looked at)") + (f", {tolerance.told}" if tolerance.told else "")
