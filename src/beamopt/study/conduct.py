"""The loop: propose, hand out, collect, tell, record, until the budget is spent or somebody stops it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from beamopt.acquisition import Acquisition
from beamopt.errors import FleetError
from beamopt.fleet import Answer, Task, WorkerPool
from beamopt.front import front_trials, volume
from beamopt.search import Proposed, Search
from beamopt.spec import StudySpec
from beamopt.study.events import Listener, Progress, TrialDone, TrialStarted
from beamopt.study.replicates import rival
from beamopt.study.stagnation import stagnated
from beamopt.trial import Trial

__all__ = ["Order", "Pace", "Weigh", "conduct", "ended"]

_BEAT = 1.0  # s between two looks at what other coordinators still evaluate

Order = Literal["trial", "completion"]
Weigh = Callable[[Acquisition], tuple[Mapping[str, float], Mapping[str, float]]]
"""Margins of every constraint in their own units, and the same in one unit for the sampler."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many trials are under way at once, and when a result counts.

    Parameters
    ----------
    batch
        Proposals under way at once; where None 1 in this process, and 3 for every worker, so that none waits for
        another's long trial.
    order
        ``trial``: proposal `k` knows the results up to trial ``k - batch`` and nothing of later ones, so that the study
        is the same however many workers there are, how fast they are and how often it was interrupted.
        ``completion``: a result is known as soon as it is there.
    """

    batch: int | None = None
    order: Order = "trial"

    def width(self, slots: int) -> int:
        """Proposals under way at once with so many evaluated at once."""
        return self.batch or (1 if slots == 1 else 3 * slots)


def conduct(
    search: Search,
    pool: WorkerPool,
    *,
    spec: StudySpec,
    weigh: Weigh,
    pace: Pace,
    note: Callable[[Trial, Answer], None],
    listener: Listener,
    should_stop: Callable[[], bool],
) -> tuple[tuple[Trial, ...], str]:
    """Run the trials that are still to be done.

    Parameters
    ----------
    search
        Locked.
    pool
        Evaluates.
    spec
        The study.
    weigh
        Judges an acquisition before it is carried out.
    pace
        How much at once.
    note
        Records a trial with what people look at.
    listener
        Told every event, in this thread.
    should_stop
        Asked before each proposal; trials that nobody has begun are given back then, the others are finished.

    Returns
    -------
    tuple
        All trials, and why no more were proposed than these if the budget would have allowed it.
    """
    trials, total, width = search.trials(), spec.budget.trials, pace.width(pool.slots)
    behind = width - 1 if pace.order == "trial" else 0
    under_way: dict[int, tuple[Proposed, float]] = {}
    enough = ""

    def told(number: int, stage: str, fraction: float) -> None:
        listener(Progress(stage, fraction, number))

    try:
        while True:
            width = pace.width(pool.slots) if pace.order == "completion" else width  # workers come and go
            while len(under_way) < width and not should_stop():
                proposed, enough = _next(search, spec, behind)
                if proposed is None:
                    break
                under_way[proposed.number] = (proposed, time.perf_counter())
                listener(TrialStarted(proposed.number, dict(proposed.params)))
                pool.submit(_task(spec, proposed, search, behind))
            if should_stop():
                for number in pool.withdraw():
                    search.requeue(number)
                    del under_way[number]
            if not under_way:
                if not enough and not should_stop() and search.awaited():
                    time.sleep(_BEAT)
                    continue
                return search.trials(), enough
            answer = pool.collect(min(under_way) if pace.order == "trial" else None, told)
            proposed, begun = under_way[answer.number]
            trial = _tell(search, spec, weigh, proposed, answer)
            del under_way[answer.number]
            note(trial, answer)
            trials = search.trials()
            front = front_trials(trials, spec.objectives)
            seconds = time.perf_counter() - begun
            listener(TrialDone(trial, ended(trials), total, front, volume(front, spec), seconds))
    except (KeyboardInterrupt, SystemExit, FleetError):
        search.release()
        raise


def ended(trials: tuple[Trial, ...]) -> int:
    """How many trials came to an end."""
    return sum(trial.state in ("finished", "infeasible", "failed") for trial in trials)


def _next(search: Search, spec: StudySpec, behind: int) -> tuple[Proposed | None, str]:
    """Ask for the next proposal, or say why there is none though the budget would allow it."""
    if spec.budget.stagnant is not None:
        trials = search.trials()
        if len(trials) < spec.budget.trials and (enough := _enough(trials, spec, behind)):
            return None, enough
    return search.ask_within(spec.budget.trials, behind=behind), ""


def _enough(trials: tuple[Trial, ...], spec: StudySpec, behind: int) -> str:
    """Say why nothing new is proposed, from the trials that the next proposal would know."""
    if any(trial.state == "waiting" for trial in trials):
        return ""
    return stagnated(trials[: max(len(trials) - behind, 0)], spec)


def _task(spec: StudySpec, proposed: Proposed, search: Search, behind: int) -> Task:
    """Task of a proposal, with what is known of its rivals if that decides how often it is counted."""
    known: tuple[Trial, ...] = ()
    if spec.budget.contenders is not None:
        earlier = (trial for trial in search.trials() if trial.number < proposed.number - behind)
        known = tuple(rival(trial) for trial in earlier if trial.state == "finished")
    return Task(number=proposed.number, params=proposed.params, attempt=proposed.attempt, known=known)


def _tell(search: Search, spec: StudySpec, weigh: Weigh, proposed: Proposed, answer: Answer) -> Trial:
    margins, weights = weigh(spec.propose(proposed.params).acquisition)
    if answer.state == "infeasible":
        return search.tell_infeasible(answer.number, answer.reason, margins, weights)
    if answer.state == "failed":
        return search.tell_failed(answer.number, answer.reason, margins, weights)
    return search.tell_finished(answer.number, answer.values, answer.metrics, margins, weights)
