"""One recommended setting: what it is among the others, what to expect of it and what to mind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from beamopt.front.noise import Expected
from beamopt.quantities import short
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["Recommended", "Role", "promised"]

Role = Literal["knee", "best", "cheaper", "dearer"]
"""``best`` where nothing is traded; the others are named by what they are beside the knee."""


@dataclass(frozen=True, kw_only=True)
class Recommended:
    """One setting to dial.

    Parameters
    ----------
    trial
        As the search recorded it.
    role
        What it is among the recommended ones.
    score
        ``method.score`` that is traded for dose; empty where only knobs were sought.
    expected
        By ``method.score`` what noise that the search never saw gave; empty where nothing was drawn again.
    remarks
        What to mind, one sentence each.
    """

    trial: Trial
    role: Role
    score: str = ""
    expected: Mapping[str, Expected] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def traded(self) -> Expected | None:
        """What to expect of the score that is traded; None where it was not drawn again."""
        return self.expected.get(self.score)


def promised(spec: StudySpec, one: Recommended) -> str:
    """What a recommended setting costs and will give, objective by objective.

    A score is the mean of fresh noise draws with its interval, or, where nothing was drawn again, what was recorded.

    Parameters
    ----------
    spec
        The study.
    one
        Of its recommended settings.
    """
    parts = []
    for objective, value in zip(spec.objectives, one.trial.values, strict=True):
        again = one.expected.get(spec.qualified(objective))
        value_text = f"{short(value)} {objective.unit}".strip() if again is None else again.in_words(objective.unit)
        parts.append(f"{objective.metric} {value_text}")
    return ", ".join(parts)
