"""A whole study on the stand-in: real search, real loop, real database, the pool as given."""

from collections.abc import Callable
from pathlib import Path

from beamopt.fleet import InProcess, WorkerPool
from beamopt.search import Search
from beamopt.study import Event, Pace
from beamopt.study.conduct import conduct
from beamopt.trial import Trial
from faults.standins import at_once, study, weigh


def silent(*_: object) -> None:
    """Nobody is told."""


def never() -> bool:
    """Nobody stops it."""
    return False


def run(
    home: Path,
    trials: int,
    pool: WorkerPool | None = None,
    *,
    pace: Pace | None = None,
    listener: Callable[[Event], None] = silent,
    should_stop: Callable[[], bool] = never,
    storage: str | None = None,
) -> tuple[Trial, ...]:
    """Run or resume the stand-in's study to its end."""
    spec = study(trials)
    search = Search.open(home, spec, storage=storage)
    try:
        with search.lock():
            search.requeue_stale()
            told_of, _ = conduct(
                search,
                pool or InProcess(at_once),
                spec=spec,
                weigh=weigh,
                pace=pace or Pace(),
                note=silent,
                listener=listener,
                should_stop=should_stop,
            )
            return told_of
    finally:
        search.close()


def told(trials: tuple[Trial, ...]) -> list[tuple[object, ...]]:
    """Everything that must not depend on who evaluated and when."""
    return [(t.number, t.state, dict(t.params), t.values, dict(t.metrics), dict(t.constraints)) for t in trials]
