"""The loop: ask, evaluate, tell, record, until the budget is spent or somebody stops it."""

import time
from collections.abc import Callable
from pathlib import Path

from beamopt.errors import EvaluationError, InfeasibleError, StorageError
from beamopt.evaluation import Evaluation, Evaluator
from beamopt.search import Proposed, Search
from beamopt.spec import StudySpec
from beamopt.study.events import Halted, Listener, Prepared, Progress, TrialDone, TrialStarted
from beamopt.study.journal import Journal
from beamopt.study.outcome import Outcome, front_of, history

__all__ = ["run_study"]


def _deaf(_event: object) -> None:
    return None


def _never() -> bool:
    return False


def run_study(
    spec: StudySpec,
    *,
    home: str | Path = "beamopt-runs",
    tracking_uri: str | None = None,
    listener: Listener = _deaf,
    should_stop: Callable[[], bool] = _never,
) -> Outcome:
    """Run a study, or go on where it stopped.

    Parameters
    ----------
    spec
        The study, from `load_study`.
    home
        Project folder for both databases and all pictures.
    tracking_uri
        MLflow server; a database in the project folder where left out.
    listener
        Told every event.
    should_stop
        Asked before each trial; the study ends cleanly when it says so.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If the sample cannot be built.
    ConflictError
        If a different study of this name stands in the project folder.
    LockedError
        If another process runs this study.
    StorageError
        If the project folder cannot be used.

    Examples
    --------
    >>> from beamopt import load_study, run_study
    >>> outcome = run_study(load_study("srtio3_quick"))  # doctest: +SKIP
    >>> [round(v, 2) for v in outcome.front[-1].values]  # doctest: +SKIP
    """
    folder = Path(home).resolve()
    evaluator = Evaluator.prepare(spec, lambda stage, done: listener(Progress(stage, done)))
    search = Search.open(folder, spec)
    with search.lock():
        search.requeue_stale()
        journal = Journal(spec, folder, tracking_uri, listener)
        journal.open(search.trials())
        total = spec.budget.trials
        done = _ended(search)
        listener(Prepared(spec.name, total, done))
        while done < total and not should_stop():
            _one_trial(search, evaluator, journal, listener, total)
            done = _ended(search)
        trials = search.trials()
        outcome = Outcome(
            spec=spec,
            trials=trials,
            front=front_of(trials, spec.objectives),
            hypervolume=(history(trials, spec) or [0.0])[-1],
            home=folder,
            stopped=done < total,
            links=journal.links(),
        )
        journal.close(outcome)
    if outcome.stopped:
        listener(Halted("stopped before the budget was spent; every finished trial is kept"))
    return outcome


def _ended(search: Search) -> int:
    return sum(trial.state in ("finished", "infeasible", "failed") for trial in search.trials())


def _one_trial(search: Search, evaluator: Evaluator, journal: Journal, listener: Listener, total: int) -> None:
    """Ask, evaluate, tell, record one trial; only a named failure is survived."""
    proposed = search.ask()
    listener(TrialStarted(proposed.number, dict(proposed.params)))
    start = time.perf_counter()
    evaluation = _tell(search, evaluator, proposed, listener)
    trials = search.trials()
    trial = next(t for t in trials if t.number == proposed.number)
    try:
        journal.trial(trial, evaluation)
    except StorageError as error:
        listener(Halted(f"MLflow: {error}; the study goes on, its own database holds every trial"))
    spec = evaluator.spec
    ended = sum(t.state in ("finished", "infeasible", "failed") for t in trials)
    front = front_of(trials, spec.objectives)
    volume = history(trials, spec)[-1]
    listener(TrialDone(trial, ended, total, front, volume, time.perf_counter() - start))


def _tell(search: Search, evaluator: Evaluator, proposed: Proposed, listener: Listener) -> Evaluation | None:
    spec = evaluator.spec
    proposal = spec.propose(proposed.params)
    margins = evaluator.margins(proposal.acquisition)
    try:
        evaluator.require_feasible(proposal.acquisition)
        evaluation = evaluator.evaluate(
            proposal, trial=proposed.number, stage=lambda stage, done: listener(Progress(stage, done))
        )
    except InfeasibleError as error:
        search.tell_infeasible(proposed.number, str(error), margins)
        return None
    except EvaluationError as error:
        search.tell_failed(proposed.number, str(error))
        return None
    values = [evaluation.value(objective.metric) for objective in spec.objectives]
    search.tell_finished(proposed.number, values, evaluation.metrics(), margins)
    return evaluation
