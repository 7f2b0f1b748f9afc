"""Sheets that a structure file describes as a cell with vacuum along the beam."""

from dataclasses import dataclass

import numpy as np
from ase import Atoms

__all__ = ["VACUUM", "Standing", "free_standing"]

VACUUM = 6.0
"""An empty slab this thick stands between sheets and in no crystal, whose atoms hold together [Å]."""


@dataclass(frozen=True)
class Standing:
    """A sheet in the middle of its cell.

    Parameters
    ----------
    atoms
        Periodic; its third vector, or whichever runs along the beam, at right angles to the others.
    height
        Side of the cell along the beam [Å].
    gap
        Vacuum between the sheet and its next image [Å].
    moved
        Whether the file has the sheet cut by the border of its cell.
    """

    atoms: Atoms
    height: float
    gap: float
    moved: bool

    def sentence(self, sheets: int) -> str:
        """What was done with it, for the notes."""
        moved = ", moved to the middle of the cell, whose border cut it" if self.moved else ""
        count = "one sheet" if sheets == 1 else f"{sheets} cells, as sample.sheets asks"
        more = "; sample.sheets = 2 stacks two" if sheets == 1 else ""
        return (
            f"free-standing with {self.gap:.1f} Å of vacuum along the beam{moved}; {count}, thickness is not used{more}"
        )


def free_standing(atoms: Atoms, zone_axis: tuple[int, int, int], *, stated: bool = False) -> Standing | None:
    """The sheet that a cell with vacuum along the beam holds, in the middle of the cell.

    Parameters
    ----------
    atoms
        A periodic structure.
    zone_axis
        Direction along the beam.
    stated
        Whether the file itself says that nothing repeats along its third axis.

    Returns
    -------
    Standing or None
        None where the beam does not run along a cell vector or there is no vacuum of `VACUUM` along it.

    Examples
    --------
    >>> from ase.build import mx2
    >>> sheet = mx2("MoS2", vacuum=8.0)
    >>> sheet.positions[:, 2] -= sheet.positions[0, 2]
    >>> standing = free_standing(Atoms(sheet, pbc=True), (0, 0, 1))
    >>> standing.moved, round(standing.gap, 1), [round(float(z), 1) for z in standing.atoms.positions[:, 2]]
    (True, 16.0, [9.6, 11.2, 8.0])
    """
    if sum(index != 0 for index in zone_axis) != 1:
        return None
    axis = int(np.flatnonzero(zone_axis)[0])
    cell = np.asarray(atoms.cell).copy()
    others = [cell[n] for n in range(3) if n != axis]
    normal = np.cross(*others)
    normal *= np.sign(normal @ cell[axis]) / np.linalg.norm(normal)
    height = float(normal @ cell[axis])
    scaled = np.linalg.solve(cell.T, np.asarray(atoms.positions).T).T
    levels = np.sort(scaled[:, axis] % 1.0)
    gaps = np.diff(np.append(levels, levels[0] + 1.0))
    widest = int(np.argmax(gaps))
    gap = float(gaps[widest]) * height
    if gap < VACUUM and not (stated and axis == 2):
        return None
    bottom = levels[(widest + 1) % len(levels)]
    scaled[:, axis] = (scaled[:, axis] - bottom + 1e-9) % 1.0
    positions = scaled @ cell + gap / 2 * normal
    cell[axis] = height * normal
    sheet = Atoms(atoms.numbers, positions=positions, cell=cell, pbc=True)
    return Standing(sheet, height, gap, widest != len(levels) - 1)
