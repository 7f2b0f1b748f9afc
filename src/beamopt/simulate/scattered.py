"""Patterns at positions that form no grid: a scan that jitters or drifts never sees the same place of a cell twice.

A position is a phase ramp over the beams of the probe, so every position is a wave of its own that is scattered at the
origin; with the matrix of a crystal that is one matrix product per Bloch class for all of them.
"""

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.simulate.camera import Camera
from beamopt.simulate.expectation import (
    direct_probe,
    fine_scan,
    mean_scan,
    require_within,
)
from beamopt.simulate.imperfections import PERFECT, Imperfections
from beamopt.simulate.point_spread import spread
from beamopt.simulate.probe import Probe
from beamopt.simulate.scanner import Positions, Scanner, Scatter
from beamopt.simulate.setup import Setup
from beamopt.simulate.transfer import scan_filter
from beamopt.threads import in_threads

__all__ = ["scattered"]

_CHUNK = 128e6  # bytes of exit waves held at a time
_MOST = 200_000  # patterns to be computed for the sake of imperfections
_ROWS = 4  # camera rows at a time
_SUMS = 1e-3  # of the time of a pattern, for one term of a weighted sum of patterns

_Real = NDArray[np.float64]
_Patterns = NDArray[np.float32]


def scattered(
    setup: Setup, acquisition: Acquisition, scatter: Scatter, points: _Real, imperfections: Imperfections = PERFECT
) -> _Patterns:
    """Noise-free patterns at any positions.

    Parameters
    ----------
    setup
        What the engine was made for.
    acquisition
        What the microscope does at each of them.
    scatter
        The engine.
    points
        Positions ``(n, 2)`` [Å].
    imperfections
        What the session does to the patterns of a perfect one; all of it enters.

    Returns
    -------
    ndarray
        float32 ``(n, pixels, pixels)``, fractions of the beam.

    Raises
    ------
    InfeasibleError
        If the acquisition asks for larger angles than the engine was made for, or for more patterns than can be
        computed.
    """
    require_within(setup, acquisition)
    contrast = imperfections.contrast(acquisition)
    probe = None if contrast is None else direct_probe(setup, acquisition, imperfections, contrast)
    fine = fine_scan(setup, acquisition, scatter, imperfections) if imperfections.touches_scan else None
    directly = np.inf if probe is None else float(len(probe.modes) * len(points))
    by_sums = np.inf if fine is None else _price(fine, len(points))
    if min(directly, by_sums) > max(_MOST, len(points)):
        raise InfeasibleError(
            f"{imperfections.named} at semiangle_cutoff={acquisition.semiangle_cutoff:g} mrad and "
            f"scan_sampling={acquisition.scan_sampling:g} Å takes more than {_MOST} patterns where no position is like "
            "another; lower semiangle_cutoff, raise scan_sampling, or leave out position_jitter and drift"
        )
    if fine is not None and by_sums < directly:
        patterns = _summed(setup, acquisition, points, imperfections, fine)
    else:
        assert probe is not None  # noqa: S101 (else the sums are cheaper, or neither can be had)
        assert contrast is not None  # noqa: S101 (there is no probe without)
        patterns = _direct(setup, acquisition, scatter, points, probe)
        if contrast < 1:
            scanner, lattice = mean_scan(setup, acquisition, scatter)
            patterns *= np.float32(contrast)
            patterns += ((1 - contrast) * scanner.mean(lattice)).astype(np.float32)
    spread(patterns[:, None], imperfections.point_spread)
    return patterns


def _price(fine: tuple[Scanner, Positions], points: int) -> float:
    """Patterns that could be computed in the time of a fine scan and its sums."""
    scanner, (x, y) = fine
    return scanner.count((x, y)) + _SUMS * points * len(x) * len(y)


def _direct(setup: Setup, acquisition: Acquisition, scatter: Scatter, points: _Real, probe: Probe) -> _Patterns:
    """Every wave of the probe at every position."""
    camera, block, lit = Camera.of(acquisition, setup.pixels), setup.block(acquisition.detector_outer), probe.block
    waves, origin = len(probe.modes), np.zeros(1)
    patterns = np.empty((len(points), 1, setup.pixels, setup.pixels), np.float32)
    step = max(1, int(_CHUNK / (8 * waves * block.shape[0] * block.shape[1])))
    for start in range(0, len(points), step):
        x, y = points[start : start + step].T
        ramps = lit.ramps(0, x)[:, :, None] * lit.ramps(1, y)[:, None, :]
        moved = Probe(lit, (probe.modes[:, None] * ramps).reshape(-1, *lit.shape))
        beams = np.empty((waves * len(x), 1, 1, *block.shape), np.complex64)
        scatter(moved, origin, origin, block, beams)
        beams = beams.reshape(waves, len(x), 1, *block.shape)
        beams *= (block.ramps(0, -x)[:, :, None] * block.ramps(1, -y)[:, None, :])[:, None]  # the camera follows
        camera.collect(beams, block, (np.zeros(len(x)), origin), patterns[start : start + step])
    return patterns[:, 0]


def _summed(
    setup: Setup,
    acquisition: Acquisition,
    points: _Real,
    imperfections: Imperfections,
    fine: tuple[Scanner, Positions],
) -> _Patterns:
    """A fine scan of one cell, whose Fourier components are weakened one by one and summed at every position."""
    scanner, (fine_x, fine_y) = fine
    shifted = points[:, 0] - fine_x[0], points[:, 1] - fine_y[0]
    counts = len(fine_x), len(fine_y)
    keep = scan_filter(setup.potential.cell, counts, shifted, lambda q: imperfections.transfer(q, acquisition))
    patterns = np.zeros((len(points), *scanner.shape), np.float32)
    for places, rows in scanner.rows((fine_x, fine_y)):
        weights = np.zeros((len(points), len(places), len(fine_y)), np.float32)
        for along_x, along_y in keep.terms:
            weights += along_x[:, places, None] * along_y[:, None, :]
        flat = weights.reshape(len(points), -1)

        def run(first: int, rows: _Patterns = rows, flat: _Patterns = flat) -> None:
            some = slice(first, first + _ROWS)
            part = rows[:, :, some].reshape(flat.shape[1], -1)
            patterns[:, some] += (flat @ part).reshape(len(points), -1, patterns.shape[2])

        in_threads(run, range(0, patterns.shape[1], _ROWS))
    return np.asarray(np.maximum(patterns, 0, out=patterns))
