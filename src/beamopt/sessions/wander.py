"""Where the probe really stops: scan positions that jitter, drift with the specimen, or are scaled."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

__all__ = ["STILL", "Wander"]

_Real = NDArray[np.float64]
_Positions = NDArray[np.floating]


@final
@dataclass(frozen=True, kw_only=True)
class Wander:
    """How probe positions differ from the raster, about the middle of the scan.

    A shift of the whole field is nobody's error: the operator does not know where on the specimen the field begins.

    Parameters
    ----------
    jitter
        Standard deviation along each axis [Å], independent at every position.
    drift
        Way of the specimen under the scan along x and y from first to last position [Å], at constant speed.
    scale
        Actual over believed step.
    """

    jitter: float = 0.0
    drift: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0

    @property
    def is_raster(self) -> bool:
        """Whether x and y positions are still independent of each other: nothing but the scale is wrong."""
        return self.jitter == 0 and self.drift == (0.0, 0.0)

    def places(self, x: _Positions, y: _Positions, rng: np.random.Generator) -> _Real:
        """Positions ``(len(x), len(y), 2)`` [Å] on the specimen of a raster whose fast axis is y.

        Parameters
        ----------
        x, y
            Believed positions along each axis [Å].
        rng
            Source of the jitter.

        Examples
        --------
        >>> at = Wander(drift=(0.0, 3.0)).places(np.arange(2.0), np.arange(2.0), np.random.default_rng(0))
        >>> at.reshape(4, 2).round(3).tolist()
        [[0.0, -1.5], [0.0, 0.5], [1.0, 0.5], [1.0, 2.5]]
        """
        raster = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
        middle = raster.mean(axis=(0, 1))
        time = np.arange(raster[..., 0].size).reshape(raster.shape[:2]) / max(1, raster[..., 0].size - 1)
        moved = middle + (raster - middle) * self.scale + (time[..., None] - 0.5) * np.array(self.drift)
        return np.asarray(moved + self.jitter * rng.standard_normal(moved.shape) if self.jitter else moved)


STILL = Wander()
"""Every probe where it should be."""
