"""The method card: what an operator dials for one trial, and what to expect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from beamopt.acquisition import Acquisition
from beamopt.front import Recommended
from beamopt.instrument.timing import dwell_time
from beamopt.report.facts import session_numbers, valued
from beamopt.report.idealised import left_out
from beamopt.report.review import Review
from beamopt.spec import StudySpec
from beamopt.trial import Trial

if TYPE_CHECKING:  # slow to load, and not needed to hold one
    from beamopt.sessions import Robustness

__all__ = ["MethodCard", "method_card"]


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
    where
        Options of a command that say where the study is; empty where it is in the default place.
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
    where: tuple[str, ...] = ()
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


def method_card(
    review: Review, trial: Trial, asked: str = "", *, more_dose: str = "", where: tuple[str, ...] = ()
) -> MethodCard:
    """The card of one finished trial.

    Parameters
    ----------
    review
        The study.
    trial
        One of its finished trials.
    asked, more_dose, where
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
        where=where,
        version=review.versions.get("beamopt", ""),
    )
