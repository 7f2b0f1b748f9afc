"""One task, evaluated: whatever can go wrong by name becomes an answer, a bug does not."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beamopt.errors import EvaluationError, InfeasibleError
from beamopt.evaluation import Evaluation, Evaluator
from beamopt.evaluation.clock import Stage
from beamopt.fleet.values import Answer, Images, Task

__all__ = ["images_of", "measure"]


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
        images=images_of(evaluation),
    )


def images_of(evaluation: Evaluation) -> Images:
    """Phase of truth and images [rad], and the central pattern noise-free and noisy, as square roots."""
    images: dict[str, NDArray[np.floating[Any]]] = {}
    methods: Mapping[str, Any] = evaluation.methods
    for method, result in methods.items():
        images[f"{method}/phase"] = _phase(result.reconstruction.transmission)
        images[f"{method}/truth"] = _phase(result.truth)
    held = evaluation.expected.array
    centre = (held.shape[0] // 2, held.shape[1] // 2)
    images["pattern/expected"] = np.sqrt(held[centre])
    images["pattern/counted"] = np.sqrt(evaluation.counted.array[centre].astype(np.float32))
    return images


def _phase(transmission: NDArray[np.complex64]) -> NDArray[np.float32]:
    """Phase against the mean, the constant being nobody's knowledge."""
    return np.asarray(np.angle(transmission * np.conj(transmission.mean())), dtype=np.float32)
