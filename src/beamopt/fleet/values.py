"""Tasks for workers and their answers: plain values that travel between machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from beamopt.trial import Trial

__all__ = ["Answer", "Images", "Task"]

Images = Mapping[str, NDArray[np.floating[Any]]]
"""Real images ``(x, y)`` by name, for instance ``ptychography/phase``."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One trial to evaluate, or to draw again.

    Parameters
    ----------
    number
        The trial; with the study's seed it decides every random draw.
    params
        Searched parameters by name, in the units of `Acquisition`.
    attempt
        1, and one more for every time that its owner died while evaluating it.
    known
        Finished trials that it competes with, where that decides how often it is counted.
    draws
        Numbers of the noise draws that are wanted of a trial that has ended; empty for a trial to evaluate.
    """

    number: int
    params: Mapping[str, float]
    attempt: int = 1
    known: tuple[Trial, ...] = ()
    draws: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of a task.

    Parameters
    ----------
    number
        The trial.
    state
        ``infeasible`` could not be carried out, ``failed`` was and gave nothing usable.
    values
        One number per objective, in the study's order; empty unless finished. Whether they are finite is judged where
        they are stored.
    metrics
        Everything measured, flat.
    images, figures
        What people look at; figures are PNG files by name.
    reason
        Why it is infeasible or failed.
    """

    number: int
    state: Literal["finished", "infeasible", "failed"]
    values: tuple[float, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    images: Images = field(default_factory=dict)
    figures: Mapping[str, bytes] = field(default_factory=dict)
    reason: str = ""
