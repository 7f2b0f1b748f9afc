"""One acquisition in, one evaluation out: the four stages in a row."""

from beamopt.evaluation.allowed import Bounds, WeakObject, bounds, ceiling
from beamopt.evaluation.evaluator import Evaluator, Stage
from beamopt.evaluation.result import Evaluation, MethodResult

__all__ = [
    "Bounds",
    "Evaluation",
    "Evaluator",
    "MethodResult",
    "Stage",
    "WeakObject",
    "bounds",
    "ceiling",
]
