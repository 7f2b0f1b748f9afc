"""The known probe at every scan position, to a fraction of a pixel, from one line of transforms per pattern."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.reconstruct.raster import Raster

__all__ = ["ShiftedProbe"]

_LIT = 1e-4  # of the brightest; single precision leaves 1e-7 outside the aperture, its rim has 0.06 or more


@dataclass(frozen=True)
class ShiftedProbe:
    """Probes of a raster, where the fraction along x depends on the scan row alone and along y on the column alone.

    The transform along x is done once per scan row; what is left per pattern is a phase ramp and the transform along y.
    Waves are in camera order: the patch carries the factor (-1)^(x+y), which moves the zero angle to ``n // 2`` and
    drops out of every product of a probe with the conjugate of a probe.

    Parameters
    ----------
    bank
        complex64 ``(rows, n, inside)``: probe of each scan row, real along x, Fourier along y inside the aperture.
    ramps
        complex64 ``(columns, inside)``: phase ramp of each scan column.
    first
        Index of the first ky inside the aperture.
    unseen
        bool ``(m, m)``, the angles around zero that camera and aperture reach: where the probe's disc lies beside the
        camera. A spectrum there is left as it is; all others beside the camera are taken as dark.
    corner_x, corner_y
        Object pixel of the patch corner per scan row and per scan column.
    """

    bank: NDArray[np.complex64]
    ramps: NDArray[np.complex64]
    first: int
    unseen: NDArray[np.bool_]
    corner_x: NDArray[np.int64]
    corner_y: NDArray[np.int64]

    @classmethod
    def of(cls, probe: NDArray[np.complex64], raster: Raster, scan: tuple[int, int], camera: int | None = None) -> Self:
        """Prepare a probe for a raster.

        Parameters
        ----------
        probe
            complex64 ``(n, n)`` centred at the array corner, n = ``raster.pixels``, even.
        raster
            Where the patterns lie.
        scan
            Scan positions along each axis.
        camera
            Camera pixels along each side, even; all n where left out.

        Raises
        ------
        InputError
            If the camera has an odd number of pixels.
        ValueError
            If probe, raster and camera do not fit each other.
        """
        pixels = probe.shape[0]
        camera = camera or pixels
        if camera % 2:
            raise InputError(f"camera.pixels = {camera} is odd; ptychography needs an even number")
        if pixels != raster.pixels or pixels % 2 or camera > pixels:
            raise ValueError(
                f"probe of {pixels} pixels, raster of {raster.pixels}, camera of {camera}: all even, alike"
            )
        place = raster.positions.reshape(*scan, 2)
        x, y = place[:, 0, 0], place[0, :, 1]
        spectrum = np.fft.fftshift(np.fft.fft2(probe.astype(np.complex128)))
        lit = np.flatnonzero(np.abs(spectrum).max(axis=0) > _LIT * np.abs(spectrum).max())
        first, last = (int(lit[0]), int(lit[-1]) + 1) if lit.size else (0, 1)
        k = (np.arange(pixels) - pixels // 2) / pixels
        bank = np.empty((scan[0], pixels, last - first), dtype=np.complex64)
        for row, fraction in enumerate(x - np.rint(x)):
            ramp = np.exp(-2j * np.pi * k * (fraction + pixels // 2))
            bank[row] = np.fft.ifft(spectrum[:, first:last] * ramp[:, None], axis=0)
        fractions = (y - np.rint(y))[:, None] + pixels // 2
        ramps = np.exp(-2j * np.pi * k[first:last] * fractions) / pixels
        return cls(
            bank=bank,
            ramps=ramps.astype(np.complex64),
            first=first,
            unseen=_unseen(spectrum, first, last, camera or pixels),
            corner_x=np.rint(x).astype(np.int64) - pixels // 2,
            corner_y=np.rint(y).astype(np.int64) - pixels // 2,
        )

    def places(self, members: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Scan row and scan column of some patterns."""
        return np.divmod(members, self.corner_y.size)

    def corners(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """First object pixel ``(patterns, 2)`` of the patches at some scan rows and columns."""
        return np.stack([self.corner_x[rows], self.corner_y[columns]], axis=1)


def _unseen(spectrum: NDArray[np.complex128], first: int, last: int, camera: int) -> NDArray[np.bool_]:
    """Where the disc of a probe lies beside the camera, on the square that holds both."""
    pixels = len(spectrum)
    half = max(camera // 2, pixels // 2 - first, last - pixels // 2)
    half = min(pixels // 2, half + half % 2)  # whole pairs: elsewhere FFTW does without the processor's vectors
    square = slice(pixels // 2 - half, pixels // 2 + half)
    lit: NDArray[np.bool_] = np.abs(spectrum[square, square]) > _LIT * np.abs(spectrum).max()
    seen = slice(half - camera // 2, half + camera // 2)
    lit[seen, seen] = False
    return lit
