"""What physics allows one acquisition, from Python or the shell, without a database."""

from collections.abc import Mapping
from pathlib import Path

from beamopt.cache import Cache
from beamopt.evaluation import Bounds, Evaluator, Stage
from beamopt.evaluation.clock import silent
from beamopt.instrument import fitted
from beamopt.spec import StudySpec, load_study
from beamopt.study.single import proposal_of

__all__ = ["allowed"]


def allowed(study: StudySpec | str | Path, params: Mapping[str, object], *, stage: Stage = silent) -> Bounds:
    """Quantum, full and linear limit of one acquisition in the setting of a study.

    The full limit comes from exit waves of the study's own engine, the others from the weak-object model.

    Parameters
    ----------
    study
        A study, or its name or file.
    params
        A value for every searched parameter, in the units of `Acquisition`; others stay as the study fixes them.
    stage
        Told what is being done.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        If a searched parameter has no value or one is unknown.
    InfeasibleError
        If the acquisition cannot be carried out.
    """
    spec = study if isinstance(study, StudySpec) else load_study(study)
    spec = fitted(spec)
    acquisition = proposal_of(spec, params).acquisition
    evaluator = Evaluator.prepare(spec, stage, beyond=acquisition, cache=Cache())
    evaluator.feasibility.require(acquisition)
    return evaluator.allowed(acquisition, stage)
