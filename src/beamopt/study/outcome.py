"""What a study found: the front and the settings it recommends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beamopt.front import Recommended, Redraw, front_trials, recommend, role, traded_score
from beamopt.search import Search, StoredStudy
from beamopt.spec import StudySpec
from beamopt.study.redraws import stored_redraws
from beamopt.study.remarks import remarks
from beamopt.trial import Trial

__all__ = ["Outcome", "pareto_front", "recommended", "stored_advice"]


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


def pareto_front(name: str, home: str | Path = "beamopt-runs") -> tuple[Trial, ...]:
    """Front of a stored study, read from its database.

    Parameters
    ----------
    name
        Study name.
    home
        Project folder.

    Returns
    -------
    tuple of Trial
        In order of the first objective.

    Raises
    ------
    InputError
        If there is no such study.
    """
    stored = Search.load(Path(home), name)
    return front_trials(stored.trials, stored.spec.objectives)
