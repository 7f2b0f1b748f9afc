"""A stored study gathered from its databases, for reports and recommendations."""

from pathlib import Path

from beamopt import record, search
from beamopt.evaluation.assumptions import assumptions_of
from beamopt.front import history, volume_unit
from beamopt.report import Review
from beamopt.study.outcome import stored_advice
from beamopt.study.rejudge import stored
from beamopt.study.window import stored_kept_out
from beamopt.versions import installed

__all__ = ["reviewed"]

_PACKAGES = ("beamopt", "abtem", "ase", "numba", "numpy", "optuna", "py4DSTEM", "scikit-image", "scipy")


def reviewed(
    name: str,
    home: str | Path = "beamopt-runs",
    *,
    storage: str | None = None,
    recorded: bool = True,
    influence: bool = True,
) -> Review:
    """Everything stored about a study; nothing is run, created or changed.

    Parameters
    ----------
    name
        Study name.
    home
        Project folder.
    storage
        PostgreSQL address where the trials are; the database in the project folder where left out.
    recorded
        Whether pictures and versions are read from MLflow's database as well, whose import takes seconds.
    influence
        Whether the influence of each knob is computed, which takes seconds on thousands of trials.

    Returns
    -------
    Review

    Raises
    ------
    InputError
        If there is no such study.
    StorageError
        If a database cannot be read.
    """
    folder = Path(home).resolve()
    study = search.Search.load(folder, name, storage)
    spec, trials = study.spec, study.trials
    advice = stored_advice(folder, study)
    return Review(
        spec=spec,
        trials=trials,
        recommended=tuple(one.trial.number for one in advice),
        advice={one.trial.number: one for one in advice},
        kept_out=stored_kept_out(folder, spec),
        grown=tuple(history(trials, spec)),
        volume_unit=volume_unit(spec),
        importances=search.importances(spec, trials) if influence else {},
        pictures=record.stored_pictures(folder, name) if recorded else {},
        robustness=stored(name, folder, storage),
        assumptions=assumptions_of(spec),
        versions=_versions(folder, name) if recorded else installed(_PACKAGES),
        commands=(f"beamopt study {spec.name}.toml --trials {spec.budget.trials} --seed {spec.seed}",),
    )


def _versions(folder: Path, name: str) -> dict[str, str]:
    """What ran the study, or what would run it now where no record says."""
    ran = record.stored_versions(folder, name)
    named = {package: ran[package.lower()] for package in _PACKAGES if package.lower() in ran}
    return named or installed(_PACKAGES)
