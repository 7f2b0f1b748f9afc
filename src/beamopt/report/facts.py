"""What a page says about a study and each of its trials, as plain text with units."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.front import Halved, halves, interval, traded
from beamopt.instrument import SessionNumbers
from beamopt.measurement import METRICS
from beamopt.quantities import short, unit_of
from beamopt.report.measured import LIMITS
from beamopt.report.review import Review
from beamopt.report.words import label, plus_minus, sentence
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = [
    "NOTHING",
    "halving_rows",
    "reasons",
    "reproduction",
    "scores",
    "session_numbers",
    "session_rows",
    "study_rows",
    "trial_facts",
    "trial_table",
    "unit_of_score",
    "valued",
]

Rows = list[tuple[str, str]]
NOTHING = "nothing resolved"


def study_rows(review: Review) -> Rows:
    """What was asked: sample, beam, methods, objectives, trials."""
    spec, counts = review.spec, Counter(t.state for t in review.trials)
    sample = spec.sample
    axis = "" if sample.zone_axis is None else f" along [{' '.join(map(str, sample.zone_axis))}]"
    instrument = spec.instrument
    return [
        ("sample", f"{sample.name or sample.file}{axis}, {sample.thickness:g} Å thick"),
        ("beam", f"{spec.energy / 1e3:g} keV"),
        ("instrument", "none named" if instrument is None else f"{instrument.detector} on {instrument.column}"),
        ("methods", ", ".join(label(m) for m in spec.methods)),
        ("objectives", ", ".join(f"{label(o.metric, o.unit)} {o.direction}d" for o in spec.objectives)),
        ("trials", ", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "none yet"),
    ]


def valued(review: Review, trial: Trial) -> str:
    """The objectives a trial reached, with half of Student's 95 % interval where it was drawn more than once.

    Examples
    --------
    ``information 0.812 ± 0.01 bits/Å²``.
    """
    parts = []
    for objective, value in zip(review.spec.objectives, trial.values, strict=True):
        around = plus_minus(value, interval(trial, review.spec.qualified(objective)))
        parts.append(f"{label(objective.metric)} {short(value)}{around} {objective.unit}".strip())
    return ", ".join(parts)


def trial_facts(review: Review, trial: Trial) -> dict[str, Any]:
    """Everything a page shows when a trial is chosen: setting, scores, session numbers, limits."""
    acquisition = review.spec.propose(trial.params).acquisition
    other = [(label(n), short(v)) for n, v in trial.params.items() if n not in Acquisition.knobs()]
    return {
        "number": trial.number,
        "said": sentence(acquisition),
        "reached": valued(review, trial),
        "setting": [*_setting(acquisition), *other],
        "session": session_rows(trial),
        "limits": _limits(trial),
        "scores": {
            "head": ["method", *(label(n, m.unit) for n, m in METRICS.items())],
            "rows": [[label(m), *_scores(trial, m)] for m in review.spec.methods],
        },
    }


def trial_table(review: Review, trials: tuple[Trial, ...]) -> dict[str, Any]:
    """Trials as a table: number, objectives, searched parameters; units in the head."""
    goals = [o.metric for o in review.spec.objectives]
    knobs = [n for n in review.spec.searched() if n not in goals]
    units = {n: unit_of(Acquisition, n) if n in Acquisition.knobs() else "" for n in knobs}
    head = ["trial", *(label(o.metric, o.unit) for o in review.spec.objectives), *(label(n, units[n]) for n in knobs)]
    rows = [
        {"number": t.number, "cells": [*map(short, t.values), *(short(t.params[k]) for k in knobs if k in t.params)]}
        for t in trials
    ]
    return {"head": head, "rows": rows}


def halving_rows(review: Review) -> dict[str, Any]:
    """The front beside what half the dose leaves; nothing where the study does not trade dose."""
    goal = traded(review.spec.objectives)
    if goal is None:
        return {"head": [], "rows": []}
    dose = label("dose_per_area", "e/Å²")
    head = ["trial", dose, label(goal.metric, goal.unit), "best with half", dose, label(goal.metric, goal.unit)]
    rows = [[*_cells(one), _moved(review.spec, one)] for one in halves(review.trials, review.spec.objectives)]
    return {"head": [*head, "kept", "the setting moves"], "rows": rows}


def session_rows(trial: Trial) -> Rows:
    """What the operator sets and waits for, where the study named an instrument."""
    units = {field.name: unit_of(SessionNumbers, field.name) for field in fields(SessionNumbers)}
    return [(label(name), f"{short(value)} {units[name]}") for name, value in session_numbers(trial).items()]


def session_numbers(trial: Trial) -> dict[str, float]:
    """The fields of `SessionNumbers` that a trial was recorded with, in their units; empty without an instrument.

    Examples
    --------
    >>> session_numbers(Trial(number=0, state="finished", params={}, metrics={"session.dwell_microseconds": 20.0}))
    {'dwell': 20.0}
    """
    names = [field.name for field in fields(SessionNumbers)]
    kept = metric_names.session_in(trial.metrics)
    numbers = {name: [v for key, v in kept.items() if key.startswith(f"{name}_")] for name in names}
    return {name: values[0] for name, values in numbers.items() if values}


def reasons(review: Review) -> list[tuple[str, str, int, str]]:
    """Why trials were infeasible or failed: state, first words, how many, one example in full."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for trial in review.trials:
        if trial.state in ("infeasible", "failed"):
            broken = next((n for n, m in trial.constraints.items() if m > 0), "")
            grouped.setdefault((trial.state, label(broken) or "no constraint"), []).append(trial.reason)
    ranked = sorted(grouped.items(), key=lambda pair: -len(pair[1]))
    return [(state, broken, len(examples), examples[0]) for (state, broken), examples in ranked]


