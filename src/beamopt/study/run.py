"""The loop: ask, evaluate, tell, record, until the budget is spent or somebody stops it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from beamopt.cache import Cache
from beamopt.errors import EvaluationError, InfeasibleError
from beamopt.evaluation import Evaluation, Evaluator
from beamopt.report import front_trials
from beamopt.search import Proposed, Search
from beamopt.spec import Proposal, StudySpec
from beamopt.study.events import Halted, Listener, Prepared, Progress, TrialDone, TrialStarted
from beamopt.study.journal import Journal
from beamopt.study.outcome import Outcome, history
from beamopt.study.prediction import possible
from beamopt.study.replicates import competes, repeated
from beamopt.study.stagnation import stagnated
from beamopt.study.theory import prescan_of
from beamopt.trial import Trial

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
    evaluator = Evaluator.prepare(spec, lambda stage, done: listener(Progress(stage, done)), cache=Cache())
    spec = evaluator.spec  # fitted to its instrument, if it names one

    def begin() -> tuple[dict[str, float], ...]:
        listener(Progress("theory", 0.0))
        return prescan_of(evaluator, Cache()).promising()

    search = Search.open(folder, spec, promising=begin, possible=possible(evaluator))
    try:
        with search.lock():
            search.requeue_stale()
            outcome = _run(search, evaluator, Journal(spec, folder, tracking_uri, listener), listener, should_stop)
    finally:
        search.close()
    if outcome.stopped:
        listener(Halted("stopped before the budget was spent; every finished trial is kept"))
    return outcome


def _run(
    search: Search, evaluator: Evaluator, journal: Journal, listener: Listener, should_stop: Callable[[], bool]
) -> Outcome:
    spec, total = evaluator.spec, evaluator.spec.budget.trials
    trials = search.trials()
    journal.open(trials)
    listener(Prepared(spec.name, total, _ended(trials)))
    try:
        while _ended(trials) < total and not stagnated(trials, spec) and not should_stop():
            trials = _one_trial(search, evaluator, journal, listener)
    except BaseException:
        journal.abandon()
        raise
    grown = history(trials, spec)
    enough = stagnated(trials, spec)
    if enough and _ended(trials) < total:
        listener(Halted(enough))
    outcome = Outcome(
        spec=spec,
        trials=trials,
        front=front_trials(trials, spec.objectives),
        hypervolume=grown[-1] if grown else 0.0,
        home=journal.home,
        stopped=_ended(trials) < total and not enough,
        links=journal.links(),
    )
    journal.close(outcome, grown)
    return outcome


def _ended(trials: Sequence[Trial]) -> int:
    return sum(trial.state in ("finished", "infeasible", "failed") for trial in trials)


def _one_trial(search: Search, evaluator: Evaluator, journal: Journal, listener: Listener) -> tuple[Trial, ...]:
    """Ask, evaluate, tell, record one trial; only a named failure is survived."""
    spec = evaluator.spec
    proposed = search.ask()
    listener(TrialStarted(proposed.number, dict(proposed.params)))
    start = time.perf_counter()
    try:
        trial, evaluation = _tell(search, evaluator, proposed, listener)
    except (KeyboardInterrupt, SystemExit):
        search.requeue(proposed.number)
        raise
    journal.trial(trial, evaluation)
    trials = search.trials()
    front = front_trials(trials, spec.objectives)
    seconds = time.perf_counter() - start
    listener(TrialDone(trial, _ended(trials), spec.budget.trials, front, history(trials, spec)[-1], seconds))
    return trials


def _tell(
    search: Search, evaluator: Evaluator, proposed: Proposed, listener: Listener
) -> tuple[Trial, Evaluation | None]:
    spec, number = evaluator.spec, proposed.number
    proposal = spec.propose(proposed.params)
    margins, weights = (
        evaluator.feasibility.margins(proposal.acquisition),
        evaluator.feasibility.weights(proposal.acquisition),
    )
    try:
        evaluation = _evaluate(evaluator, proposal, number, search.trials(), listener)
    except InfeasibleError as error:
        return search.tell_infeasible(number, str(error), margins, weights), None
    except EvaluationError as error:
        return search.tell_failed(number, str(error), margins, weights), None
    values = _values(evaluation, spec)
    return search.tell_finished(number, values, evaluation.metrics(), margins, weights), evaluation


def _evaluate(
    evaluator: Evaluator, proposal: Proposal, number: int, trials: Sequence[Trial], listener: Listener
) -> Evaluation:
    """Evaluate a proposal, with more noise draws if it competes for the front."""
    spec = evaluator.spec

    def stage(name: str, done: float) -> None:
        listener(Progress(name, done))

    evaluation = evaluator.evaluate(proposal, trial=number, stage=stage)
    if spec.budget.contenders is None or not competes(_values(evaluation, spec), trials, spec):
        return evaluation
    return repeated(evaluator, evaluation, proposal, trial=number, replicates=spec.budget.contenders, stage=stage)


def _values(evaluation: Evaluation, spec: StudySpec) -> list[float]:
    return [evaluation.value(objective.metric) for objective in spec.objectives]
