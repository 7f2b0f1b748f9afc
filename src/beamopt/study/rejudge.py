"""Recommended settings under what a real session brings, kept beside the study."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from beamopt.cache import Cache
from beamopt.errors import InputError, NothingFeasibleError, StorageError
from beamopt.evaluation import Evaluator, Stage
from beamopt.evaluation.clock import silent
from beamopt.front import recommend
from beamopt.search import Search, StoredStudy
from beamopt.sessions import Robustness, robustness
from beamopt.study import keeping
from beamopt.study.redraws import stored_redraws
from beamopt.trial import Trial

__all__ = ["robust", "robustness_file", "stored"]

SCHEMA_VERSION = 1
_AGAIN = "beamopt robust"
_WIDER = 1.1  # the engine reaches so much farther than the settings, to see how far their angles may drift
_ADAPTER = TypeAdapter(Robustness)


def robust(
    name: str,
    home: str | Path = "beamopt-runs",
    *,
    trial: int | None = None,
    replicates: int = 4,
    most: int = 8,
    storage: str | None = None,
    stage: Stage = silent,
    done: Callable[[Robustness], None] = lambda _result: None,
) -> tuple[Robustness, ...]:
    """Re-evaluate the recommended settings of a stored study in sessions that are not calm, and store the results.

    Parameters
    ----------
    name
        Study name.
    home
        Project folder.
    trial
        One finished trial to judge instead of the recommended ones.
    replicates, most
        Least and most noise draws for each session, none of which the search has seen; between them, until the standard
        error of the mean is below 1 % of it.
    storage
        PostgreSQL address where the trials are; the database in the project folder where left out.
    stage
        Told what is being done.
    done
        Told each result, which is stored by then.

    Returns
    -------
    tuple of Robustness
        In the order of the recommendation.

    Raises
    ------
    InputError
        If there is no such study or no such finished trial.
    NothingFeasibleError
        If the study has finished no trial.
    StorageError
        If the results cannot be written.
    """
    folder = Path(home).resolve()
    study = Search.load(folder, name, storage)
    chosen = _chosen(folder, study, trial)
    spec = study.spec
    settings = {one.number: spec.propose(one.params) for one in chosen}
    farthest = [proposal.acquisition for proposal in settings.values()]
    beyond = replace(
        farthest[0],
        semiangle_cutoff=_WIDER * max(one.semiangle_cutoff for one in farthest),
        detector_outer=_WIDER * max(one.detector_outer for one in farthest),
    )
    evaluator = Evaluator.prepare(spec, stage, beyond=beyond, cache=Cache())
    results = []
    for number, proposal in settings.items():
        one = robustness(evaluator, proposal, trial=number, replicates=replicates, most=most, stage=_of(number, stage))
        keeping.add(robustness_file(name, folder), name, spec.fingerprint(), as_json(one), _AGAIN)
        done(one)
        results.append(one)
    return tuple(results)


def robustness_file(name: str, home: str | Path) -> Path:
    """Where the results of a study are kept."""
    return Path(home) / f"{name}.robustness.json"


def stored(name: str, home: str | Path, storage: str | None = None) -> Mapping[int, Robustness]:
    """Results by trial number, the recommended ones and all others that were asked for; empty where none were.

    Results of a study file that has changed since do not count.

    Raises
    ------
    InputError
        If there is no such study.
    StorageError
        If the results cannot be read.
    """
    path = robustness_file(name, home)
    content = keeping.read(path, Search.load(Path(home), name, storage).spec.fingerprint(), _AGAIN)
    try:
        return {one.trial: one for one in map(_from_json, content)}
    except (TypeError, ValueError) as error:
        raise StorageError(f"{path}: cannot be read, {_line(error)}; remove it and run `beamopt robust`") from None


def _from_json(plain: Mapping[str, Any]) -> Robustness:
    return _ADAPTER.validate_python({key: value for key, value in plain.items() if key != "schema_version"})


def _line(error: Exception) -> str:
    return (
        f"{error.error_count()} values are not what they should be"
        if isinstance(error, ValidationError)
        else str(error)
    )


def _of(number: int, stage: Stage) -> Stage:
    return lambda what, fraction: stage(f"trial {number}, {what}", fraction)


def _chosen(home: Path, study: StoredStudy, number: int | None) -> tuple[Trial, ...]:
    if number is None:
        recommended = recommend(study.trials, study.spec, stored_redraws(home, study.spec, study.trials))
        if not recommended:
            raise NothingFeasibleError(f"{study.spec.name} has no finished trial to recommend; run more trials")
        return recommended
    chosen = tuple(one for one in study.trials if one.number == number)
    if not chosen or chosen[0].state != "finished":
        state = chosen[0].state if chosen else "not there"
        raise InputError(
            f"--trial {number}: {state} in {study.spec.name}; choose a finished trial, see `beamopt pareto`"
        )
    return chosen


def as_json(result: Robustness) -> dict[str, Any]:
    """One result as plain values."""
    plain: dict[str, Any] = _ADAPTER.dump_python(result, mode="json")
    return {"schema_version": SCHEMA_VERSION, **plain}
