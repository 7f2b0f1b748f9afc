"""Read a CIF: grammar and space groups are gemmi's; what the file says twice must agree."""

import gemmi
import numpy as np
from ase import Atoms
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.specimen.agreement import agreement, require_whole_cell
from beamopt.specimen.expand import expand
from beamopt.specimen.operations import Operations
from beamopt.specimen.sites import sites_of
from beamopt.specimen.structure import Structure
from beamopt.specimen.symmetry import Symmetry, symmetry_of
from beamopt.specimen.tags import Tags, blocks_of

__all__ = ["read_cif"]


def read_cif(text: str) -> Structure:
    """The only structure of a CIF, expanded by its symmetry.

    Parameters
    ----------
    text
        The file.

    Returns
    -------
    Structure

    Raises
    ------
    InputError
        If it is no CIF, holds several structures or none, is contradictory or ambiguous, or disordered.
    """
    blocks = blocks_of(text)
    if len(blocks) != 1:
        raise InputError(f"holds {len(blocks)} structures; leave exactly one in the file")
    return _expanded(blocks[0])


def _expanded(tags: Tags) -> Structure:
    cell = tags.cell()
    symmetry = symmetry_of(tags, cell)
    sites = sites_of(tags)
    if symmetry is None:
        require_whole_cell(tags, sites)
        remark = "no symmetry is stated; formula and Z agree with the listed sites, so they are taken as the whole cell"
        symmetry = Symmetry(Operations.parse(["x,y,z"]), "P 1 (1)", sure=True, remarks=(remark,))
    vectors = vectors_of(cell)
    content = expand(sites, symmetry.operations, vectors)
    remarks = agreement(tags, sites, content, symmetry.operations, float(cell.volume), sure=symmetry.sure)
    atoms = Atoms(symbols=list(content.elements), scaled_positions=content.scaled, cell=vectors, pbc=True)
    return Structure(
        atoms=atoms,
        space_group=symmetry.title,
        remarks=(*symmetry.remarks, *sites.remarks, *content.remarks, *remarks),
        labels=tuple(sites.labels[owner] for owner in content.owners),
        owners=tuple(content.owners.tolist()),
    )


def vectors_of(cell: gemmi.UnitCell) -> NDArray[np.float64]:
    """Cell vectors as rows [Å], a along x and b in the plane of x and y."""
    return np.array(cell.orth.mat.tolist(), dtype=np.float64).T
