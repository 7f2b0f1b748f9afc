"""One task, evaluated: foreseen errors become an answer, all others are raised."""

import numpy as np

from beamopt.errors import EvaluationError, InfeasibleError
from beamopt.evaluation import Evaluation, Evaluator
from beamopt.evaluation.clock import Stage
from beamopt.fleet import Answer, Task
from beamopt.sessions import evaluated
from beamopt.spec import StudySpec
from beamopt.study.fresh import drawn_again
from beamopt.study.replicates import competes, repeated
from beamopt.study.seen import trial_figures, trial_images

__all__ = ["measure"]


def measure(evaluator: Evaluator, task: Task, stage: Stage) -> Answer:
    """Evaluate one task in this process, with more noise draws if it competes for the front, or draw a trial again.

    Parameters
    ----------
    evaluator
        Of the study.
    task
        What to evaluate.
    stage
        Told what is being done.

    Returns
    -------
    Answer
        Infeasible or failed with the reason where the setting, the arithmetic or the memory does not carry it.
    """
    if task.draws:
        return drawn_again(evaluator, task, stage)
    spec, number = evaluator.spec, task.number
    proposal = spec.propose(task.params)
    try:
        evaluation = evaluated(evaluator, proposal, trial=number, stage=stage)
        optimises = spec.robustness is not None and spec.robustness.optimise is not None
        more = None if optimises else spec.budget.contenders
        if more is not None and competes(_values(evaluation, spec), task.known, spec):
            evaluation = repeated(evaluator, evaluation, proposal, trial=number, replicates=more, stage=stage)
    except InfeasibleError as error:
        return Answer(number=number, state="infeasible", reason=str(error))
    except EvaluationError as error:
        return Answer(number=number, state="failed", reason=str(error))
    except (ArithmeticError, MemoryError, np.linalg.LinAlgError) as error:
        return Answer(number=number, state="failed", reason=f"{type(error).__name__}: {error}")
    draws = max(len(result.scores) for result in evaluation.methods.values())
    return Answer(
        number=number,
        state="finished",
        values=_values(evaluation, spec),
        metrics=evaluation.metrics() | {"replicates": float(draws)},
        images=trial_images(evaluation),
        figures=trial_figures(evaluation),
    )


def _values(evaluation: Evaluation, spec: StudySpec) -> tuple[float, ...]:
    return tuple(evaluation.value(objective.metric) for objective in spec.objectives)
