"""Everything a reader may want to know of a finished study, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from beamopt.front import Recommended, front_trials
from beamopt.spec import StudySpec
from beamopt.trial import Trial

if TYPE_CHECKING:  # slow to load, and not needed to hold one
    from beamopt.sessions import Robustness

__all__ = ["Review"]


@dataclass(frozen=True, kw_only=True)
class Review:
    """A stored study, ready to be shown.

    Parameters
    ----------
    spec
        The study.
    trials
        All of them in order.
    recommended
        Numbers of the trials that are recommended, the knee of the front first.
    advice
        What is said of them, by number.
    kept_out
        What the simulated window keeps out of the study though theory thinks best of it.
    grown
        Hypervolume of the front after each trial.
    volume_unit
        Its unit.
    importances
        Objective to searched parameter to share.
    pictures
        Trial number to name to PNG file; a trial without pictures may be missing.
    robustness
        What was measured about the tolerance of trials, by number.
    assumptions
        What the study takes for granted and nobody measured or read.
    versions
        Program to version.
    commands
        Command lines that make the result again.
    """

    spec: StudySpec
    trials: tuple[Trial, ...]
    recommended: tuple[int, ...] = ()
    advice: Mapping[int, Recommended] = field(default_factory=dict)
    kept_out: tuple[str, ...] = ()
    grown: tuple[float, ...] = ()
    volume_unit: str = ""
    importances: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    pictures: Mapping[int, Mapping[str, Path]] = field(default_factory=dict)
    robustness: "Mapping[int, Robustness]" = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[str, ...] = ()

    @property
    def front(self) -> tuple[Trial, ...]:
        """Trials that no other beats, in order of the first objective."""
        return front_trials(self.trials, self.spec.objectives)

    @property
    def finished(self) -> tuple[Trial, ...]:
        """Trials with values."""
        return tuple(t for t in self.trials if t.state == "finished")
