"""One acquisition in, one evaluation out: the four stages in a row."""

from beamopt.evaluation.evaluator import Evaluator, Stage
from beamopt.evaluation.forecast import forecast
from beamopt.evaluation.result import Evaluation, MethodResult

__all__ = ["Evaluation", "Evaluator", "MethodResult", "Stage", "forecast"]
