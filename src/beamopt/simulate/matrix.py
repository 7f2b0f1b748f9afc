"""The scattering matrix of a crystal, one block per Bloch class."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beamopt.simulate.lattice import Block

__all__ = ["BlochClass", "ScatteringMatrix"]


@dataclass(frozen=True)
class BlochClass:
    """Beams that the crystal couples: those whose orders h are equal modulo the supercell.

    Parameters
    ----------
    offset
        The common remainder ``(i, j)``.
    inputs
        Orders ``(n, 2)`` of the incident beams, sorted by |k|.
    elements
        complex64 ``(n, ox, oy)``: amplitude of each outgoing beam of the class for each incident one.
    """

    offset: tuple[int, int]
    inputs: NDArray[np.int64]
    elements: NDArray[np.complex64]

    def columns(self, whole: Block, part: Block, supercell: tuple[int, int]) -> tuple[slice, slice]:
        """Which outgoing beams of this class, of those in the block `whole`, lie in its centred `part`."""
        found = []
        for axis in (0, 1):
            skipped = whole.half[axis] - part.half[axis]
            before = len(range(skipped)[self.members(whole, supercell)[axis]])
            count = len(range(part.shape[axis])[self.members(part, supercell)[axis]])
            found.append(slice(before, before + count))
        return found[0], found[1]

    def members(self, block: Block, supercell: tuple[int, int]) -> tuple[slice, slice]:
        """Places of this class's beams in a block."""
        x, y = (
            slice((offset + half) % cells, None, cells)
            for offset, half, cells in zip(self.offset, block.half, supercell, strict=True)
        )
        return x, y


@dataclass(frozen=True)
class ScatteringMatrix:
    """Every Bloch class of a window, for incident beams up to one angle and outgoing beams of one block.

    Parameters
    ----------
    block
        Outgoing beams; class ``(i, j)`` owns those with h congruent to it modulo `supercell`.
    supercell
        Cells along each side of the window.
    classes
        One entry for each class that holds an incident beam.
    """

    block: Block
    supercell: tuple[int, int]
    classes: tuple[BlochClass, ...]

    @property
    def nbytes(self) -> int:
        """Memory of all elements [bytes]."""
        return sum(c.elements.nbytes for c in self.classes)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays from which `from_arrays` makes the same matrix again."""
        arrays: dict[str, NDArray[np.generic]] = {
            "window": np.array(self.block.window),
            "half": np.array(self.block.half),
            "supercell": np.array(self.supercell),
            "offsets": np.array([c.offset for c in self.classes]),
        }
        for number, c in enumerate(self.classes):
            arrays |= {f"inputs_{number}": c.inputs, f"elements_{number}": c.elements}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "ScatteringMatrix":
        """The matrix that `to_arrays` took apart."""
        wx, wy = (float(side) for side in arrays["window"])
        hx, hy = (int(half) for half in arrays["half"])
        mx, my = (int(m) for m in arrays["supercell"])
        classes = (
            BlochClass(
                (int(i), int(j)),
                arrays[f"inputs_{number}"].astype(np.int64, copy=False),
                arrays[f"elements_{number}"].astype(np.complex64, copy=False),
            )
            for number, (i, j) in enumerate(arrays["offsets"])
        )
        return cls(Block((wx, wy), (hx, hy)), (mx, my), tuple(classes))
