"""Patterns at any grid of positions, each mirror image computed once, in pieces that fit into memory."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.simulate.camera import Camera
from beamopt.simulate.lattice import Block
from beamopt.simulate.memory import borrowed
from beamopt.simulate.orbit import Orbits, orbits
from beamopt.simulate.probe import Probe, symmetric
from beamopt.simulate.setup import Setup
from beamopt.threads import in_threads

__all__ = ["Positions", "Scanner", "Scatter"]

Scatter = Callable[[Probe, NDArray[np.float64], NDArray[np.float64], Block, NDArray[np.complex64]], None]
"""Writes exit-wave beams, complex64 ``(waves, x, y, bx, by)``, of a probe at positions along x and y [Å] in a block."""

Positions = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Probe positions along x and along y [Å]."""

_CHUNK = 128e6  # bytes of exit waves held at a time
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
        """So many positions [Å] along each axis of a cell, evenly and where a mirror plane repeats them."""
        sides = zip(counts, self._setup.potential.cell, self._totals, strict=True)
        x, y = ((total or 0.0) / 2 + side * np.arange(n) / n for n, side, total in sides)
        return x, y

    def count(self, positions: Positions) -> int:
        """Patterns that must be computed, one for each wave and position."""
        return len(self._probe.modes) * int(np.prod([len(o.first) for o in self._orbits(positions)]))

    def scan(self, positions: Positions) -> NDArray[np.float32]:
        """Patterns ``(x, y, pixels, pixels)``."""
        patterns = np.empty((len(positions[0]), len(positions[1]), *self.shape), np.float32)
        along_y = self._orbits(positions)[1]
        for some, half in self._pieces(positions):
            _unfold(half, some, along_y, patterns)
        return patterns

    def mean(self, positions: Positions) -> NDArray[np.float64]:
        """Mean pattern ``(pixels, pixels)``."""
        total = sum(rows.sum((0, 1), np.float64) for _, rows in self.rows(positions))
        return np.asarray(total / (len(positions[0]) * len(positions[1])))

    def rows(self, positions: Positions) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Rows of a scan, in any order: their places along x and patterns ``(rows, y, pixels, pixels)``.

        Parameters
        ----------
        positions
            Probe positions along each axis [Å].
        """
        along_y = self._orbits(positions)[1]
        for some, half in self._pieces(positions):
            places = np.unique([some.first, some.image])
            patterns = np.empty((len(places), len(positions[1]), *self.shape), np.float32)
            local = Orbits(np.searchsorted(places, some.first), np.searchsorted(places, some.image))
            _unfold(half, local, along_y, patterns)
            yield places, patterns

    def _pieces(self, positions: Positions) -> Iterator[tuple[Orbits, NDArray[np.float32]]]:
        """Some rows along x and their patterns at all y, each mirror image once; one pixel more for a mirror."""
        along_x, along_y = self._orbits(positions)
        y, waves = positions[1][along_y.first], len(self._probe.modes)
        lines = min(len(y), max(1, _LINES // waves))
        each = waves * lines * self._block.shape[0] * self._block.shape[1]
        step = min(len(along_x.first), max(1, int(_CHUNK / (8 * each))))
        extra = along_x.mirrored, along_y.mirrored
        half = np.empty((step, len(y), *(n + more for n, more in zip(self.shape, extra, strict=True))), np.float32)
        with borrowed(step * each) as memory:
            for start in range(0, len(along_x.first), step):
                some = Orbits(along_x.first[start : start + step], along_x.image[start : start + step])
                x = positions[0][some.first]
                for first in range(0, len(y), lines):
                    part = y[first : first + lines]
                    # A row of beams of all patterns lies together: it is written at once.
                    bx, by = self._block.shape
                    beams = memory[: bx * waves * len(x) * len(part) * by].reshape(bx, waves, len(x), len(part), by)
                    beams = np.moveaxis(beams, 0, 3)
                    self._scatter(self._probe, x, part, self._block, beams)
                    self._camera.collect(beams, self._block, (x, part), half[: len(x), first : first + lines])
                yield some, half[: len(x)]

    def _orbits(self, positions: Positions) -> list[Orbits]:
        cell = self._setup.potential.cell
        return [orbits(p, side, total) for p, side, total in zip(positions, cell, self._totals, strict=True)]


def _unfold(half: NDArray[np.float32], along_x: Orbits, along_y: Orbits, patterns: NDArray[np.float32]) -> None:
    """Give each mirror image its pattern, ``(x, y, pixels, pixels)``; pixel i of one is pixel n - i of the other."""
    rows, columns = patterns.shape[2:]

    def run(row: int) -> None:
        images = [(along_x.first[row], half[row, :, :rows])]
        if along_x.image[row] != along_x.first[row]:
            images.append((along_x.image[row], half[row, :, :0:-1]))
        for place, image in images:
            if along_y.mirrored:
                patterns[place, along_y.image] = image[:, :, :0:-1]
            patterns[place, along_y.first] = image[:, :, :columns]

    in_threads(run, range(len(half)))
