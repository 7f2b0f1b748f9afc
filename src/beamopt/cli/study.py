"""`beamopt study`: run a study or go on where it stopped."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamopt import metric_names
from beamopt.address import command_line
from beamopt.cli.options import Home, Json, Overrides, Storage, StudyName, print_json, read_overrides
from beamopt.cli.output import say
from beamopt.errors import InputError, NothingFeasibleError
from beamopt.printable import printable

if TYPE_CHECKING:
    from beamopt.fleet import Fleet
    from beamopt.front import Recommended
    from beamopt.sessions import Robustness
    from beamopt.spec import StudySpec
    from beamopt.study import Outcome


def command(
    name: StudyName,
    *,
    trials: Annotated[
        int | None, typer.Option("--trials", min=1, help="Trials in all; more than before extends the study.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Root of every random number.")] = None,
    home: Home = Path("beamopt-runs"),
    tracking_uri: Annotated[
        str | None, typer.Option("--tracking-uri", metavar="URI", help="MLflow server to record on.")
    ] = None,
    storage: Storage = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=1024, help="Evaluate in so many processes of this machine.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Evaluate on a Dask cluster: tcp://host:8786.")
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option("--batch", min=1, max=4096, help="Trials under way at once; decides the study, workers do not."),
    ] = None,
    throughput: Annotated[
        bool, typer.Option("--throughput", help="Use each result as it comes: faster, and no two runs are the same.")
    ] = False,
    overrides: Overrides = None,
    robust: Annotated[
        bool, typer.Option("--robust", help="Judge the recommended settings in disturbed sessions at the end.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find the trade-off front of a sample, trial by trial; the same command again goes on where it stopped."""
    from beamopt.spec import load_study

    changes = read_overrides(overrides)
    changes |= {"budget.trials": trials} if trials is not None else {}
    changes |= {"seed": seed} if seed is not None else {}
    spec = load_study(name, changes)
    if workers is not None and scheduler is not None:
        raise InputError("--workers and --scheduler: the workers are either here or there; give one of them")

    from beamopt.cli.display import watch
    from beamopt.cli.signals import Stopper

    resume = resume_command()
    with watch(spec) as listener, Stopper(resume) as stopper:
        from beamopt.study import Pace, run_study

        fleet = _fleet(workers, scheduler)
        outcome = run_study(
            spec,
            home=home,
            tracking_uri=tracking_uri,
            storage=storage,
            listener=listener,
            should_stop=stopper.asked,
            fleet=fleet,
            pace=Pace(batch=batch, order="completion" if throughput else "trial"),
        )
    robustness = _judged(outcome, storage) if robust and outcome.front and not outcome.stopped else ()
    _show(outcome, robustness, storage=storage, as_json=as_json)
    stopper.leave()
    if not outcome.front:
        raise NothingFeasibleError(_why_nothing(outcome))


def _fleet(workers: int | None, scheduler: str | None) -> "Fleet | None":
    if workers is None and scheduler is None:
        return None
    from beamopt.fleet.cluster import LocalWorkers, Scheduler

    return LocalWorkers(workers) if workers is not None else Scheduler(str(scheduler))


def _judged(outcome: "Outcome", storage: str | None) -> "tuple[Robustness, ...]":
    """Recommended settings in disturbed sessions; Ctrl-C leaves the study itself whole."""
    from beamopt.cli.robust import judge

    return judge(outcome.spec, outcome.home, storage=storage)


def _show(outcome: "Outcome", robustness: "tuple[Robustness, ...]", *, storage: str | None, as_json: bool) -> None:
    from beamopt.report import front_table

    rows = front_table(outcome.trials, outcome.spec.objectives)
    if as_json:
        from beamopt.study.rejudge import as_json as written

        more = {"robustness": [written(one) for one in robustness]} if robustness else {}
        print_json(summary(outcome, rows) | more)
        return
    from beamopt.cli.tables import print_front, print_recommendations

    print_front(rows, outcome.spec)
    print_recommendations(outcome.spec, outcome.recommended)
    for remark in outcome.kept_out:
        say(f"Mind: {remark}")
    for what, link in outcome.links.items():
        say(f"{what}: {link}")
    home = str(outcome.home)
    if robustness:
        from beamopt.cli.robust import show

        show(outcome.spec, outcome.trials, robustness)
    elif outcome.front:
        where = ["--home", home, *(("--storage", storage) if storage else ())]
        say(f"What a real session leaves of them: {command_line(['robust', outcome.spec.name, *where])}")
    if not outcome.links.get("MLflow", "").startswith("http"):  # a server shows them itself
        say(f"Open the plots: {command_line(['ui', outcome.spec.name, '--home', home])}")


def summary(outcome: "Outcome", rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything a script wants to know about a study, as plain values."""
    states = [trial.state for trial in outcome.trials]
    return {
        "study": outcome.spec.name,
        "home": str(outcome.home),
        "objectives": [{"metric": o.metric, "direction": o.direction, "unit": o.unit} for o in outcome.spec.objectives],
        "trials": {state: states.count(state) for state in sorted(set(states))},
        "stopped": outcome.stopped,
        "hypervolume": outcome.hypervolume,
        "front": rows,
        "recommended": [recommendation(outcome.spec, one) for one in outcome.recommended],
        "kept_out": list(outcome.kept_out),
        "links": outcome.links,
    }


def recommendation(spec: "StudySpec", one: "Recommended") -> dict[str, Any]:
    """One recommended setting as plain values; ``expected`` is of the score that is traded for dose."""
    from dataclasses import asdict

    from beamopt.report.facts import unit_of_score

    again = one.traded
    nothing = {"mean": None, "low": None, "high": None, "draws": 0}
    return {
        "trial": one.trial.number,
        "role": one.role,
        "params": dict(one.trial.params),
        "expected": {
            "metric": one.score,
            "unit": unit_of_score(metric_names.score_of(one.score)),
            **(nothing if again is None else asdict(again)),
        },
        "scores": {name: asdict(expected) for name, expected in one.expected.items()},
        "recorded": {o.metric: value for o, value in zip(spec.objectives, one.trial.values, strict=True)},
        "remarks": list(one.remarks),
    }


def _why_nothing(outcome: "Outcome") -> str:
    reasons = [trial.reason for trial in outcome.trials if trial.reason]
    often = max(set(reasons), key=reasons.count) if reasons else "no trial was run"
    return f"no acquisition of {outcome.spec.name} could be carried out; most often: {often}"


def resume_command() -> str:
    """Command that goes on where this one stopped."""
    return printable(command_line(sys.argv[1:]))
