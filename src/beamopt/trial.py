"""A numbered proposal and what became of it, free of any database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["State", "Trial"]

State = Literal["waiting", "running", "finished", "infeasible", "failed"]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One trial of a study.

    Parameters
    ----------
    number
        Its place in the study, from 0.
    state
        ``infeasible`` could not be carried out, ``failed`` was and gave nothing usable; both say why in `reason`.
    params
        Searched parameters by name, in the units of `Acquisition`.
    values
        One number per objective, in the study's order and units; empty unless finished.
    metrics
        Everything recorded, flat: ``dose_per_area``, ``ptychography.information``, ``seconds.simulate``.
    constraints
        Name to margin; at most 0 where the constraint holds.
    reason
        Why it is infeasible or failed.
    origin
        Where its parameters come from: ``theory``, ``sobol`` or the name of a sampler; empty if nobody noted it.
    """

    number: int
    state: State
    params: Mapping[str, float]
    values: tuple[float, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    origin: str = ""
