"""What a trial costs when the work grows: thicker, wider, more positions."""

from collections.abc import Callable
from dataclasses import dataclass

from beamopt.bench.clock import seconds
from beamopt.evaluation import Evaluator
from beamopt.spec import load_study

__all__ = ["Growth", "grow"]

_SETTING = {
    "semiangle_cutoff": 20.0,
    "defocus": 100.0,
    "detector_outer": 25.0,
    "scan_sampling": 1.0,
    "dose_per_area": 1e4,
}
_CASES: dict[str, dict[str, object]] = {
    "as it is": {},
    "thickness x 4": {"sample.thickness": 156.0},
    "window x 4 (area)": {"sample.window": 62.0},
    "positions x 4": {"sample.field": 46.0},
}


@dataclass(frozen=True)
class Growth:
    """Seconds of one case.

    Parameters
    ----------
    case
        What grew.
    matrix
        Building the scattering matrix, once per study.
    simulate, reconstruct
        Per trial.
    """

    case: str
    matrix: float
    simulate: float
    reconstruct: float


def grow(say: Callable[[str], None]) -> list[Growth]:
    """Measure `srtio3_quick` and the same with one thing four times as large."""
    rows = []
    for case, changes in _CASES.items():
        say(f"growth: {case}")
        evaluator = Evaluator.prepare(load_study("srtio3_quick", {"methods": ["ptychography"], **changes}))
        built = seconds(evaluator.engine)
        proposal = evaluator.spec.propose(_SETTING)
        evaluator.evaluate(proposal, trial=0)
        spent = evaluator.evaluate(proposal, trial=1).seconds
        rows.append(Growth(case, built, spent["simulate"], spent["ptychography"]))
    return rows
