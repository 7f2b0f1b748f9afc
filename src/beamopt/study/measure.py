"""One task, evaluated: whatever can go wrong by name becomes an answer, a bug does not."""

import numpy as np

from beamopt.errors import EvaluationError, InfeasibleError
from beamopt.evaluation import Evaluator
from beamopt.evaluation.clock import Stage
from beamopt.fleet import Answer, Task
from beamopt.study.seen import trial_figures, trial_images

__all__ = ["measure"]


def measure(evaluator: Evaluator, task: Task, stage: Stage) -> Answer:
    """Evaluate one task in this process.

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
    try:
        evaluation = evaluator.evaluate(
            evaluator.spec.propose(task.params), trial=task.number, replicates=task.replicates, stage=stage
        )
    except InfeasibleError as error:
        return Answer(number=task.number, state="infeasible", reason=str(error))
    except EvaluationError as error:
        return Answer(number=task.number, state="failed", reason=str(error))
    except (ArithmeticError, MemoryError, np.linalg.LinAlgError) as error:
        return Answer(number=task.number, state="failed", reason=f"{type(error).__name__}: {error}")
    return Answer(
        number=task.number,
        state="finished",
        values=tuple(evaluation.value(objective.metric) for objective in evaluator.spec.objectives),
        metrics=evaluation.metrics(),
        images=trial_images(evaluation),
        figures=trial_figures(evaluation),
    )
