"""A study as it stands in the database, read without touching it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import optuna

from beamopt.errors import InputError
from beamopt.nearest import did_you_mean
from beamopt.search.database import close
from beamopt.search.identity import is_identified, stored_spec
from beamopt.search.place import Place
from beamopt.search.records import to_trial
from beamopt.search.server import place_of
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["StoredStudy", "names"]


@dataclass(frozen=True)
class StoredStudy:
    """What a study file said and what became of it.

    Parameters
    ----------
    spec
        The study with every default written out.
    trials
        Every trial in number order.
    """

    spec: StudySpec
    trials: tuple[Trial, ...]

    @classmethod
    def load(cls, place: Place, name: str) -> Self:
        """Read a study; nothing is created, and one that is running is not disturbed.

        Raises
        ------
        InputError
            When there is no such study; names the ones there are.
        StorageError
            When the database cannot be read.
        """
        with place.storing():
            stands = place.stands()
        if not stands:
            raise InputError(f"no study '{name}': nothing has been run in {place}; run it first or give its --home")
        with place.storing():
            database = place.connect("rw")
            try:
                names = optuna.get_all_study_names(database)
                if name not in names:
                    listed = f"there are: {', '.join(names) or 'none yet'}"
                    raise InputError(f"no study '{name:.200}' in {place}; {did_you_mean(name, names, listed)}")
                study = optuna.load_study(study_name=name, storage=database)
                if not is_identified(study):
                    raise InputError(f"no study '{name}' in {place} yet: it is being created; look again in a second")
                return cls(stored_spec(study), tuple(map(to_trial, study.get_trials(deepcopy=False))))
            finally:
                close(database)


def names(home: Path, storage: str | None = None) -> tuple[str, ...]:
    """Names of the studies that are stored, in order; none where nothing has been run.

    Raises
    ------
    StorageError
        When the database cannot be read.
    """
    place = place_of(home, storage)
    with place.storing():
        if not place.stands():
            return ()
        database = place.connect("rw")
        try:
            return tuple(sorted(optuna.get_all_study_names(database)))
        finally:
            close(database)
