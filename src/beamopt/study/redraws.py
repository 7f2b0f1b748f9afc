"""Candidates and recommended settings drawn again at the end of a study, and what came out kept beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from beamopt.errors import StorageError
from beamopt.fleet import Answer, Task, WorkerPool
from beamopt.front import CHOOSING, TELLING, Redraw, recommend
from beamopt.spec import StudySpec
from beamopt.study import keeping
from beamopt.study.events import Halted, Listener, Progress
from beamopt.trial import Trial

__all__ = ["draw_again", "pending", "read_draws", "redraw_file", "stored_redraws"]

_AGAIN = "beamopt study"

Redraws = dict[int, Redraw]


def redraw_file(home: Path, name: str) -> Path:
    """Where the fresh draws of a study are kept."""
    return home / f"{name}.redraws.json"


def stored_redraws(home: Path, spec: StudySpec, trials: Sequence[Trial]) -> Redraws:
    """Fresh draws by trial, those of trials that still stand as they were drawn.

    Raises
    ------
    StorageError
        If they cannot be read.
    """
    path = redraw_file(home, spec.name)
    standing = {trial.number: dict(trial.params) for trial in trials if trial.state == "finished"}
    try:
        kept = [_from_plain(one) for one in keeping.read(path, spec.fingerprint(), _AGAIN)]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise StorageError(f"{path}: cannot be read, {error}; remove it and run `{_AGAIN}` again") from None
    return {one.trial: one for one in kept if standing.get(one.trial) == dict(one.params)}


def pending(trials: Sequence[Trial], spec: StudySpec, redraws: Mapping[int, Redraw]) -> dict[int, tuple[int, ...]]:
    """Which replicates of which trials are still to be drawn, for now.

    Every trial that would be recommended gets the draws `CHOOSING`; one that scores worse with them gives way to the
    next best, which is drawn in its turn. Once nothing changes any more, those recommended get the draws `TELLING`.
    """
    chosen = [trial.number for trial in recommend(trials, spec, redraws)]
    return _lacking(dict.fromkeys(chosen, CHOOSING), redraws) or _lacking(dict.fromkeys(chosen, TELLING), redraws)


def draw_again(
    pool: WorkerPool,
    trials: Sequence[Trial],
    spec: StudySpec,
    home: Path,
    *,
    listener: Listener,
    should_stop: Callable[[], bool],
) -> Redraws:
    """Draw what a finished study would recommend with fresh noise, until what it recommends has stood the test.

    Parameters
    ----------
    pool
        Evaluates.
    trials
        All of them.
    spec
        The study.
    home
        Project folder; every result is kept there at once.
    listener
        Told every event.
    should_stop
        Asked before each trial; what is left is drawn when the study is run again.

    Returns
    -------
    dict
        All fresh draws by trial.
    """
    redraws = stored_redraws(home, spec, trials)
    params = {trial.number: dict(trial.params) for trial in trials}

    def told(number: int, stage: str, fraction: float) -> None:
        listener(Progress(f"fresh noise, {stage}", fraction, number))

    while not should_stop() and (open_ := pending(trials, spec, redraws)):
        for number, draws in open_.items():
            pool.submit(Task(number=number, params=params[number], draws=draws))
        for number in open_:
            if should_stop():
                pool.withdraw()
                break
            answer = pool.collect(number, told)
            one = redraws.get(number, Redraw(trial=number, params=params[number])).joined(read_draws(answer))
            if answer.state != "finished":
                one = replace(one, draws={})
                listener(Halted(f"trial {number} is not recommended: with fresh noise {answer.reason}"))
            redraws[number] = one
            _keep(home, spec, one, listener)
    return redraws


def _lacking(wanted: Mapping[int, tuple[int, ...]], redraws: Mapping[int, Redraw]) -> dict[int, tuple[int, ...]]:
    lacking = {n: redraws[n].lacks(draws) if n in redraws else draws for n, draws in wanted.items()}
    return {number: draws for number, draws in lacking.items() if draws}


def _keep(home: Path, spec: StudySpec, one: Redraw, listener: Listener) -> None:
    """Keep a result; one that cannot be kept is drawn again next time, and the study goes on."""
    try:
        keeping.add(redraw_file(home, spec.name), spec.name, spec.fingerprint(), _plain(one), _AGAIN)
    except StorageError as error:
        listener(Halted(str(error)))


def _plain(one: Redraw) -> dict[str, Any]:
    draws = {score: {str(number): v for number, v in values.items()} for score, values in one.draws.items()}
    return {"trial": one.trial, "params": dict(one.params), "draws": draws}


def _from_plain(plain: Mapping[str, Any]) -> Redraw:
    draws = {s: {int(number): float(v) for number, v in values.items()} for s, values in plain["draws"].items()}
    params = {name: float(value) for name, value in plain["params"].items()}
    return Redraw(trial=int(plain["trial"]), params=params, draws=draws)


def read_draws(answer: Answer) -> dict[str, dict[int, float]]:
    """Draws of an answer: score to replicate to value."""
    draws: dict[str, dict[int, float]] = {}
    for key, value in answer.metrics.items():
        score, _, replicate = key.partition("#")
        draws.setdefault(score, {})[int(replicate)] = float(value)
    return draws
