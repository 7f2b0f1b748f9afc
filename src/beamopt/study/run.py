"""One run of a study, from its file to its outcome."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from beamopt import record
from beamopt.cache import Cache
from beamopt.evaluation import Evaluator
from beamopt.fleet import Fleet, InProcess, WorkerPool
from beamopt.front import front_trials, history
from beamopt.rehearsal.prediction import possible
from beamopt.rehearsal.theory import prescan_of
from beamopt.search import Search
from beamopt.search.server import place_of
from beamopt.spec import StudySpec
from beamopt.study.conduct import Pace, conduct, ended
from beamopt.study.events import Halted, Listener, Prepared, Progress
from beamopt.study.journal import Journal
from beamopt.study.measure import measure
from beamopt.study.notebook import default_listener
from beamopt.study.outcome import Outcome, recommended
from beamopt.study.redraws import draw_again, pending, stored_redraws
from beamopt.study.window import kept_out
from beamopt.study.worker import evaluate

__all__ = ["run_study"]


def _never() -> bool:
    return False


def run_study(
    spec: StudySpec,
    *,
    home: str | Path = "beamopt-runs",
    tracking_uri: str | None = None,
    storage: str | None = None,
    listener: Listener | None = None,
    should_stop: Callable[[], bool] = _never,
    fleet: Fleet | None = None,
    pace: Pace | None = None,
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
    storage
        PostgreSQL address for the trials; a database in the project folder where left out.
    listener
        Told every event; in a notebook a line under the cell where left out, nobody elsewhere.
    should_stop
        Asked before each trial; the study ends cleanly when it says so.
    fleet
        Who evaluates, see `beamopt.fleet.cluster`; this process where None.
    pace
        How many trials are under way at once; one where None.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If the sample cannot be built, or an address or folder cannot be used as written.
    ConflictError
        If a different study of this name stands in the project folder.
    LockedError
        If another process runs this study.
    StorageError
        If the project folder cannot be used.
    FleetError
        If the workers' scheduler is gone.

    Examples
    --------
    >>> from beamopt import load_study, run_study
    >>> outcome = run_study(load_study("srtio3_quick"))  # doctest: +SKIP
    >>> [round(v, 2) for v in outcome.front[-1].values]  # doctest: +SKIP
    """
    listener = listener or default_listener()
    folder = Path(home).resolve()
    record.store_of(folder, tracking_uri)
    place_of(folder, storage)  # an address that cannot be used is refused before anything is computed

    def preparing(stage: str, done: float) -> None:
        listener(Progress(stage, done))
        if should_stop():
            raise KeyboardInterrupt

    evaluator = Evaluator.prepare(spec, preparing, cache=Cache())
    spec = evaluator.spec  # fitted to its instrument, if it names one

    def begin() -> tuple[dict[str, float], ...]:
        listener(Progress("theory", 0.0))
        return prescan_of(evaluator, Cache()).promising()

    search = Search.open(folder, spec, promising=begin, possible=possible(evaluator), storage=storage)
    try:
        with search.lock():
            search.requeue_stale()
            outcome = _run(
                search,
                evaluator,
                Journal(spec, folder, tracking_uri, listener, storage),
                fleet=fleet,
                pace=pace or Pace(),
                listener=listener,
                should_stop=should_stop,
            )
    finally:
        search.close()
    if outcome.stopped:
        listener(Halted("stopped before the budget was spent; every finished trial is kept"))
    return outcome


def _run(
    search: Search,
    evaluator: Evaluator,
    journal: Journal,
    *,
    fleet: Fleet | None,
    pace: Pace,
    listener: Listener,
    should_stop: Callable[[], bool],
) -> Outcome:
    spec, total = evaluator.spec, evaluator.spec.budget.trials
    trials, enough = search.trials(), ""
    redraws = stored_redraws(journal.home, spec, trials)
    journal.open(trials)
    listener(Prepared(spec.name, total, ended(trials)))
    try:
        if (ended(trials) < total or pending(trials, spec, redraws)) and not should_stop():
            with _pool(evaluator, fleet, listener) as pool:
                if ended(trials) < total:
                    trials, enough = conduct(
                        search,
                        pool,
                        spec=spec,
                        weigh=lambda a: (evaluator.feasibility.margins(a), evaluator.feasibility.weights(a)),
                        pace=pace,
                        note=journal.trial,
                        listener=listener,
                        should_stop=should_stop,
                    )
                if enough or ended(trials) >= total:
                    redraws = draw_again(pool, trials, spec, journal.home, listener=listener, should_stop=should_stop)
    except BaseException:
        journal.abandon()
        raise
    grown = history(trials, spec)
    if enough and ended(trials) < total:
        listener(Halted(enough))
    stopped = ended(trials) < total and not enough
    outcome = Outcome(
        spec=spec,
        trials=trials,
        front=front_trials(trials, spec.objectives),
        hypervolume=grown[-1] if grown else 0.0,
        home=journal.home,
        stopped=stopped,
        links=journal.links(),
        recommended=recommended(trials, spec, redraws),
        kept_out=() if stopped else kept_out(evaluator, journal.home),
    )
    journal.close(outcome, grown)
    return outcome


def _pool(evaluator: Evaluator, fleet: Fleet | None, listener: Listener) -> AbstractContextManager[WorkerPool]:
    if fleet is None:
        return nullcontext(InProcess(partial(measure, evaluator)))
    if fleet.near:
        # The scattering matrix is computed once, with all processors; every worker reads it from the cache.
        fresh = Evaluator.prepare(evaluator.spec, cache=Cache())
        fresh.engine(lambda stage, done: listener(Progress(stage, done)))
    return fleet.pool(evaluator.spec, evaluate)
