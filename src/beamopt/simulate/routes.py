"""Two routes to the patterns of an imperfect session; they agree, and which costs less depends on the acquisition."""

from dataclasses import dataclass
from typing import Protocol, final

import numpy as np
from numpy.typing import NDArray

from beamopt.simulate.scanner import Positions, Scanner
from beamopt.simulate.transfer import ScanFilter

__all__ = ["Direct", "Filtered", "Route"]

Patterns = NDArray[np.float32]


class Route(Protocol):
    """A way to the patterns at the wanted positions."""

    @property
    def cost(self) -> int:
        """Patterns that must be computed, one for each wave and position."""
        ...

    def patterns(self) -> Patterns:
        """Patterns ``(x, y, pixels, pixels)``."""
        ...


@final
@dataclass(frozen=True)
class Direct:
    """Every wave of the probe at the wanted positions; a constant fading pulls the patterns towards their mean.

    Parameters
    ----------
    scanner
        Of a probe whose waves carry the source and the focal spread.
    wanted
        Positions along each axis [Å].
    contrast
        What fading leaves of any change from position to position, 0 to 1.
    mean
        Scanner and positions that give the mean pattern; None where the wanted positions do, or nothing fades.
    """

    scanner: Scanner
    wanted: Positions
    contrast: float
    mean: tuple[Scanner, Positions] | None

    @property
    def cost(self) -> int:
        """Patterns that must be computed."""
        return self.scanner.count(self.wanted) + (0 if self.mean is None else self.mean[0].count(self.mean[1]))

    def patterns(self) -> Patterns:
        """Patterns ``(x, y, pixels, pixels)``."""
        patterns = self.scanner.scan(self.wanted)
        if self.contrast < 1:
            mean = patterns.mean((0, 1), np.float64) if self.mean is None else self.mean[0].mean(self.mean[1])
            patterns *= np.float32(self.contrast)
            patterns += ((1 - self.contrast) * mean).astype(np.float32)
        return patterns


@final
@dataclass(frozen=True)
class Filtered:
    """A fine scan of one cell, each of its Fourier components weakened by its own factor.

    Parameters
    ----------
    scanner
        Of a probe whose waves carry the focal spread alone.
    fine
        Positions of the fine scan along each axis [Å].
    keep
        Its filter.
    """

    scanner: Scanner
    fine: Positions
    keep: ScanFilter

    @property
    def cost(self) -> int:
        """Patterns that must be computed."""
        return self.scanner.count(self.fine)

    def patterns(self) -> Patterns:
        """Patterns ``(x, y, pixels, pixels)``."""
        patterns = np.zeros((*self.keep.shape, *self.scanner.shape), np.float32)
        for places, rows in self.scanner.rows(self.fine):
            self.keep.add(rows, places, patterns)
        np.maximum(patterns, 0, out=patterns)
        return patterns
