"""Which way of searching finds a study's front soonest: rehearsals on a surrogate of real evaluations."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beamopt.cache import Cache
from beamopt.evaluation import Evaluator, Stage
from beamopt.front import history_of
from beamopt.rehearsal.prediction import possible
from beamopt.rehearsal.surrogate import Surrogate, fit
from beamopt.rehearsal.table import fill, table_path
from beamopt.rehearsal.theory import prescan_of
from beamopt.search import Policy, rehearse
from beamopt.spec import StudySpec

__all__ = ["Comparison", "compare_samplers", "rehearse_all"]

_Real = NDArray[np.float64]
_Points = Callable[[int], tuple[dict[str, float], ...]]

YARDSTICK = 200
"""Random trials whose hypervolume is the measure."""

_SHARE = 0.95


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How the hypervolume grew under each sampler.

    Parameters
    ----------
    spec
        The study.
    curves
        Per sampler ``(seeds, trials)``, the hypervolume after each trial; random search has 200 trials at least.
    surrogate
        What answered.
    rows
        How many real evaluations it was made from.
    """

    spec: StudySpec
    curves: Mapping[str, _Real]
    surrogate: Surrogate
    rows: int

    @property
    def target(self) -> float:
        """95 % of the median hypervolume of 200 random trials."""
        return float(_SHARE * np.median(self.curves["random"][:, YARDSTICK - 1]))

    def reached(self, name: str) -> list[int | None]:
        """Trials until the target, per seed; None where it was not reached."""
        return [int(np.argmax(c >= self.target)) + 1 if c[-1] >= self.target else None for c in self.curves[name]]

    def median_reached(self, name: str) -> int | None:
        """Median of `reached`, None where half of the seeds or more did not."""
        reached = self.reached(name)
        counts = sorted(n for n in reached if n is not None)
        middle = len(reached) // 2
        return counts[middle] if middle < len(counts) else None

    def least_against_random(self, name: str) -> float:
        """Least ratio of the median hypervolume to that of random search at equal budget, over all budgets."""
        mine, random = np.median(self.curves[name], axis=0), np.median(self.curves["random"], axis=0)[: self.trials]
        return float(np.min(mine[: self.trials][random > 0] / random[random > 0], initial=np.inf))

    @property
    def trials(self) -> int:
        """Budget that all samplers had."""
        return int(min(curve.shape[1] for curve in self.curves.values()))


def compare_samplers(
    spec: StudySpec,
    *,
    home: Path,
    table: Path | None = None,
    evaluations: int = 200,
    trials: int = 60,
    seeds: int = 5,
    stage: Stage,
    should_stop: Callable[[], bool],
) -> Comparison:
    """Evaluate a table of acquisitions, or go on with it, and rehearse every sampler on it.

    Parameters
    ----------
    spec
        The study.
    home
        Project folder that the table is kept in.
    table
        File of the table where it is another one.
    evaluations
        Rows of the table.
    trials
        Budget of each search.
    seeds
        Searches of each sampler.
    stage
        Told what is being done.
    should_stop
        Asked before each evaluation; a shorter table is compared on as well.

    Raises
    ------
    InputError
        If the study cannot be built, or the table is too short.
    ConflictError
        If the table is of another study.
    StorageError
        If the table cannot be kept.
    """
    evaluator = Evaluator.prepare(spec, stage, cache=Cache())
    spec = evaluator.spec
    rows = fill(evaluator, table or table_path(home, spec), evaluations, stage, should_stop)
    surrogate = fit(rows, spec)

    def promising(seed: int) -> tuple[dict[str, float], ...]:
        stage(f"theory for seed {seed}", 0.0)
        return prescan_of(evaluator, Cache(), seed).promising()

    holds = possible(evaluator)
    curves = rehearse_all(
        spec,
        lambda params: surrogate.values(params) if holds(params) else None,
        promising,
        holds,
        trials=trials,
        seeds=seeds,
        stage=stage,
    )
    return Comparison(spec=spec, curves=curves, surrogate=surrogate, rows=len(rows))


def rehearse_all(
    spec: StudySpec,
    answer: Callable[[Mapping[str, float]], list[float] | None],
    promising: _Points,
    holds: Callable[[Mapping[str, float]], bool],
    *,
    trials: int,
    seeds: int,
    stage: Stage,
) -> dict[str, _Real]:
    """Hypervolume after each trial of every sampler and seed; all know beforehand what cannot be carried out.

    Parameters
    ----------
    spec
        Ranges, objectives and their scale.
    answer
        Objectives at a point.
    promising
        Points that theory begins with, by seed.
    holds
        Whether a point can be carried out.
    trials, seeds
        Budget, and searches of each sampler.
    stage
        Told what is being done.
    """
    curves = {}
    for name in _samplers():
        grown = []
        for seed in range(1, seeds + 1):
            stage(f"{name}, seed {seed}", 0.0)
            policy = _policy(name, spec, seed, promising, holds)
            run = rehearse(policy, answer, max(trials, YARDSTICK) if name == "random" else trials)
            grown.append(history_of([values for _, values in run], spec))
        curves[name] = np.array(grown)
    return curves


def _samplers() -> tuple[str, ...]:
    usual = ("random", "sobol+tpe", "theory+tpe", "nsga2")
    return (*usual, "theory+gp") if importlib.util.find_spec("torch") else usual


def _policy(
    name: str, spec: StudySpec, seed: int, promising: _Points, holds: Callable[[Mapping[str, float]], bool]
) -> Policy:
    start, _, sampler = name.rpartition("+")
    return Policy(
        ranges=spec.searched(),
        directions=[objective.direction for objective in spec.objectives],
        seed=seed,
        sampler=sampler,
        promising=(lambda: promising(seed)) if start == "theory" else tuple,
        spread=name != "random",
        possible=holds,
    )
