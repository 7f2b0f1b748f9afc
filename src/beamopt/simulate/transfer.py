"""From patterns on a fine scan of one crystal cell to filtered patterns anywhere.

The pattern at probe position r0 is a sum of interferences of two beams of the probe, so over r0 it holds no frequency
above 2·k0. A scan finer than λ/(4α) of one period therefore says everything about every position, and each of its
Fourier components can be weakened on the way.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.threads import in_threads

__all__ = ["ScanFilter", "fine_count", "mean_count", "scan_filter"]

_ENOUGH = 1e-5  # largest error of a transfer, which is 1 at most
_MEAN = 0.85  # of the largest scan frequency of a probe
_ROWS = 4  # camera rows at a time


@dataclass(frozen=True)
class ScanFilter:
    """Real weights that carry patterns of a fine scan of one cell to filtered patterns at the wanted positions.

    Parameters
    ----------
    terms
        Pairs ``(wanted_x, fine_x)``, ``(wanted_y, fine_y)`` of float32; the filter is the sum of their outer products.
    """

    terms: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Wanted positions along each axis."""
        return len(self.terms[0][0]), len(self.terms[0][1])

    def add(self, fine: NDArray[np.float32], places: NDArray[np.intp], wanted: NDArray[np.float32]) -> None:
        """Add what some rows of the fine scan give to the wanted patterns.

        Parameters
        ----------
        fine
            float32 ``(rows, fine_y, kx, ky)``.
        places
            Which rows of the fine scan they are.
        wanted
            float32 ``(wanted_x, wanted_y, kx, ky)``, added to.
        """

        def run(first: int) -> None:
            some = slice(first, first + _ROWS)
            patterns = np.ascontiguousarray(fine[:, :, some]).reshape(*fine.shape[:2], -1)
            for along_x, along_y in self.terms:
                lines = np.matmul(along_y, patterns).reshape(len(fine), -1)
                sums = along_x[:, places] @ lines
                wanted[:, :, some] += sums.reshape(*wanted.shape[:2], -1, wanted.shape[3])

        in_threads(run, range(0, fine.shape[2], _ROWS))


def fine_count(acquisition: Acquisition, side: float, window: float) -> int:
    """Positions along one side of a cell [Å] that determine the patterns everywhere; odd.

    Parameters
    ----------
    acquisition
        Sets the aperture.
    side
        Period of the crystal [Å].
    window
        Side of the simulated window [Å], whose grid makes the aperture's edge 1/window wide.

    Notes
    -----
    The camera cuts the exit wave to a window about the probe, which lets a little past 2·k0: a transfer of 1 gives the
    patterns of the unfiltered scan within 1e-4 of the brightest pixel in an 18 Å window, 5e-4 in one of 15 Å.

    Examples
    --------
    >>> a = Acquisition(energy=300e3, semiangle_cutoff=10, defocus=300, detector_outer=15,
    ...                 scan_sampling=1, dose_per_area=100)
    >>> fine_count(a, side=14.7, window=44.1)
    33
    """
    return 2 * math.ceil(2 * (acquisition.cutoff + 0.5 / window) * side) + 1


def mean_count(acquisition: Acquisition, side: float, window: float) -> int:
    """Positions along one side of a cell [Å] whose patterns have the mean of all.

    Parameters
    ----------
    acquisition, side, window
        As `fine_count`.

    Notes
    -----
    What such a scan mistakes for the mean are the components at 2·k0 and beyond; at `_MEAN` of that, the two edges of
    the aperture overlap by a few percent of its area.
    """
    return math.ceil(_MEAN * 2 * (acquisition.cutoff + 0.5 / window) * side)


def scan_filter(
    cell: tuple[float, float],
    fine: tuple[int, int],
    wanted: tuple[NDArray[np.float64], NDArray[np.float64]],
    transfer: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> ScanFilter:
    """Filter that multiplies each Fourier component of a periodic scan and evaluates the sum at any position.

    A transfer that depends on |q| alone is a short sum of products of functions of qx and qy, found by singular value
    decomposition: one term for a Gaussian, two for a constant, a handful for De(q).

    Parameters
    ----------
    cell
        Periods along each axis [Å].
    fine
        Positions of the fine scan along each axis, odd; the first at 0.
    wanted
        Positions along each axis [Å].
    transfer
        |q| [Å⁻¹] to what is left of the component.

    Returns
    -------
    ScanFilter
    """
    orders = tuple(np.arange(n // 2 + 1) for n in fine)
    q = np.hypot(orders[0][:, None] / cell[0], orders[1][None, :] / cell[1])
    left, values, right = np.linalg.svd(transfer(q))
    kept = values > _ENOUGH
    return ScanFilter(
        tuple(
            (
                _weights(value * u, cell[0], fine[0], wanted[0]).astype(np.float32),
                _weights(v, cell[1], fine[1], wanted[1]).astype(np.float32),
            )
            for u, value, v in zip(left.T[: len(values)][kept], values[kept], right[: len(values)][kept], strict=True)
        )
    )


def _weights(transfer: NDArray[np.float64], side: float, fine: int, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights ``(wanted, fine)`` of one axis: Σ_h transfer(h)·cos(2πh(x - x'))/fine over all orders of either sign."""
    both = np.where(np.arange(len(transfer)) > 0, 2.0, 1.0) * transfer / fine
    turns = 2 * np.pi * (wanted[:, None] / side - np.arange(fine) / fine)
    return np.asarray(np.cos(turns[:, :, None] * np.arange(len(transfer))) @ both)
