"""Where the patterns lie on the pixel grid of the object."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition, object_sampling, wave_pixels
from beamopt.measurement import Counts

__all__ = ["Raster"]


@dataclass(frozen=True)
class Raster:
    """Scan positions on an object grid that has half a probe window around the scan, so that no patch wraps.

    Parameters
    ----------
    pixels
        Pixels along each side of a wave: those of the camera in the middle, and around them angles that no pixel
        measured; see `wave_pixels`.
    sampling
        Object pixel [Å].
    positions
        float64 ``(patterns, 2)`` [object pixels], in the order of the scan.
    shape
        Pixels of the padded object.
    margin
        Pixels before scan position ``[0, 0]``; that pixel is the origin of the specimen coordinates.
    field
        Pixels of the scanned field.
    """

    pixels: int
    sampling: float
    positions: NDArray[np.float64]
    shape: tuple[int, int]
    margin: int
    field: tuple[int, int]

    @classmethod
    def of(cls, counts: Counts, acquisition: Acquisition, *, pixels: int | None = None) -> Self:
        """Lay out the scan of `counts` on a grid that holds all that the camera can see.

        Parameters
        ----------
        counts
            Gives scan shape, steps and camera.
        acquisition
            Gives wavelength and aperture.
        pixels
            Of a wave, at least the camera's and even; from `wave_pixels` where left out.
        """
        rows, columns, camera, _ = counts.array.shape
        pixels = pixels or wave_pixels(acquisition, camera, counts.angular_sampling)
        sampling = object_sampling(acquisition, pixels, counts.angular_sampling)
        margin = pixels // 2
        steps = np.asarray(counts.scan_sampling) / sampling
        grid = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), axis=-1).reshape(-1, 2)
        positions = grid * steps + margin
        last = np.rint(positions.max(axis=0)).astype(int)
        shape = last + pixels - margin
        field = np.minimum(np.ceil(np.asarray(counts.field) / sampling).astype(int), shape - margin)
        return cls(
            pixels=pixels,
            sampling=sampling,
            positions=positions,
            shape=(int(shape[0]), int(shape[1])),
            margin=margin,
            field=(int(field[0]), int(field[1])),
        )

    def crop(self, padded: NDArray[np.complex64]) -> NDArray[np.complex64]:
        """The scanned field of a padded object, whose pixel ``[0, 0]`` is scan position ``[0, 0]``."""
        start = self.margin
        return padded[..., start : start + self.field[0], start : start + self.field[1]].copy()
