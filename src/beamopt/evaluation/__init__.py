"""One acquisition in, one evaluation out: the four stages in a row."""

from beamopt.evaluation.bounds import Bounds, WeakObject, bounds
from beamopt.evaluation.ceiling import ceiling
from beamopt.evaluation.evaluator import Evaluator, Stage
from beamopt.evaluation.forecast import forecast
from beamopt.evaluation.result import Evaluation, MethodResult
from beamopt.evaluation.robustness import Robustness, robustness

__all__ = [
    "Bounds",
    "Evaluation",
    "Evaluator",
    "MethodResult",
    "Robustness",
    "Stage",
    "WeakObject",
    "bounds",
    "ceiling",
    "forecast",
    "robustness",
]
