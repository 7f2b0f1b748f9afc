"""Patterns at any grid of positions, each mirror image computed once, in pieces that fit into memory."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.simulate.camera import Camera
from beamopt.simulate.lattice import Block
from beamopt.simulate.orbit import Orbits, orbits
from beamopt.simulate.probe import Probe, symmetric
from beamopt.simulate.setup import Setup
from beamopt.threads import in_threads

__all__ = ["Positions", "Scanner", "Scatter"]

Scatter = Callable[[Probe, NDArray[np.float64], NDArray[np.float64], Block], NDArray[np.complex64]]
"""Probe, positions along x and y [Å] and block to exit-wave beams, complex64 ``(waves, x, y, bx, by)``."""

Positions = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Probe positions along x and along y [Å]."""

Piece = tuple[NDArray[np.intp], NDArray[np.float32]]

_CHUNK = 200e6  # bytes of exit waves held at a time
_LINES = 192  # waves times positions along y scattered together


class Scanner:
    """Scans with one probe.

    Parameters
    ----------
    setup
        What the engine was made for.
    acquisition
        Sets the camera.
    scatter
        The engine.
    probe
        What is scanned.
    """

    def __init__(self, setup: Setup, acquisition: Acquisition, scatter: Scatter, probe: Probe) -> None:
        self._setup = setup
        self._camera = Camera.of(acquisition, setup.pixels)
        self._block = setup.block(acquisition.detector_outer)
        self._scatter = scatter
        self._probe = probe
        self._totals: list[float | None] = [None, None]
        for mirror in setup.mirrors:
            if symmetric(probe, mirror.axis):
                self._totals[mirror.axis] = mirror.total * setup.potential.sampling[mirror.axis]

    @property
    def shape(self) -> tuple[int, int]:
        """Pixels of a pattern."""
        return self._setup.pixels, self._setup.pixels

    def lattice(self, counts: tuple[int, int]) -> Positions:
        """So many positions [Å] along each axis of a cell, evenly and where a mirror plane of the crystal repeats them."""
        sides = zip(counts, self._setup.potential.cell, self._totals, strict=True)
        x, y = ((total or 0.0) / 2 + side * np.arange(n) / n for n, side, total in sides)
        return x, y

    def count(self, positions: Positions) -> int:
        """Patterns that must be computed, one for each wave and position."""
        return len(self._probe.modes) * int(np.prod([len(o.first) for o in self._orbits(positions)]))

    def scan(self, positions: Positions) -> NDArray[np.float32]:
        """Patterns ``(x, y, pixels, pixels)``."""
        patterns = np.empty((len(positions[0]), len(positions[1]), *self.shape), np.float32)
        for places, rows in self.rows(positions):
            patterns[places] = rows
        return patterns

    def mean(self, positions: Positions) -> NDArray[np.float64]:
        """Mean pattern ``(pixels, pixels)``."""
        total = sum(rows.sum((0, 1), np.float64) for _, rows in self.rows(positions))
        return np.asarray(total / (len(positions[0]) * len(positions[1])))

    def rows(self, positions: Positions) -> Iterator[Piece]:
        """Rows of a scan, in any order: their places along x and patterns ``(rows, y, pixels, pixels)``.

        Parameters
        ----------
        positions
            Probe positions along each axis [Å].
        """
        along_x, along_y = self._orbits(positions)
        y, pixels = positions[1][along_y.first], self._setup.pixels
        lines = max(1, _LINES // len(self._probe.modes))
        bytes_of_row = 8 * len(self._probe.modes) * min(lines, len(y)) * self._block.shape[0] * self._block.shape[1]
        step = max(1, int(_CHUNK / bytes_of_row))
        for start in range(0, len(along_x.first), step):
            some = Orbits(along_x.first[start : start + step], along_x.image[start : start + step])
            x = positions[0][some.first]
            half = np.empty((len(x), len(y), pixels + along_x.mirrored, pixels + along_y.mirrored), np.float32)
            for first in range(0, len(y), lines):
                part = y[first : first + lines]
                beams = self._scatter(self._probe, x, part, self._block)
                self._camera.collect(beams, self._block, (x, part), half[:, first : first + lines])
            yield _unfold(half, some, along_y, len(positions[1]), pixels)

    def _orbits(self, positions: Positions) -> list[Orbits]:
        cell = self._setup.potential.cell
        return [orbits(p, side, total) for p, side, total in zip(positions, cell, self._totals, strict=True)]


def _unfold(half: NDArray[np.float32], along_x: Orbits, along_y: Orbits, ny: int, pixels: int) -> Piece:
    """Give each mirror image its pattern; pixel i of one is pixel n - i of the other."""
    if len(along_y.first) == ny and not along_x.mirrored:
        return along_x.first, half
    both = along_x.first != along_x.image
    places = np.concatenate([along_x.first, along_x.image[both]])
    sources = np.concatenate([np.arange(len(half)), np.flatnonzero(both)])
    whole = np.empty((len(places), ny, pixels, pixels), np.float32)

    def run(row: int) -> None:
        patterns = half[sources[row]]
        patterns = patterns[:, :0:-1] if row >= len(half) else patterns[:, :pixels]
        whole[row, along_y.image] = patterns[:, :, :0:-1] if along_y.mirrored else patterns
        whole[row, along_y.first] = patterns[:, :, :pixels]

    in_threads(run, range(len(places)))
    return places, whole
