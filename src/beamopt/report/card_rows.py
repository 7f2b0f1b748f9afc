"""What a method card says, row by row: what to dial, what the session takes, what to expect, what may drift."""

import math
from collections.abc import Mapping

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.address import command_line
from beamopt.measurement import METRICS
from beamopt.quantities import short, unit_of
from beamopt.report.card import MethodCard
from beamopt.report.facts import NOTHING, scores, unit_of_score
from beamopt.report.words import label
from beamopt.trial import Trial

__all__ = ["Rows", "dial_rows", "expected_rows", "session_said", "tolerance_rows"]

Rows = list[tuple[str, str]]
_USUAL = (256, 512)  # positions along each side of scans that people take


def dial_rows(card: MethodCard) -> Rows:
    """What is set at the column, in the order of an alignment."""
    a = card.acquisition
    dose = unit_of(Acquisition, "dose_per_area")
    camera = f"to {short(a.detector_outer)} mrad, {card.spec.camera.pixels} pixels across"
    return [
        ("voltage", f"{short(a.energy / 1e3)} kV"),
        ("convergence semi-angle", f"{short(a.semiangle_cutoff)} mrad"),
        ("defocus", _focus(a.defocus)),
        ("collection", camera),
        ("scan step", f"{short(a.scan_sampling)} Å"),
        ("field", f"at least {short(card.scanned)} Å along each side, {_extent(card)}; larger at will"),
        ("dose", f"{short(a.dose_per_area)} {dose}, {short(a.electrons_per_pattern)} electrons per pattern"),
        ("probe", f"radius {short(a.probe_radius)} Å, neighbours overlap by {a.linear_overlap:.0%}"),
        *((label(n), f"{short(v)} {unit_of(Acquisition, n)}".rstrip()) for n, v in a.unusual().items()),
    ]


def session_said(card: MethodCard) -> Rows:
    """Current, dwell, time, data and camera length on the study's instrument; empty where it named none."""
    known, whole = card.dialled, f"for {card.positions} positions"
    if not known:
        return []
    instrument = card.spec.instrument
    rows = [("instrument", f"{instrument.detector} on {instrument.column}")] if instrument is not None else []
    rows += [
        ("camera length", f"{short(known['camera_length'])} mm: the edge of the detector is the collection angle"),
        ("probe current", f"{short(known['current'])} pA"),
        ("dwell", f"{short(known['dwell'])} µs per position"),
        ("dose rate", f"{short(known['dose_rate'])} e/Å²/s inside the probe"),
        ("time of the scan", f"{_seconds(known['scan_time'])} {whole}, without flyback; {_usual(known)}"),
        ("data", f"{_bytes(known['data_size'])} {whole}; {_usual_data(known)}"),
    ]
    return rows


def expected_rows(card: MethodCard) -> Rows:
    """Scores of the card's method, by fresh noise where it was drawn again, and what a session leaves of them."""
    told = scores(card.trial, card.method)
    again = {} if card.advice is None else card.advice.expected
    rows = []
    for name, text in told.items():
        fresh, unit = again.get(metric_names.score(card.method, name)), METRICS[name].unit
        if text == NOTHING:
            rows.append((label(name), text))
        else:
            rows.append((label(name), f"{text} {unit}".strip() if fresh is None else fresh.in_words(unit)))
    rows += _of_limits(card.trial.metrics, card.method)
    if not again:
        rows.append(("noise", _luck(card.trial)))
    if card.more_dose:
        rows.append(("unused dose", card.more_dose))
    robustness = card.robustness
    if robustness is not None:
        unit = unit_of_score(robustness.metric)
        rows.append(
            (
                f"{label(robustness.metric)} in a session",
                f"{short(robustness.expected.mean)} ± {robustness.expected.std:.1g} {unit}; "
                f"at worst {short(robustness.worst.mean)} {unit} ({label(robustness.worst.name)})",
            )
        )
    return rows


def _luck(trial: Trial) -> str:
    """What may be wrong with values that were not drawn again."""
    draws = round(trial.metrics.get("replicates", 0))
    seen = {0: "", 1: ", from one noise draw"}.get(draws, f", from {draws} noise draws")
    return f"as the search recorded it{seen}; it was kept for being good, and fresh noise will give rather less"


def _of_limits(metrics: Mapping[str, float], method: str) -> Rows:
    """Information as a share of what physics allows, where the trial was recorded with it."""
    named = {
        "linear": "what a linear method attains",
        "full": "this measurement's ceiling",
        "quantum": "the quantum limit",
    }
    shares = {description: metrics.get(metric_names.efficiency(method, limit)) for limit, description in named.items()}
    told = ", ".join(f"{share:.0%} of {description}" for description, share in shares.items() if share is not None)
    return [("against the limits", told)] if told else []


def tolerance_rows(card: MethodCard) -> Rows:
    """How far each knob may be off; one row that says so where nobody measured it."""
    robustness = card.robustness
    if robustness is None or not robustness.tolerances:
        command = command_line(["robust", card.spec.name, "--trial", str(card.trial.number), *card.where])
        return [("tolerance of the knobs", f"not measured; run {command}")]
    return [
        (
            label(name),
            " and ".join(
                [
                    *_side(t.low, t.unit, t.low_range, beyond=t.low_is_beyond),
                    *_side(t.high, t.unit, t.high_range, beyond=t.high_is_beyond),
                ]
            )
            + (f": {t.told}" if t.told else ""),
        )
        for name, t in robustness.tolerances.items()
    ]


def _extent(card: MethodCard) -> str:
    """How many positions the field has, or, where nobody counted them, the steps that reach along it."""
    if card.positions is not None:
        return f"{card.positions} positions in all as simulated"
    return f"{math.ceil(card.scanned / card.acquisition.scan_sampling - 1e-6)} steps or more"


def _focus(defocus: float) -> str:
    """Defocus with its sign said in words and as C10, so that no convention can turn it round."""
    if not round(defocus):
        return "in focus at the entrance surface (C10 = 0)"
    side = "underfocus" if defocus > 0 else "overfocus"
    where = "below" if defocus > 0 else "above"
    coefficient = f"C10 = {-defocus:+.0f} Å".replace(" ", "\u00a0")  # never torn apart at the end of a line
    return f"{short(abs(defocus))} Å {side}: crossover {where} the entrance surface, {coefficient}"


def _side(value: float | None, unit: str, open_: tuple[float, float] | None, *, beyond: bool) -> list[str]:
    """One side of a tolerance, with the range that noise leaves open."""
    if value is None:
        return []
    between = "" if open_ is None else f" ({open_[0]:+.2g} to {open_[1]:+.2g})"
    return [f"{'beyond ' if beyond else ''}{value:+.3g} {unit}".strip() + between]


def _seconds(value: float) -> str:
    return f"{short(value)} s" if value < 120 else f"{value / 60:.1f} min"


def _bytes(gigabytes: float) -> str:
    return f"{short(gigabytes)} GB" if gigabytes >= 1 else f"{short(1e3 * gigabytes)} MB"


def _usual(known: Mapping[str, float]) -> str:
    return ", ".join(f"{_seconds(known['dwell'] * 1e-6 * side**2)} for {side} × {side}" for side in _USUAL)


def _usual_data(known: Mapping[str, float]) -> str:
    positions = known["scan_time"] / (known["dwell"] * 1e-6)
    return ", ".join(f"{_bytes(known['data_size'] / positions * side**2)} for {side} × {side}" for side in _USUAL)
