"""Where an image is judged: the pixels that got the full dose, under a soft window."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beamopt.errors import InfeasibleError
from beamopt.measurement import Reconstruction

__all__ = ["LEAST_PIXELS", "TAPER", "Region", "scored_region", "tukey"]

TAPER = 0.25
"""Fraction of the region's side under the cosine flanks of the window, both flanks together."""

LEAST_PIXELS = 4
"""Fewest pixels along a side that can be scored: one whole ring."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """Pixels that are scored and how much each one counts.

    Parameters
    ----------
    slices
        Rows and columns of the reconstruction.
    window
        float64, the shape that `slices` cuts out; 1 inside, falling to 0 at the edge.
    """

    slices: tuple[slice, slice]
    window: NDArray[np.floating[Any]]

    @classmethod
    def whole(cls, slices: tuple[slice, slice], shape: tuple[int, int]) -> "Region":
        """The region of plain slices of an array of this shape, under the window that just fits them."""
        start_stop = [s.indices(n)[:2] for s, n in zip(slices, shape, strict=True)]
        sides = [tukey(np.arange(a, b) + 0.5, a, b) for a, b in start_stop]
        return cls(slices=(slice(*start_stop[0]), slice(*start_stop[1])), window=np.outer(*sides))


def tukey(x: NDArray[np.floating[Any]], low: float, high: float) -> NDArray[np.floating[Any]]:
    """Tukey window on the interval from low to high with cosine flanks of `TAPER`/2 of its length each, 0 outside.

    It is a function of the place, not of the pixel, so a finer grid sees the same window (Harris, Proc. IEEE 66, 51
    (1978), eq. 38).

    Examples
    --------
    >>> [round(float(v), 3) for v in tukey(np.array([-1.0, 0.0, 0.5, 4.0, 7.5]), 0.0, 8.0)]
    [0.0, 0.0, 0.5, 1.0, 0.5]
    """
    flank = TAPER / 2 * (high - low)
    inside = np.clip(np.minimum(x - low, high - x) / flank, 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * inside))


def scored_region(reconstruction: Reconstruction, field: tuple[float, float], probe_radius: float) -> Region:
    """The scanned field less the probe radius on each side: pixels that received more than 95 % of the nominal dose.

    Parameters
    ----------
    reconstruction
        Gives the pixel grid; its values are not looked at.
    field
        Extent of the scan [Å]; the first position is at specimen (0, 0).
    probe_radius
        `Acquisition.probe_radius` [Å].

    Returns
    -------
    Region

    Raises
    ------
    InfeasibleError
        When fewer than `LEAST_PIXELS` pixels remain along a side.
    """
    slices, windows = [], []
    grid = zip(reconstruction.transmission.shape, reconstruction.sampling, reconstruction.origin, field, strict=True)
    for pixels, sampling, origin, extent in grid:
        low, high = probe_radius, extent - probe_radius
        first = max(0, int(np.ceil((low - origin) / sampling)))
        last = min(pixels - 1, int(np.floor((high - origin) / sampling)))
        if last - first + 1 < LEAST_PIXELS:
            raise InfeasibleError(
                f"probe_radius = {probe_radius:.3g} Å leaves {max(0.0, high - low):.3g} Å of the {extent:.3g} Å field, "
                f"under {LEAST_PIXELS} pixels of {sampling:.3g} Å; lower defocus or raise sample.field"
            )
        slices.append(slice(first, last + 1))
        windows.append(tukey(origin + sampling * np.arange(first, last + 1), low, high))
    return Region(slices=(slices[0], slices[1]), window=np.outer(windows[0], windows[1]))
