"""A stored study read from Python: its trials, its front, and the setting that a dose allows."""

from pathlib import Path
from typing import TYPE_CHECKING

from beamopt.front import choose, front_trials
from beamopt.search import Search
from beamopt.study.exported import trials_frame, trials_table
from beamopt.study.redraws import stored_redraws
from beamopt.trial import Trial

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["pareto_front", "recommend", "trials"]


def trials(name: str, home: str | Path = "beamopt-runs", *, storage: str | None = None) -> "pd.DataFrame":
    """Every trial of a stored study as a pandas frame, indexed by its number.

    Parameters
    ----------
    name
        Study name.
    home
        Project folder.
    storage
        PostgreSQL address where the trials are; the database in the project folder where left out.

    Returns
    -------
    DataFrame
        State, origin, reason, settings, objectives, metrics and constraints, units in the column names, for instance
        ``defocus [Å]``.

    Raises
    ------
    InputError
        If there is no such study.
    StorageError
        If the database cannot be read.
    """
    stored = Search.load(Path(home), name, storage)
    return trials_frame(trials_table(stored.spec, stored.trials))


def pareto_front(name: str, home: str | Path = "beamopt-runs", *, storage: str | None = None) -> tuple[Trial, ...]:
    """Front of a stored study; arguments and errors as `trials`.

    Returns
    -------
    tuple of Trial
        In order of the first objective.
    """
    stored = Search.load(Path(home), name, storage)
    return front_trials(stored.trials, stored.spec.objectives)


def recommend(
    name: str,
    home: str | Path = "beamopt-runs",
    *,
    max_dose: float,
    min_resolution: float | None = None,
    storage: str | None = None,
) -> Trial:
    """Trial that ``beamopt recommend`` names: the best setting that a dose allows.

    Parameters
    ----------
    name, home, storage
        As `trials`.
    max_dose
        Most electrons per area that the sample may receive [e/Å²].
    min_resolution
        Coarsest spacing [Å] that the image must still resolve; any where None.

    Raises
    ------
    InputError
        If there is no such study, or a limit is not above 0.
    NothingFeasibleError
        If no trial qualifies; names the nearest.
    """
    stored = Search.load(Path(home), name, storage)
    redraws = stored_redraws(Path(home).resolve(), stored.spec, stored.trials)
    return choose(stored.spec, stored.trials, max_dose=max_dose, min_resolution=min_resolution, redraws=redraws)
