"""Mirror planes of a crystal that contain the beam: beams on one side scatter as their images on the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.potential import Potential
from beamopt.simulate.matrix import BlochClass, ScatteringMatrix

__all__ = ["Mirror", "mirrors", "reflect"]

_ALIKE = 2e-5  # of the largest projected potential; float32 positions differ by about half of it


@dataclass(frozen=True)
class Mirror:
    """A plane across one lateral axis: pixel i looks like pixel ``total - i``."""

    axis: int
    total: int


def mirrors(potential: Potential) -> tuple[Mirror, ...]:
    """Mirror planes across x and across y that every slice shares, found on the pixels of one cell.

    A tilt along an axis leaves no mirror across it.
    """
    upright = [axis for axis in (0, 1) if potential.tilt[axis] == 0]
    return tuple(m for m in (_mirror(potential.slices, axis) for axis in upright) if m is not None)


def _mirror(slices: NDArray[np.float32], axis: int) -> Mirror | None:
    # The sum over pixels of V(i)·V(total - i) is largest at a mirror plane, where it reaches the sum of V².
    spectrum = np.fft.fft(slices, axis=axis + 1)
    likeness = np.fft.ifft(spectrum**2, axis=axis + 1).real.sum(axis=(0, 2 - axis))
    total = int(np.argmax(likeness))
    image = np.roll(np.flip(slices, axis + 1), total + 1, axis + 1)
    alike = float(np.max(np.abs(image - slices))) <= _ALIKE * float(np.max(np.abs(slices)))
    return Mirror(axis, total) if alike else None


def reflect(matrix: ScatteringMatrix, mirror: Mirror, pixels: int) -> None:
    """Fill the incident beams with negative orders along the mirror's axis from those with positive ones.

    The image of exp(2πi k·r) in the plane x = c is exp(4πi kx·c) times the wave with -kx. So, along the axis, S(-k, -q)
    is S(k, q)·exp(4πi (q - k)·c), where q - k is a beam of one cell.

    Parameters
    ----------
    matrix
        Its elements with negative orders along the axis are overwritten.
    mirror
        The plane, 2c = total·pixel.
    pixels
        Pixels of one cell along the axis.
    """
    axis, cells = mirror.axis, matrix.supercell[mirror.axis]
    known = {c.offset: c for c in matrix.classes}
    for c in matrix.classes:
        offset = list(c.offset)
        offset[axis] = -offset[axis] % cells
        source = known[offset[0], offset[1]]
        _fill(c, source, axis, cells, np.exp(2j * np.pi * mirror.total / pixels * np.arange(pixels)))


def _fill(c: BlochClass, source: BlochClass, axis: int, cells: int, turns: NDArray[np.complex128]) -> None:
    incident, outgoing = np.array(c.incident[axis]), np.array(c.outgoing[axis])
    negative = c.offset[axis] + cells * incident < 0
    # Beam g of this class is the image of beam -g of class 0, of beam -1 - g of every other class.
    turn = turns[(incident[negative][:, None] - outgoing[None, :]) % len(turns)].astype(np.complex64)
    theirs = np.flip(np.moveaxis(source.elements, (axis, axis + 2), (0, 1)), (0, 1))
    mine = np.moveaxis(c.elements, (axis, axis + 2), (0, 1))
    mine[negative] = theirs[negative] * turn[:, :, None, None]
