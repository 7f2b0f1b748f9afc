"""Turn a periodic structure into a specimen of a wanted thickness."""

from math import floor

from ase import Atoms

from beamopt.errors import InputError
from beamopt.specimen.orient import orthogonal_cell
from beamopt.specimen.value import Specimen

__all__ = ["cut_specimen"]


def cut_specimen(
    atoms: Atoms, zone_axis: tuple[int, int, int], thickness: float, *, name: str, notes: tuple[str, ...] = ()
) -> Specimen:
    """Orient a structure and stack whole cells to the thickness nearest to the wanted one.

    Parameters
    ----------
    atoms
        A periodic structure.
    zone_axis
        Direction [uvw] along the beam, on the axes of `atoms`.
    thickness
        Wanted thickness [Å].
    name
        What to call it.
    notes
        Notes to put after those on directions.

    Returns
    -------
    Specimen

    Raises
    ------
    InputError
        If the thickness is less than half a cell, or no orthogonal cell exists.
    """
    if not 0 < thickness < float("inf"):
        raise InputError(f"{name}: thickness = {thickness:g} Å must be positive and finite; give the thickness in Å")
    cell, directions = orthogonal_cell(atoms, zone_axis, name=name)
    side = float(cell.cell[2, 2])
    if thickness < side / 2:
        raise InputError(
            f"{name}: thickness = {thickness:g} Å is less than half of the {side:.2f} Å cell along {list(zone_axis)}; "
            f"use {side:.2f} Å, the thinnest there is, or another zone axis"
        )
    return Specimen(name=name, atoms=cell, repeats=max(1, floor(thickness / side + 0.5)), notes=directions + notes)
