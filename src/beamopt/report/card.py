"""The method card: what an operator dials for one trial, and what to expect."""

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from beamopt.acquisition import Acquisition
from beamopt.front import Recommended
from beamopt.instrument.timing import dwell_time
from beamopt.measurement import METRICS
from beamopt.quantities import short, unit_of
from beamopt.report.facts import NOTHING, scores, session_numbers, unit_of_score, valued
from beamopt.report.figures import label
from beamopt.report.idealised import left_out
from beamopt.report.review import Review
from beamopt.spec import StudySpec
from beamopt.trial import Trial

if TYPE_CHECKING:  # slow to load, and not needed to hold one
    from beamopt.sessions import Robustness

__all__ = ["MethodCard", "Rows", "dial_rows", "expected_rows", "method_card", "session_said", "tolerance_rows"]

Rows = list[tuple[str, str]]
_USUAL = (256, 512)  # positions along each side of scans that people take


@dataclass(frozen=True, kw_only=True)
class MethodCard:
    """One recommended setting.

    Parameters
    ----------
    spec
        The study it comes from.
    trial
        The trial.
    method
        Reconstruction method that its score belongs to.
    acquisition
        What to set.
    on_front
        Whether no other trial beats it.
    reached
        Its objectives in words.
    session
        Fields of `SessionNumbers` in their units, as recorded at the step that was simulated; empty where the study
        named no instrument.
    advice
        What is said of it as a recommended setting; None where it is none.
    robustness
        What was measured about its tolerance; None where nothing was.
    pictures
        Name to PNG file.
    asked
        What was asked for, in words.
    assumptions, kept_out
        As of `Review`.
    more_dose
        What the dose that is allowed and not used would have told, in words; empty where it is used.
    home
        Project folder where it is not the default; empty otherwise.
    version
        Of beamopt.
    """

    spec: StudySpec
    trial: Trial
    method: str
    acquisition: Acquisition
    on_front: bool
    reached: str
    session: Mapping[str, float] = field(default_factory=dict)
    advice: Recommended | None = None
    robustness: "Robustness | None" = None
    pictures: Mapping[str, Path] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    asked: str = ""
    kept_out: tuple[str, ...] = ()
    more_dose: str = ""
    home: str = ""
    version: str = ""

    @property
    def scanned(self) -> float:
        """Least side of the simulated scan [Å]."""
        return self.spec.sample.field or self.spec.sample.window

    @property
    def positions(self) -> int | None:
        """Positions of the simulated scan, folded to whole cells of the crystal; None without an instrument."""
        return round(self.session["scan_time"] / (self.session["dwell"] * 1e-6)) if self.session else None

    @property
    def dialled(self) -> Mapping[str, float]:
        """Session numbers at the step that the card asks for; the simulated step differs by up to 2 %.

        The dwell is that in which the current brings the card's electrons per pattern, and the scan takes as long for
        each of its positions.
        """
        known = self.session
        if not known:
            return known
        dwell = dwell_time(self.acquisition.electrons_per_pattern, known["current"])
        return {**known, "dwell": dwell, "scan_time": known["scan_time"] * dwell / known["dwell"]}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to mind about the setting."""
        return (*(() if self.advice is None else self.advice.remarks), *self.kept_out)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the study could take into account and does not."""
        return left_out(self.spec)

    @property
    def title(self) -> str:
        """Headline."""
        return f"{self.spec.name}, trial {self.trial.number}"


def method_card(review: Review, trial: Trial, asked: str = "", *, more_dose: str = "", home: str = "") -> MethodCard:
    """The card of one finished trial.

    Parameters
    ----------
    review
        The study.
    trial
        One of its finished trials.
    asked, more_dose, home
        As of `MethodCard`.
    """
    return MethodCard(
        spec=review.spec,
        trial=trial,
        method=review.spec.judged()[0],
        acquisition=review.spec.propose(trial.params).acquisition,
        on_front=trial.number in {t.number for t in review.front},
        reached=valued(review, trial),
        session=session_numbers(trial),
        advice=review.advice.get(trial.number),
        robustness=review.robustness.get(trial.number),
        pictures=review.pictures.get(trial.number, {}),
        assumptions=review.assumptions,
        asked=asked,
        kept_out=review.kept_out,
        more_dose=more_dose,
        home=home,
        version=review.versions.get("beamopt", ""),
    )


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
    for name, said in told.items():
        fresh, unit = again.get(f"{card.method}.{name}"), METRICS[name].unit
        if said == NOTHING:
            rows.append((label(name), said))
        else:
            rows.append((label(name), f"{said} {unit}".strip() if fresh is None else fresh.said(unit)))
    rows += _of_limits(card.trial.metrics, card.method)
    if not again:
        rows.append(("noise", _luck(card.trial)))
    if card.more_dose:
        rows.append(("unused dose", card.more_dose))
    found = card.robustness
    if found is not None:
        unit = unit_of_score(found.metric)
        rows.append(
            (
                f"{label(found.metric)} in a session",
                f"{short(found.expected.mean)} ± {found.expected.std:.1g} {unit}; at worst {short(found.worst.mean)} "
                f"{unit} ({label(found.worst.name)})",
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
    named = {"": "what a linear method attains", "_full": "this measurement's ceiling", "_quantum": "the quantum limit"}
    shares = {said: metrics.get(f"efficiency{kind}.{method}") for kind, said in named.items()}
    told = ", ".join(f"{share:.0%} of {said}" for said, share in shares.items() if share is not None)
    return [("against the limits", told)] if told else []


def tolerance_rows(card: MethodCard) -> Rows:
    """How far each knob may be off; one row that says so where nobody measured it."""
    found = card.robustness
    if found is None or not found.tolerances:
        where = f" --home {shlex.quote(card.home)}" if card.home else ""
        command = f"beamopt robust {card.spec.name} --trial {card.trial.number}{where}"
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
        for name, t in found.tolerances.items()
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
