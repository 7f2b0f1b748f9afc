"""Turn a periodic structure into a specimen of a wanted thickness."""

from math import floor

from ase import Atoms

from beamopt.errors import InputError
from beamopt.specimen.contents import Contents
from beamopt.specimen.orient import orthogonal_cell
from beamopt.specimen.vacuum import Standing
from beamopt.specimen.value import Specimen

__all__ = ["cut_sheet", "cut_specimen"]


def cut_specimen(
    atoms: Atoms,
    zone_axis: tuple[int, int, int],
    thickness: float,
    *,
    name: str,
    notes: tuple[str, ...] = (),
    contents: Contents | None = None,
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
    contents
        What the structure holds.

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
    repeats = max(1, floor(thickness / side + 0.5))
    return Specimen(name=name, atoms=cell, repeats=repeats, notes=directions + notes, contents=contents)


def cut_sheet(
    standing: Standing,
    zone_axis: tuple[int, int, int],
    sheets: int,
    *,
    name: str,
    notes: tuple[str, ...] = (),
    contents: Contents | None = None,
) -> Specimen:
    """Orient a cell with vacuum along the beam and stand it in the beam as often as is asked for.

    Parameters
    ----------
    standing
        From `free_standing`.
    zone_axis
        Direction along the beam.
    sheets
        How many cells are stacked.
    name
        What to call it.
    notes
        Notes to put after those on directions.
    contents
        What the structure holds.

    Raises
    ------
    InputError
        If no orthogonal cell exists.
    """
    cell, directions = orthogonal_cell(standing.atoms, zone_axis, name=name)
    repeats = sheets * max(1, round(standing.height / float(cell.cell[2, 2])))
    return Specimen(name=name, atoms=cell, repeats=repeats, notes=directions + notes, contents=contents)
