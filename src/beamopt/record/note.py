"""The texts people read first on the pages of a study and of its trials in MLflow."""

import csv
import html
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.measurement import METRICS
from beamopt.quantities import unit_of
from beamopt.record.colours import coloured_knob
from beamopt.record.pages import charts_page, troubled_page
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["note", "safe", "table", "trial_note"]

_ROWS = 30  # of the front; all of them are in front.csv
_FIGURES = {"front.png": "The front", "hypervolume.png": "How it grew"}
_SHEET = "phase [rad] on one grey scale: truth, reconstruction, difference"
_SHEETS = {"pattern": "one pattern (square root): without noise, counted"}


def note(
    spec: StudySpec,
    trials: Sequence[Trial],
    front: Sequence[Mapping[str, object]],
    *,
    place: tuple[str, str],
    figures: Iterable[str] = (),
    recommended: Sequence[str] = (),
) -> str:
    """Markdown of a study's page: what was asked, what became of the trials, what to dial, and the front.

    Parameters
    ----------
    spec
        The study.
    trials
        All of them.
    front
        One row per trial on the front, the same columns in each, units in the names.
    place
        Identifiers of the experiment and of the study's run.
    figures
        Names of the study's pictures.
    recommended
        Settings to dial, one sentence each.
    """
    states = Counter(trial.state for trial in trials)
    goals = ", ".join(
        f"{o.metric} [{o.unit}] {o.direction}d" if o.unit else f"{o.metric} {o.direction}d" for o in spec.objectives
    )
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none yet"
    lines = [f"### {safe(spec.title or spec.name)}", "", f"Objectives: {goals}. Trials: {counted}.", ""]
    lines += [f"[Every trial in charts]({charts_page(*place)}){_legend(spec)}", ""]
    if any(trial.state in ("infeasible", "failed") for trial in trials):
        lines += [f"[Infeasible and failed trials with their reasons]({troubled_page(*place)})", ""]
    if recommended:
        lines += ["#### Recommended", "", *(f"* {safe(sentence)}" for sentence in recommended), ""]
    for name in figures:
        lines += [f"#### {_FIGURES.get(name, safe(name))}", "", _image(place[1], name), ""]
    if front:
        columns = list(front[0])
        lines += [f"| {' | '.join(map(safe, columns))} |", f"|{' --- |' * len(columns)}"]
        lines += [f"| {' | '.join(_cell(row[column]) for column in columns)} |" for row in front[:_ROWS]]
        lines += ["", "The whole front is in the artifact `front.csv`."]
    return "\n".join(lines)


def trial_note(spec: StudySpec, trial: Trial, run_id: str, pictures: Iterable[str]) -> str:
    """Markdown of a trial's page: what was set, what came out, what was seen.

    Parameters
    ----------
    spec
        The study.
    trial
        In a final state.
    run_id
        The trial's run.
    pictures
        Names of its PNG files.
    """
    lines = [f"### Trial {trial.number} of {safe(spec.name)}: {trial.state}", ""]
    lines += [f"**Why:** {safe(trial.reason)}", ""] if trial.reason else []
    for name in pictures:
        group = name.removesuffix(".png")
        caption = "correlation with the truth" if group == "frc" else _SHEETS.get(group, _SHEET)
        lines += [f"**{safe(group)}**: {caption}", "", _image(run_id, name), ""]
    lines += _scores(spec, trial)
    lines += ["| set | |", "| --- | --- |"]
    lines += [f"| {name} | {_cell(value)} {_unit(name)} |" for name, value in trial.params.items()]
    return "\n".join(lines)


def table(rows: Sequence[Mapping[str, object]]) -> str:
    r"""Comma-separated values, full precision.

    Examples
    --------
    >>> table([{"trial": 3, "dose [e/Å²]": 12.5}])
    'trial,dose [e/Å²]\n3,12.5\n'
    """
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def safe(text: str) -> str:
    r"""Text that markdown and HTML show as it is written.

    Examples
    --------
    >>> safe("<b>[x](y)|")
    '&lt;b&gt;&#91;x&#93;(y)\\|'
    """
    plain = html.escape(" ".join(text.split()), quote=False)
    return plain.replace("[", "&#91;").replace("]", "&#93;").replace("`", "&#96;").replace("|", "\\|")


def _scores(spec: StudySpec, trial: Trial) -> list[str]:
    """Every score of every method beside the limits, where they were computed."""
    held = {m: [trial.metrics.get(metric_names.score(m, score)) for score in METRICS] for m in spec.methods}
    rows = {m: values for m, values in held.items() if any(value is not None for value in values)}
    if not rows:
        return []
    heads = [f"{name} [{m.unit}]" if m.unit else name for name, m in METRICS.items()]
    lines = [f"| method | {' | '.join(map(safe, heads))} |", f"|{' --- |' * (len(heads) + 1)}"]
    lines += [f"| {m} | {' | '.join('' if v is None else _cell(v) for v in vs)} |" for m, vs in rows.items()]
    bounds = metric_names.limits_in(trial.metrics)
    unit = METRICS["information"].unit
    lines += [f"| limit: {name} | {_cell(value)} {'|' * len(heads)}" for name, value in bounds.items()]
    return (
        [*lines, "", f"Limits: information [{unit}] that physics allows this setting.", ""] if bounds else [*lines, ""]
    )


def _legend(spec: StudySpec) -> str:
    knob = coloured_knob(spec)
    if not knob:
        return ""
    searched = spec.searched()[knob]
    return f"; colour: {knob}, dark blue {searched.low:g} to yellow {searched.high:g} {_unit(knob)}".rstrip()


def _unit(name: str) -> str:
    return unit_of(Acquisition, name) if name in Acquisition.knobs() else ""


def _image(run_id: str, name: str) -> str:
    """An artifact, by the address under which MLflow's own page fetches it."""
    return f"![{safe(name)}](get-artifact?path={quote(name)}&run_uuid={run_id})"


def _cell(value: object) -> str:
    return safe(f"{value:.4g}" if isinstance(value, float) else str(value))
