"""The trial that a sample's dose allows: the most of what the study traded for dose, within what the user sets."""

from collections.abc import Callable, Mapping, Sequence

from beamopt import metric_names
from beamopt.errors import InputError, NothingFeasibleError
from beamopt.front.advice import likely
from beamopt.front.redraw import Redraw, drawn_in_vain, own_draws
from beamopt.front.trials import front_trials
from beamopt.quantities import short
from beamopt.spec import Objective, StudySpec
from beamopt.trial import Trial

__all__ = ["choose", "more_dose"]

_NOTHING: Mapping[int, Redraw] = {}


def choose(
    spec: StudySpec,
    trials: Sequence[Trial],
    *,
    max_dose: float,
    min_resolution: float | None = None,
    redraws: Mapping[int, Redraw] = _NOTHING,
) -> Trial:
    """Best trial with at most this dose and at least this resolution.

    A trial of the front is preferred; where the resolution rules all of them out, the best of the others is taken. What
    a trial is worth is the mean of its fresh draws; one without any is taken for as much less than it was recorded with
    as those that have some turned out.

    Parameters
    ----------
    spec
        The study; the first objective that is not the dose says what is best.
    trials
        All of them.
    max_dose
        Most electrons per area that the sample may receive [e/Å²].
    min_resolution
        Coarsest spacing [Å] that the image must still resolve (`frc_resolution` of the same method); any where None.
    redraws
        Fresh draws by trial.

    Returns
    -------
    Trial

    Raises
    ------
    InputError
        If a limit is not above 0, or the study sought nothing but a low dose.
    NothingFeasibleError
        If no trial qualifies; names the nearest.
    """
    _require_positive("--max-dose", max_dose, "e/Å²")
    if min_resolution is not None:
        _require_positive("--min-resolution", min_resolution, "Å")
    goal = _goal(spec)
    lost = drawn_in_vain(redraws)
    finished = [t for t in trials if t.state == "finished" and t.number not in lost]
    if not finished:
        raise NothingFeasibleError(f"{spec.name} has no finished trial; run beamopt study {spec.name} first")

    def dose(trial: Trial) -> float:
        return _dose(spec, trial)

    def resolution(trial: Trial) -> float:
        return _resolution(spec, goal, trial)

    gentle = [t for t in finished if dose(t) <= max_dose * (1 + 1e-9)]
    if not gentle:
        raise NothingFeasibleError(_too_much(spec, min(finished, key=dose), dose, max_dose))
    sharp = [t for t in gentle if min_resolution is None or resolution(t) <= min_resolution]
    if not sharp:
        nearest = min(gentle, key=resolution)
        raise NothingFeasibleError(
            f"no trial of {spec.name} with at most {short(max_dose)} e/Å² resolves {short(min_resolution or 0)} Å; "
            f"the nearest, trial {nearest.number}, resolves {short(resolution(nearest))} Å with "
            f"{short(dose(nearest))} e/Å²; raise --max-dose or --min-resolution, or run more trials"
        )
    front = {t.number for t in front_trials(finished, spec.objectives)}
    at, sign = spec.objectives.index(goal), 1 if goal.direction == "maximize" else -1
    known = [t for t in sharp if t.number in front] or sharp
    fresh = {t.number: likely(t, spec, redraws).values[at] for t in finished if own_draws(t, redraws)}
    recorded = sum(t.values[at] for t in finished if t.number in fresh)
    kept = sum(fresh.values()) / recorded if recorded else 1.0
    return max(known, key=lambda t: (sign * fresh.get(t.number, kept * t.values[at]), -dose(t)))


def more_dose(
    spec: StudySpec, trials: Sequence[Trial], chosen: Trial, *, max_dose: float, min_resolution: float | None = None
) -> str:
    """What the allowed dose that the chosen trial leaves unused would have told; empty where it uses half or more.

    Parameters
    ----------
    spec, trials, max_dose, min_resolution
        As `choose` was given.
    chosen
        What it answered.
    """
    used, goal = _dose(spec, chosen), _goal(spec)
    if used >= max_dose / 2:
        return ""
    least = float("inf") if min_resolution is None else min_resolution
    rivals = [
        t
        for t in trials
        if t.state == "finished" and used < _dose(spec, t) <= max_dose and _resolution(spec, goal, t) <= least
    ]
    span = f"between {short(used)} and {short(max_dose)} e/Å²"
    if not rivals:
        return f"more dose was not tried: no finished trial that qualifies lies {span}; raise the searched dose to know"
    at, sign = spec.objectives.index(goal), 1 if goal.direction == "maximize" else -1
    best = max(rivals, key=lambda t: sign * t.values[at])
    if sign * best.values[at] > sign * chosen.values[at]:
        return ""
    best_score = f"{goal.metric} {short(best.values[at])} {goal.unit}".strip()
    count = "1 trial" if len(rivals) == 1 else f"{len(rivals)} trials"
    told = f"the best of {count} {span}, trial {best.number} with {short(_dose(spec, best))} e/Å²"
    return f"more dose told no more: {told}, reached {best_score}"


def _dose(spec: StudySpec, trial: Trial) -> float:
    return spec.propose(trial.params).acquisition.dose_per_area


def _resolution(spec: StudySpec, goal: Objective, trial: Trial) -> float:
    method = spec.method_of(goal) or spec.methods[0]
    return trial.metrics.get(metric_names.score(method, "frc_resolution"), float("inf"))


def _goal(spec: StudySpec) -> Objective:
    goal = next((o for o in spec.objectives if o.metric != "dose_per_area"), None)
    if goal is None:
        raise InputError(f"{spec.name} sought a low dose and nothing else; add an objective such as information")
    return goal


def _require_positive(option: str, value: float, unit: str) -> None:
    if not 0 < value < float("inf"):
        raise InputError(f"{option} {value:g}: give a number above 0 in {unit}")


def _too_much(spec: StudySpec, gentlest: Trial, dose: Callable[[Trial], float], max_dose: float) -> str:
    return (
        f"no trial of {spec.name} needs at most {short(max_dose)} e/Å²; the gentlest, trial {gentlest.number}, needs "
        f"{short(dose(gentlest))} e/Å²; raise --max-dose, or search lower doses"
    )
