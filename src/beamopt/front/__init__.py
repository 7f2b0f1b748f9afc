"""Which trials count: the front, its hypervolume, its noise, and the settings that are recommended."""

from beamopt.front.advice import likely, recommend, role, traded_score
from beamopt.front.chosen import choose, more_dose
from beamopt.front.halved import Halved, halves, traded
from beamopt.front.noise import Expected, expected_of, interval, noise_of, spread
from beamopt.front.recommended import Recommended, promised
from beamopt.front.redraw import CHOOSING, TELLING, Redraw
from beamopt.front.trials import front_trials
from beamopt.front.volume import history, history_of, on_scale, reference, volume, volume_of, volume_unit

__all__ = [
    "CHOOSING",
    "TELLING",
    "Expected",
    "Halved",
    "Recommended",
    "Redraw",
    "choose",
    "expected_of",
    "front_trials",
    "halves",
    "history",
    "history_of",
    "interval",
    "likely",
    "more_dose",
    "noise_of",
    "on_scale",
    "promised",
    "recommend",
    "reference",
    "role",
    "spread",
    "traded",
    "traded_score",
    "volume",
    "volume_of",
    "volume_unit",
]
