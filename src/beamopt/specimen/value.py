"""A specimen: one orthogonal cell and how often it is stacked along the beam."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from ase import Atoms

from beamopt.specimen.contents import Contents

__all__ = ["Specimen"]


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """What stands in the beam. It repeats laterally without end.

    Parameters
    ----------
    name
        Sample or file name.
    atoms
        One orthogonal cell: diagonal cell [Å], every position inside it, the beam along +z.
    repeats
        Cells stacked along the beam, at least 1.
    notes
        What a reader must know: directions along the axes, strain, vacuum.
    contents
        What the unit cell holds as it was read, before the cut; None where it was made otherwise.
    """

    name: str
    atoms: Atoms
    repeats: int
    notes: tuple[str, ...] = ()
    contents: Contents | None = None

    def __post_init__(self) -> None:
        cell = np.asarray(self.atoms.cell)
        if np.any(cell != np.diag(np.diag(cell))) or np.any(np.diag(cell) <= 0):
            raise ValueError(f"{self.name}: a specimen needs a diagonal cell, not {cell.tolist()}")
        if self.repeats < 1:
            raise ValueError(f"{self.name}: repeats = {self.repeats} must be at least 1")

    @property
    def cell(self) -> tuple[float, float, float]:
        """Sides of one cell along x, y and the beam [Å]."""
        x, y, z = (float(side) for side in np.diag(np.asarray(self.atoms.cell)))
        return x, y, z

    @property
    def thickness(self) -> float:
        """Extent along the beam [Å], the vacuum of a free-standing sheet included."""
        return self.cell[2] * self.repeats

    @property
    def composition(self) -> dict[str, int]:
        """Atoms of one cell by element."""
        return dict(Counter(str(symbol) for symbol in self.atoms.symbols))
