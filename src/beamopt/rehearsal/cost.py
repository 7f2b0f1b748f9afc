"""What a study takes of a machine: memory at its peak, and the time for the scattering matrix."""

from dataclasses import dataclass

from beamopt.evaluation.evaluator import Evaluator
from beamopt.simulate import Setup, has_matrix, matrix_bytes, matrix_work
from beamopt.threads import thread_count

__all__ = ["Cost", "cost"]

# Measured on nine studies of 0.6 to 1.3 GB: what a process holds besides, in bytes; the share of a float32 cube of all
# positions that a trial adds to its peak, as equal positions are kept once; seconds of one processor per pixel of a
# wave and slice.
_PROGRAM, _COPIES, _SCATTER = 0.62e9, 0.8, 1.8e-8
_HELD = 4e9  # bytes of scattering matrices that one process keeps


@dataclass(frozen=True)
class Cost:
    """Memory and time, to within about a third.

    Parameters
    ----------
    matrix_bytes
        Size of one scattering matrix; 0 where multislice serves the study.
    matrix_seconds
        Time to build all that the study needs on this machine's processors, from an empty cache.
    peak_bytes
        Memory of one process at its peak.
    """

    matrix_bytes: int
    matrix_seconds: float
    peak_bytes: float


def cost(evaluator: Evaluator, cube: int, matrices: int = 1) -> Cost:
    """Cost of a study.

    Parameters
    ----------
    evaluator
        From `Evaluator.prepare`.
    cube
        Pixels of all patterns at the step that is judged.
    matrices
        Scattering matrices that a trial needs.
    """
    spec, thermal = evaluator.spec, evaluator.spec.thermal
    setup = Setup(
        potential=evaluator.potential,
        energy=spec.energy,
        pixels=spec.camera.pixels,
        field=evaluator.field,
        **evaluator.reach,
    )
    patterns = _PROGRAM + _COPIES * 4.0 * cube
    if (thermal is not None and thermal.frozen) or not has_matrix(setup):
        return Cost(0, 0.0, patterns)
    one = matrix_bytes(setup)
    seconds = matrices * matrix_work(setup) * _SCATTER / thread_count()
    return Cost(one, seconds, patterns + max(one, min(matrices * one, _HELD)))
