"""One acquisition in, one evaluation out: the four stages in a row."""

from beamopt.evaluation.result import Evaluation, MethodResult
from beamopt.evaluation.evaluator import Evaluator, Stage

__all__ = ["Evaluation", "Evaluator", "MethodResult", "Stage"]
