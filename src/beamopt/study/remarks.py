"""What to mind about a setting: bounds that are the simulation's, and what another yardstick would say of it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.front import Redraw, recommend, role
from beamopt.measurement import METRICS
from beamopt.quantities import short
from beamopt.report import sentence
from beamopt.simulate import probe_radius
from beamopt.simulate.constraints import SPARE, UNLIT
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["WINDOW_BOUNDS", "bounds_said", "remarks"]

WINDOW_BOUNDS = ("probe_in_window", "field_left", "probe_in_camera_box")
"""Constraints that are of the simulated window, field and camera box, and of no microscope."""

_NEAR = 0.1  # of such a bound
_EXIT_WAVE = "information_exit_wave"


def remarks(trial: Trial, trials: Sequence[Trial], spec: StudySpec, redraws: Mapping[int, Redraw]) -> tuple[str, ...]:
    """Everything to mind about a finished trial, one sentence each.

    Parameters
    ----------
    trial
        It.
    trials
        All of the study's.
    spec
        The study.
    redraws
        Fresh noise draws by trial.
    """
    acquisition = spec.propose(trial.params).acquisition
    sentences = [*bounds_said(spec, acquisition, trial.constraints), _thick(spec, acquisition)]
    return tuple(one for one in [*sentences, _by_exit_wave(trial, trials, spec, redraws)] if one)


def bounds_said(spec: StudySpec, acquisition: Acquisition, margins: Mapping[str, float]) -> tuple[str, ...]:
    """Say which bounds of the simulation a setting breaks or comes near, and what to raise.

    Parameters
    ----------
    spec
        The study.
    acquisition
        The setting.
    margins
        Its constraints, as recorded.
    """
    diameter = 2 * probe_radius(acquisition, spec.sample.thickness)
    remedies: Mapping[str, Callable[[], str]] = {
        "probe_in_window": lambda: f"sample.window to {_up(diameter / (1 - SPARE) / (1 - _NEAR))}",
        "field_left": lambda: f"{_field(spec)} to {_up(diameter / UNLIT / (1 - _NEAR))}",
        "probe_in_camera_box": lambda: f"camera.pixels to {_pixels(acquisition, diameter)}",
    }
    sentences = []
    for name, remedy in remedies.items():
        limit = diameter - margins[name] if name in margins else math.inf
        if limit > 0 and diameter >= (1 - _NEAR) * limit:
            where = "is beyond" if diameter > limit else "is within 10 % of"
            sentences.append(
                f"the window bounds this advice, raise {remedy()}: a probe of {short(diameter)} Å {where} the "
                f"{short(limit)} Å that are simulated"
            )
    return tuple(sentences)


def _field(spec: StudySpec) -> str:
    return "sample.window" if spec.sample.field is None else "sample.field (and sample.window as far)"


def _up(length: float) -> int:
    """A whole length [Å] that is enough."""
    return math.ceil(length)


def _pixels(acquisition: Acquisition, diameter: float) -> int:
    """Even number of camera pixels whose box holds the probe with room to spare."""
    pixels = diameter / (1 - SPARE) / (1 - _NEAR) * 2e-3 * acquisition.detector_outer / acquisition.wavelength
    return 2 * math.ceil(pixels / 2)


def _thick(spec: StudySpec, acquisition: Acquisition) -> str:
    """Say that the specimen is thicker than the depth of field, empty where it is not."""
    depth, thickness = acquisition.wavelength / (acquisition.semiangle_cutoff * 1e-3) ** 2, spec.sample.thickness
    if thickness <= depth:
        return ""
    return (
        f"{short(thickness)} Å of specimen are thicker than the depth of field of {short(depth)} Å (λ/α²): no single "
        "plane holds all of it, and the projected potential is one way of judging the image among others"
    )


def _by_exit_wave(trial: Trial, trials: Sequence[Trial], spec: StudySpec, redraws: Mapping[int, Redraw]) -> str:
    """Say what would be recommended in the place of a trial if the exit wave were the truth.

    Empty where the trial is not recommended, or the study did not score images against the exit wave, or sought it.
    """
    goal = next((i for i, o in enumerate(spec.objectives) if o.score == "information"), None)
    chosen = recommend(trials, spec, redraws)
    if goal is None or trial.number not in {one.number for one in chosen}:
        return ""
    judged = [other for one in trials if (other := _judged(one, goal, spec)) is not None]
    mine = next((one for one in judged if one.number == trial.number), None)
    if mine is None:
        return ""
    instead = recommend(judged, spec)
    place = role(trial, chosen, spec)
    other = next((one for one in instead if role(one, instead, spec) == place), None)
    if other is None or other.number == trial.number:
        return "judged against the exit wave at mid-thickness the same setting is recommended" if other else ""
    unit = METRICS["information"].unit
    told = sentence(spec.propose(other.params).acquisition)
    return (
        f"judged against the exit wave at mid-thickness the {place} would be trial {other.number}, {told}: "
        f"{short(other.values[goal])} {unit} of it were recorded there, {short(mine.values[goal])} here"
    )


def _judged(trial: Trial, goal: int, spec: StudySpec) -> Trial | None:
    """A trial with what it tells about the exit wave in place of its information; None where nobody measured that."""
    told = trial.metrics.get(metric_names.score(spec.method_of(spec.objectives[goal]), _EXIT_WAVE))
    if trial.state != "finished" or told is None:
        return None
    return replace(trial, values=(*trial.values[:goal], told, *trial.values[goal + 1 :]))
