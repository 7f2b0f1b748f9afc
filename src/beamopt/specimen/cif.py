"""Read a CIF: ASE parses it, symmetry is applied here, in a time that grows with the number of sites alone."""

from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms
from ase.io.cif import CIFBlock, parse_cif
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from beamopt.errors import InputError

__all__ = ["MOST_IMAGES", "read_cif"]

MOST_IMAGES = 200_000
"""Sites times symmetry operations that are worked out; few crystals come near a tenth of it."""

_MOST_ATOMS = 50_000  # before those are dropped that stand on one another
_CROWD = 50  # neighbours within reach; no structure has them
_SAME = 0.05  # Å; nearer images are one atom on a special position, given with rounded coordinates


def read_cif(path: Path) -> list[Atoms]:
    """Every structure of a CIF, expanded by its symmetry, elements, positions and cell alone.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        If a site is occupied in part, or the symmetry makes far too many atoms. What ASE raises on a damaged file is
        passed on.
    """
    with path.open("rb") as file:
        blocks = [block for block in parse_cif(file) if block.has_structure()]
    return [_expanded(block, path.name) for block in blocks]


def _expanded(block: CIFBlock, name: str) -> Atoms:
    _require_whole(block, name)
    sites: Atoms = block.get_unsymmetrized_structure()
    if sites.cell.rank < 3:
        return sites
    rotations, translations = block.get_spacegroup(subtrans_included=True).get_op()
    if len(sites) * len(rotations) > MOST_IMAGES:
        raise InputError(
            f"{name}: {len(sites)} sites under {len(rotations)} symmetry operations; give one unit cell of the "
            "asymmetric unit"
        )
    cell, numbers = np.asarray(sites.cell), np.asarray(sites.numbers)
    given = np.asarray(sites.get_scaled_positions(wrap=False), np.float64)
    if not np.all(np.isfinite(given)):
        return sites  # refused with what is wrong by whoever checks positions
    images = (np.einsum("oij,nj->noi", rotations, given) + translations) % 1.0
    own = [_distinct(site, cell) for site in images]
    scaled = np.concatenate(own)
    if len(scaled) > _MOST_ATOMS:
        raise InputError(f"{name}: {len(sites)} sites make {len(scaled)} atoms; give one unit cell")
    elements = np.repeat(numbers, [len(site) for site in own])
    kept = _first_of_each(scaled, elements, cell, name)
    return Atoms(numbers=elements[kept], scaled_positions=scaled[kept], cell=sites.cell, pbc=True)


def _distinct(images: NDArray[np.float64], cell: NDArray[np.float64]) -> NDArray[np.float64]:
    """Images of one site without repetition, in order."""
    apart = images[:, None] - images[None, :]
    distance = np.linalg.norm((apart - np.rint(apart)) @ cell, axis=2)
    return images[[i for i in range(len(images)) if not np.any(distance[i, :i] < _SAME)]]


def _first_of_each(
    scaled: NDArray[np.float64], elements: NDArray[np.int64], cell: NDArray[np.float64], name: str
) -> NDArray[np.intp]:
    """Atoms that no earlier one of the same element stands on: a file may list what its symmetry makes again."""
    wrapped = scaled % 1.0
    wrapped[wrapped >= 1.0] = 0.0
    reach = _SAME * float(np.linalg.norm(np.linalg.inv(cell), 2))  # a ball of _SAME in fractional coordinates
    tree, reach = cKDTree(wrapped, boxsize=1.0), min(reach, 0.25)
    if tree.count_neighbors(tree, reach) > _CROWD * len(wrapped):
        raise InputError(f"{name}: atoms overlap by the dozen; remove duplicates and split positions")
    pairs = tree.query_pairs(reach, output_type="ndarray")
    apart = wrapped[pairs[:, 0]] - wrapped[pairs[:, 1]]
    near = np.linalg.norm((apart - np.rint(apart)) @ cell, axis=1) < _SAME
    again = pairs[near & (elements[pairs[:, 0]] == elements[pairs[:, 1]])]
    return np.setdiff1d(np.arange(len(scaled)), again.max(axis=1) if len(again) else [])


def _require_whole(block: CIFBlock, name: str) -> None:
    """Refuse sites that are occupied in part, by name."""
    shares: list[Any] = block.get("_atom_site_occupancy") or []
    labels: list[Any] = block.get("_atom_site_label") or [f"site {n + 1}" for n in range(len(shares))]
    broken = [f"{label} {share}" for label, share in zip(labels, shares, strict=False) if not _whole(share)]
    if broken:
        named = ", ".join(word[:24] for word in broken[:4]) + (
            f" and {len(broken) - 4} more" if len(broken) > 4 else ""
        )
        raise InputError(
            f"{name}: has partially occupied sites ({named}); of split or mixed positions keep one, delete the others, "
            "and set its occupancy to 1"
        )


def _whole(share: object) -> bool:
    """Whether an occupancy is 1, as it is where a file leaves it open; what is no number is none."""
    return share in {".", "?"} or (isinstance(share, (int, float)) and abs(share - 1) <= 1e-3)
