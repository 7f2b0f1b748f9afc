"""One periodic structure as it was read, before anything is cut from it."""

from dataclasses import dataclass

from ase import Atoms

__all__ = ["LISTED", "Structure"]

LISTED = "P 1 (1), every atom listed"
"""Space group of a format that lists the whole cell."""


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Atoms of a unit cell and what is known of them.

    Parameters
    ----------
    atoms
        Elements, positions and cell, as the file has them.
    space_group
        Name and setting, in words.
    remarks
        What a reader must know.
    labels
        What the file calls each atom; empty where it does not.
    owners
        Number of the listed site that each atom comes from; empty where every atom is listed.
    sheet
        Whether the file says that it is periodic across the beam alone.
    """

    atoms: Atoms
    space_group: str
    remarks: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    owners: tuple[int, ...] = ()
    sheet: bool = False
