"""MLflow brought up to date with a stored study, on this machine or on a server."""

from pathlib import Path

from beamopt.errors import StorageError
from beamopt.front import front_trials, history
from beamopt.search import Search
from beamopt.search.lock import running
from beamopt.study.events import Event, Halted
from beamopt.study.journal import Journal
from beamopt.study.outcome import Outcome, stored_advice
from beamopt.study.stagnation import stagnated

__all__ = ["catch_up"]

_FINAL = ("finished", "infeasible", "failed")


def catch_up(
    name: str, home: str | Path = "beamopt-runs", tracking_uri: str | None = None, storage: str | None = None
) -> int:
    """Record every trial of a stored study that MLflow lacks, once, and its summary; told again, nothing changes.

    Parameters
    ----------
    name
        Study name.
    home
        Project folder.
    tracking_uri
        MLflow server; the database in the project folder where left out.
    storage
        PostgreSQL address where the trials are; the database in the project folder where left out.

    Returns
    -------
    int
        Trials that MLflow holds now.

    Raises
    ------
    InputError
        If there is no such study.
    LockedError
        If the study is running, which records it anyway.
    StorageError
        If MLflow does not take it; told again it goes on where it stopped.
    """
    folder = Path(home).resolve()
    stored = Search.load(folder, name, storage)
    spec, trials = stored.spec, stored.trials
    grown = history(trials, spec)
    ended = sum(trial.state in _FINAL for trial in trials)
    troubles: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Halted):
            troubles.append(event.reason)

    with running(folder, name):
        journal = Journal(spec, folder, tracking_uri, listen, storage)
        outcome = Outcome(
            spec=spec,
            trials=trials,
            front=front_trials(trials, spec.objectives),
            hypervolume=grown[-1] if grown else 0.0,
            home=folder,
            recommended=stored_advice(folder, stored),
            stopped=ended < spec.budget.trials and not stagnated(trials, spec),
        )
        journal.close(outcome, grown)
    if journal.behind:
        raise StorageError(troubles[-1])
    return ended
