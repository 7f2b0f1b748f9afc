"""What physics allows an acquisition to find out about the study's own specimen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.evaluation.allowed.weak import WeakObject
from beamopt.limit import Limits, limits
from beamopt.score import LARGEST_SSNR

__all__ = ["Bounds", "bounds"]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Limits of one acquisition on one specimen.

    Parameters
    ----------
    acquisition
        The setting.
    weak
        The specimen as it entered.
    limits
        The curves, in the plane at mid-thickness. Steps beyond λ/(4α) are not paid for.
    """

    acquisition: Acquisition
    weak: WeakObject
    limits: Limits

    def information(self) -> dict[str, float]:
        """The most that `score` can call information [bits/Å²]: ``linear``, ``quantum``, with exit waves ``full``."""
        named = {"linear": self.limits.linear, "full": self.limits.full, "quantum": self.limits.quantum}
        return {name: limit.scored for name, limit in named.items() if limit is not None}


def bounds(
    weak: WeakObject,
    acquisition: Acquisition,
    *,
    ceiling: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> Bounds:
    """Quantum and linear limit in tens of milliseconds, in the plane at mid-thickness.

    Fading lowers every limit; coherence, quantum efficiency and background lower the linear one. The full limit pays
    for fading and quantum efficiency alone, which leaves it a ceiling; none pays for the camera's point spread, and the
    full one not for its pixels either.

    Parameters
    ----------
    weak
        From `WeakObject.of`.
    acquisition
        Probe, camera and fluence.
    ceiling
        From `ceiling`, for the full limit.

    Returns
    -------
    Bounds
    """
    return Bounds(
        acquisition=acquisition,
        weak=weak,
        limits=limits(
            acquisition,
            weak.spectrum,
            weak.conditions(acquisition),
            full=None if ceiling is None else (ceiling[0], weak.camera.dqe * ceiling[1]),
            fading=lambda q: weak.fading(acquisition, q),
            largest_ssnr=LARGEST_SSNR,
        ),
    )