def reproduction(review: Review) -> Rows:
    """Fingerprint, seed and versions."""
    spec = review.spec
    return [("fingerprint", spec.fingerprint()), ("seed", str(spec.seed)), *review.versions.items()]


def unit_of_score(metric: str) -> str:
    """Unit of a score, empty for a pure number."""
    return METRICS[metric].unit if metric in METRICS else ""


def scores(trial: Trial, method: str) -> dict[str, str]:
    """Each score of a method that a trial has, with half of its 95 % interval, without its unit.

    Parameters
    ----------
    trial
        With what it was recorded with.
    method
        Reconstruction method.
    """
    told = {}
    for name in METRICS:
        recorded = metric_names.score(method, name)
        value = trial.metrics.get(recorded)
        if value is not None:
            blind = name == "frc_resolution" and metric_names.unresolved(method) in trial.metrics
            around = plus_minus(value, interval(trial, recorded))
            told[name] = NOTHING if blind else short(value) + around
            unsure = name == "information" and metric_names.doubtful(method) in trial.metrics
            told[name] += " (doubtful)" if unsure else ""
    return told


def _setting(acquisition: Acquisition) -> Rows:
    rows = [(label(n), f"{short(getattr(acquisition, n))} {unit_of(Acquisition, n)}") for n in Acquisition.knobs()]
    more = ("electrons_per_pattern", "probe_radius")
    rows += [(label(n), f"{short(getattr(acquisition, n))} {unit_of(Acquisition, n)}") for n in more]
    return [*rows, ("linear overlap", f"{acquisition.linear_overlap:.0%}")]


def _scores(trial: Trial, method: str) -> list[str]:
    told = scores(trial, method)
    return [told.get(name, "") for name in METRICS]


def _limits(trial: Trial) -> Rows:
    known = metric_names.limits_in(trial.metrics)
    limits = [(f"{name} limit", f"{short(known[name])} bits/Å²") for name in LIMITS if name in known]
    shares = [
        (f"{label(method)}: share of the linear limit", f"{share:.0%}")
        for method, share in metric_names.shares_in(trial.metrics).items()
    ]
    return [*limits, *shares]


def _cells(one: Halved) -> list[str]:
    gentle = ["", "", ""] if one.half is None else [str(one.half.number), short(one.half_dose), short(one.half_value)]
    kept = "" if one.kept is None else f"{one.kept:.0%}"
    return [str(one.trial.number), short(one.dose), short(one.value), *gentle, kept]


def _moved(spec: StudySpec, one: Halved) -> str:
    """Knobs that change by more than a tenth of their searched range."""
    if one.half is None:
        return "no trial was that gentle"
    before, after = one.trial.params, one.half.params
    moved = [
        f"{label(name)} {short(before[name])} to {short(after[name])} {_unit(name)}".strip()
        for name in spec.searched()
        if name != "dose_per_area" and _far(spec, name, before, after)
    ]
    return ", ".join(moved) or "hardly"


def _unit(name: str) -> str:
    return unit_of(Acquisition, name) if name in Acquisition.knobs() else ""


def _far(spec: StudySpec, name: str, before: Mapping[str, float], after: Mapping[str, float]) -> bool:
    knob = spec.searched()[name]
    return abs(before[name] - after[name]) > 0.1 * (knob.high - knob.low)
