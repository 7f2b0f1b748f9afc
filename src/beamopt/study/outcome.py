"""What a study found: the front and the settings it recommends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from beamopt.front import Recommended, Redraw, history, recommend, role, traded_score, volume_unit
from beamopt.search import StoredStudy
from beamopt.spec import StudySpec
from beamopt.study.exported import trials_frame, trials_table
from beamopt.study.redraws import stored_redraws
from beamopt.study.remarks import remarks
from beamopt.trial import Trial

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Outcome", "recommended", "stored_advice"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A study's result.

    Parameters
    ----------
    spec
        The study.
    trials
        Every trial in order.
    front
        Trials that no other beats in every objective, in order of the first objective.
    hypervolume
        Volume the front dominates: the objectives' units multiplied, decades where a knob is searched in the logarithm.
    home
        Project folder.
    stopped
        Whether it was stopped before its budget was spent.
    links
        Where the record stands.
    recommended
        Settings to dial, the knee of the front first.
    kept_out
        What the simulated window keeps out of the study though theory thinks best of it, one sentence each.
    """

    spec: StudySpec
    trials: tuple[Trial, ...]
    front: tuple[Trial, ...]
    hypervolume: float
    home: Path
    stopped: bool = False
    links: dict[str, str] = field(default_factory=dict)
    recommended: tuple[Recommended, ...] = ()
    kept_out: tuple[str, ...] = ()

    def history(self) -> list[float]:
        """Hypervolume of the front after each trial, in `volume_unit`."""
        return history(self.trials, self.spec)

    @property
    def volume_unit(self) -> str:
        """Unit of the hypervolume, for instance ``decades·bits/Å²``."""
        return volume_unit(self.spec)

    def to_frame(self) -> "pd.DataFrame":
        """Trials as a pandas frame, one row each, units in the column names; see `trials`."""
        return trials_frame(trials_table(self.spec, self.trials))


def recommended(trials: Sequence[Trial], spec: StudySpec, redraws: Mapping[int, Redraw]) -> tuple[Recommended, ...]:
    """Settings to dial with what to expect of them, the knee first; see `recommend`.

    Parameters
    ----------
    trials
        All of them.
    spec
        The study.
    redraws
        Fresh noise draws by trial.
    """
    chosen = recommend(trials, spec, redraws)
    known = {trial.number: redraws[trial.number].expected() for trial in chosen if trial.number in redraws}
    return tuple(
        Recommended(
            trial=trial,
            role=role(trial, chosen, spec),
            score=traded_score(spec),
            expected=known.get(trial.number, {}),
            remarks=remarks(trial, trials, spec, redraws),
        )
        for trial in chosen
    )


def stored_advice(home: Path, stored: StoredStudy) -> tuple[Recommended, ...]:
    """What a stored study recommends, with the fresh draws that are kept beside it.

    Parameters
    ----------
    home
        Project folder.
    stored
        The study.

    Raises
    ------
    StorageError
        If the fresh draws cannot be read.
    """
    return recommended(stored.trials, stored.spec, stored_redraws(home, stored.spec, stored.trials))
