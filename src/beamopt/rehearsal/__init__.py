"""What can be known of a study before its first trial: theory, costs, and which sampler would find what."""

from beamopt.rehearsal.compare_samplers import Comparison, compare_samplers
from beamopt.rehearsal.forecast import forecast
from beamopt.rehearsal.prediction import Prediction
from beamopt.rehearsal.theory import Prescan, prescan_of

__all__ = ["Comparison", "Prediction", "Prescan", "compare_samplers", "forecast", "prescan_of"]
