"""Probe positions that the crystal's mirror planes make alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Orbits", "orbits"]

_SAME = 1e-6  # of the period


@dataclass(frozen=True)
class Orbits:
    """Positions along one axis, in pairs that are mirror images.

    Parameters
    ----------
    first
        Indices of the positions to be computed, ascending.
    image
        For each of them the index of its mirror image; itself where it has none other.
    """

    first: NDArray[np.intp]
    image: NDArray[np.intp]

    @property
    def mirrored(self) -> bool:
        """Whether any position is the image of another."""
        return bool(np.any(self.first != self.image))


def orbits(positions: NDArray[np.float64], side: float, total: float | None) -> Orbits:
    """Pair the positions with their mirror images.

    Parameters
    ----------
    positions
        Positions along one axis [Å].
    side
        Period of the crystal [Å].
    total
        The mirror takes x to total - x [Å]; None where there is none.

    Examples
    --------
    >>> orbits(np.array([0.0, 1.0, 2.0, 3.0]), side=4.0, total=0.0)
    Orbits(first=array([0, 1, 2]), image=array([0, 3, 2]))
    """
    places = np.arange(len(positions))
    if total is None:
        return Orbits(places, places)
    apart = (positions[:, None] + positions[None, :] - total) / side
    meets = np.abs(apart - np.round(apart)) < _SAME
    image = np.where(meets.any(1), meets.argmax(1), places)
    image = np.where(image[image] == places, image, places)  # where two positions are the same, each stands alone
    first = places[places <= image]
    return Orbits(first, image[first])
