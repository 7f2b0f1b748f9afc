"""The scattering matrix of a crystal, one block per Bloch class."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlochClass", "Pair", "ScatteringMatrix", "span"]

Pair = tuple[int, int]

_STORED = (2, 0, 1, 3)
"""Axes of the elements in the order they have in memory."""


def span(half: int, cells: int, offset: int) -> range:
    """Cell orders g whose beams h = offset + cells·g lie within ``-half..half``.

    Examples
    --------
    >>> span(5, cells=3, offset=1)
    range(-2, 2)
    """
    return range(-((half + offset) // cells), (half - offset) // cells + 1)


@dataclass(frozen=True)
class BlochClass:
    """Beams that the crystal couples: those whose orders h = offset + supercell·g share the offset.

    Parameters
    ----------
    offset
        The common remainder ``(i, j)``.
    incident, outgoing
        Cell orders g of the incident and outgoing beams along x and y.
    elements
        complex64 ``(gx, gy, ox, oy)``: amplitude of outgoing beam ``[ox, oy]`` for incident beam ``[gx, gy]``. In
        memory ox comes first: one row of outgoing beams of all incident ones lies together, as they are summed.
    """

    offset: Pair
    incident: tuple[range, range]
    outgoing: tuple[range, range]
    elements: NDArray[np.complex64]

    @classmethod
    def empty(cls, offset: Pair, incident: tuple[range, range], outgoing: tuple[range, range]) -> "BlochClass":
        """A class of zeros."""
        shape = [len(r) for r in (*incident, *outgoing)]
        stored = np.zeros([shape[axis] for axis in _STORED], np.complex64)
        return cls(offset, incident, outgoing, stored.transpose(np.argsort(_STORED)))


@dataclass(frozen=True)
class ScatteringMatrix:
    """Every Bloch class of a window, for incident beams up to one angle and outgoing beams of one block.

    Parameters
    ----------
    supercell
        Cells along each side of the window.
    classes
        One for each of the ``supercell[0]·supercell[1]`` offsets that holds an incident beam.
    """

    supercell: Pair
    classes: tuple[BlochClass, ...]

    @property
    def nbytes(self) -> int:
        """Memory of all elements [bytes]."""
        return sum(c.elements.nbytes for c in self.classes)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays from which `from_arrays` makes the same matrix again."""
        firsts = [(*c.offset, *(r.start for r in (*c.incident, *c.outgoing))) for c in self.classes]
        arrays: dict[str, NDArray[np.generic]] = {"supercell": np.array(self.supercell), "firsts": np.array(firsts)}
        return arrays | {f"elements_{number}": c.elements.transpose(_STORED) for number, c in enumerate(self.classes)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "ScatteringMatrix":
        """The matrix that `to_arrays` took apart."""
        classes = []
        for number, (i, j, *starts) in enumerate(arrays["firsts"].tolist()):
            stored = arrays[f"elements_{number}"].astype(np.complex64, copy=False)
            elements = stored.transpose(np.argsort(_STORED))
            gx, gy, ox, oy = (range(s, s + n) for s, n in zip(starts, elements.shape, strict=True))
            classes.append(BlochClass((i, j), (gx, gy), (ox, oy), elements))
        mx, my = (int(m) for m in arrays["supercell"].tolist())
        return cls((mx, my), tuple(classes))
