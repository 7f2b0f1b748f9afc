"""The colour of a trial in every chart: its semi-angle, from dark blue (low) to yellow (high)."""

import math

from matplotlib import colormaps
from matplotlib.colors import to_hex

from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["colour_of", "coloured_knob"]

_MAP = colormaps["cividis"]  # as in the report: told apart by everybody, and in grey


def coloured_knob(spec: StudySpec) -> str:
    """Searched parameter that colours trials: the semi-angle, else the first that is no objective; maybe none."""
    goals = {objective.metric for objective in spec.objectives}
    knobs = [name for name in spec.searched() if name not in goals]
    return "semiangle_cutoff" if "semiangle_cutoff" in knobs else next(iter(knobs), "")


def colour_of(spec: StudySpec, trial: Trial) -> str:
    """Colour as MLflow takes it, for instance ``#7d7c78``; empty where there is nothing to colour by."""
    knob = coloured_knob(spec)
    if not knob or knob not in trial.params:
        return ""
    searched = spec.searched()[knob]
    low, value, high = searched.low, trial.params[knob], searched.high
    if searched.log and value > 0:
        low, value, high = math.log(low), math.log(value), math.log(high)
    return str(to_hex(_MAP((value - low) / (high - low) if high > low else 0.5)))
