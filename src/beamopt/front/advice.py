"""Which settings are worth dialling: the knee of the front, one that costs less and one that tells more."""

from collections.abc import Mapping, Sequence

import numpy as np

from beamopt import metric_names
from beamopt.front.recommended import Role
from beamopt.front.redraw import CHOOSING, Redraw, drawn_in_vain, own_draws
from beamopt.front.trials import front_trials
from beamopt.front.volume import volume
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["likely", "recommend", "role", "traded_score"]

_LITTLE_MORE, _SEVERAL = 1.5, 2.0  # a setting is beaten where so much more dose tells so many times as much

_NOTHING: Mapping[int, Redraw] = {}


def recommend(
    trials: Sequence[Trial], spec: StudySpec, redraws: Mapping[int, Redraw] = _NOTHING, count: int = 3
) -> tuple[Trial, ...]:
    """Settings to dial, the knee of the front first, then one that costs less, then one that tells more.

    The knee is the setting that by itself dominates the largest volume on the scale of the search (`reference`); each
    of the others adds the most to it on its side. So no slot goes to a setting that hardly anything more of dose beats
    several times over, and none to one that tells no more than the knee beyond its noise.

    Parameters
    ----------
    trials
        All of them.
    spec
        The study; members whose image resolves nothing are passed over as long as others remain.
    redraws
        Fresh draws by trial, whose means stand in place of what the search recorded. What was recorded is the best of
        noisy points and rather too high, so that a setting which is passed over without fresh draws is so rightly.
    count
        How many at most.
    """
    lost = drawn_in_vain(redraws)
    open_to = [trial for trial in trials if trial.state == "finished" and trial.number not in lost]
    pool = [likely(trial, spec, redraws) for trial in _seeing(open_to, spec)]
    front = front_trials(pool, spec.objectives)
    if not front:
        return ()
    knee = max(front, key=lambda t: volume([t], spec))
    others = [t for t in front if t is not knee and not _outclassed(t, front, spec)]
    cheaper = [t for t in others if _cheaper(t, knee, spec)]
    dearer = [t for t in others if not _cheaper(t, knee, spec) and _tells_more(t, knee, spec, redraws)]
    best = [max(side, key=lambda t: volume([knee, t], spec)) for side in (cheaper, dearer) if side]
    recorded = {trial.number: trial for trial in trials}
    return tuple(recorded[trial.number] for trial in [knee, *best][:count])


def role(trial: Trial, chosen: Sequence[Trial], spec: StudySpec) -> Role:
    """What a recommended trial is among all that are: the first is the knee, or the best where nothing is traded."""
    if trial.number == chosen[0].number:
        return "knee" if len(spec.objectives) > 1 else "best"
    return "cheaper" if _cheaper(trial, chosen[0], spec) else "dearer"


def likely(trial: Trial, spec: StudySpec, redraws: Mapping[int, Redraw]) -> Trial:
    """A trial with the means of its fresh draws in place of what the search recorded, where it has any."""
    again = own_draws(trial, redraws)
    if again is None:
        return trial
    values = []
    for objective, recorded in zip(spec.objectives, trial.values, strict=True):
        draws = again.values(spec.qualified(objective), CHOOSING)
        values.append(float(np.mean(draws)) if draws else recorded)
    return Trial(
        number=trial.number, state=trial.state, params=trial.params, values=tuple(values), metrics=trial.metrics
    )


def traded_score(spec: StudySpec) -> str:
    """``method.score`` of the first objective that is a score; empty where only knobs are sought."""
    first = next(iter(spec.scored()), None)
    return spec.qualified(first) if first else ""


def _seeing(trials: Sequence[Trial], spec: StudySpec) -> tuple[Trial, ...]:
    """Trials without those whose image, by the method that the objectives judge, resolves nothing."""
    seeing = tuple(trial for trial in trials if not _blind(spec, trial))
    return seeing or tuple(trials)


def _blind(spec: StudySpec, trial: Trial) -> bool:
    return metric_names.unresolved(spec.judged()[0]) in trial.metrics


def _cheaper(trial: Trial, knee: Trial, spec: StudySpec) -> bool:
    """Whether a member of the front is better than the knee in dose, or else in the first objective."""
    metrics = [o.metric for o in spec.objectives]
    cost = metrics.index("dose_per_area") if "dose_per_area" in metrics else 0
    sign = 1 if spec.objectives[cost].direction == "minimize" else -1
    return sign * trial.values[cost] < sign * knee.values[cost]


def _tells_more(trial: Trial, knee: Trial, spec: StudySpec, redraws: Mapping[int, Redraw]) -> bool:
    """Whether something is gained over the knee beyond one standard error of the difference."""
    for place, objective in enumerate(spec.objectives):
        sign = 1 if objective.direction == "maximize" else -1
        gained = sign * (trial.values[place] - knee.values[place])
        draws = [
            again.values(spec.qualified(objective), CHOOSING)
            for one in (trial, knee)
            if (again := redraws.get(one.number)) is not None
        ]
        error = float(np.sqrt(sum(np.var(some, ddof=1) / len(some) for some in draws if len(some) > 1)))
        if gained > error:
            return True
    return False


def _outclassed(trial: Trial, others: Sequence[Trial], spec: StudySpec) -> bool:
    """Whether a little more dose tells several times as much."""
    metrics = [o.metric for o in spec.objectives]
    goal = next((i for i, o in enumerate(spec.objectives) if o.score), None)
    if "dose_per_area" not in metrics or goal is None:
        return False
    dose = metrics.index("dose_per_area")
    rises = spec.objectives[goal].direction == "maximize"

    def beats(one: Trial) -> bool:
        if one.values[dose] > _LITTLE_MORE * trial.values[dose]:
            return False
        mine, theirs = trial.values[goal], one.values[goal]
        return theirs >= _SEVERAL * mine if rises else theirs <= mine / _SEVERAL

    return any(beats(one) for one in others if one is not trial)
