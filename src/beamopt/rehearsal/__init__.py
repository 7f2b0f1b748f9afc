"""What can be known of a study before its first trial: theory, costs, and which sampler would find what."""

from typing import TYPE_CHECKING

from beamopt.lazy import on_use

if TYPE_CHECKING:
    from beamopt.rehearsal.comparison import Comparison, compare_samplers
    from beamopt.rehearsal.implications import forecast
    from beamopt.rehearsal.prediction import Prediction
    from beamopt.rehearsal.theory import Prescan, prescan_of

__all__ = ["Comparison", "Prediction", "Prescan", "compare_samplers", "forecast", "prescan_of"]

_HOMES = {
    "Comparison": "beamopt.rehearsal.comparison",
    "Prediction": "beamopt.rehearsal.prediction",
    "Prescan": "beamopt.rehearsal.theory",
    "compare_samplers": "beamopt.rehearsal.comparison",
    "forecast": "beamopt.rehearsal.implications",
    "prescan_of": "beamopt.rehearsal.theory",
}

__getattr__, __dir__ = on_use(__name__, _HOMES)
