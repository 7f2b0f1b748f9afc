"""From the asymmetric unit to the unit cell: every site's orbit with its exact multiplicity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from beamopt.errors import InputError
from beamopt.specimen.operations import PARTS, Operations
from beamopt.specimen.sites import Sites

__all__ = ["MOST_IMAGES", "Content", "expand"]

MOST_IMAGES = 200_000
"""Sites times symmetry operations that are worked out; few crystals come near a tenth of it."""

_MOST_ATOMS = 50_000  # before those are dropped that stand on one another
_CROWD = 50  # neighbours within reach; no structure has them
_SAME = 0.05  # Å; nearer images are one atom on a special position, given with rounded coordinates
_REMARKED = (_SAME, 0.1, 0.2)  # Å; wider ones are tried only where no other image is near, and said
_APART = 0.5  # Å; images of a site must be farther from one another, or be one atom


@dataclass(frozen=True)
class Content:
    """Atoms of a unit cell.

    Parameters
    ----------
    elements
        Symbol of each.
    scaled
        Fractional coordinates ``(n, 3)``, 0 to 1.
    owners
        Index of the site that each comes from.
    multiplicities
        Atoms that each site makes.
    remarks
        What was moved or dropped.
    """

    elements: tuple[str, ...]
    scaled: NDArray[np.float64]
    owners: NDArray[np.int64]
    multiplicities: tuple[int, ...]
    remarks: tuple[str, ...] = ()


def expand(sites: Sites, operations: Operations, cell: NDArray[np.float64]) -> Content:
    """Apply a space group to sites.

    The operations that leave a site where it is are a subgroup; its cosets are the atoms of the orbit, and the mean of
    the subgroup's images is the special position that rounded coordinates miss.

    Parameters
    ----------
    sites
        The asymmetric unit.
    operations
        The space group.
    cell
        Cell vectors as rows [Å].

    Raises
    ------
    InputError
        If it makes far too many atoms, or a site comes too near to its own images.
    """
    count = len(operations.rotations)
    if len(sites.labels) * count > MOST_IMAGES:
        raise InputError(f"{len(sites.labels)} sites under {count} symmetry operations; list the asymmetric unit alone")
    orbits, moved = [], []
    for place, label in zip(sites.places, sites.labels, strict=True):
        orbit, shift = _orbit(place % 1.0, label, operations, cell)
        orbits.append(orbit)
        if shift > _SAME:
            moved.append(f"{label} by {shift:.2f} Å")
    scaled = np.concatenate(orbits)
    if len(scaled) > _MOST_ATOMS:
        raise InputError(f"{len(sites.labels)} sites make {len(scaled)} atoms; give one unit cell")
    sizes = [len(orbit) for orbit in orbits]
    owners = np.repeat(np.arange(len(orbits)), sizes)
    kept = _first_of_each(scaled, np.array(sites.elements)[owners], cell)
    remarks = []
    if moved:
        remarks.append(f"sites moved onto the special position beside them: {', '.join(moved[:4])}")
    if len(kept) < len(scaled):
        remarks.append(f"{len(scaled) - len(kept)} atoms are listed twice, or made again by symmetry, and kept once")
    elements = tuple(sites.elements[owner] for owner in owners[kept])
    return Content(elements, scaled[kept], owners[kept], tuple(sizes), tuple(remarks))


def _orbit(
    place: NDArray[np.float64], label: str, operations: Operations, cell: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Images of one site, each once, and how far the site was moved onto its special position [Å]."""
    if len(operations.rotations) == 1:  # a file that lists all its atoms may list thousands
        return place[None], 0.0
    images = operations.rotations @ place + operations.shifts / PARTS
    apart = images - place
    apart -= np.rint(apart)
    distance = np.linalg.norm(apart @ cell, axis=1)
    products = operations.products
    for reach in _REMARKED:
        near = np.flatnonzero(distance < reach)
        if products is not None and np.all(np.isin(products[np.ix_(near, near)], near)):
            others = distance[distance >= reach]
            if not len(others) or others.min() >= _APART:
                break
    else:
        nearest = float(distance[distance > _SAME].min())
        raise InputError(
            f"site {label} comes within {nearest:.2f} Å of its own image under symmetry; give its coordinates with "
            "more digits (1/3 as 0.33333), or keep one of its split positions"
        )
    own = place + apart[near].mean(axis=0)
    first = np.unique(products[:, near].min(axis=1))
    orbit = (operations.rotations[first] @ own + operations.shifts[first] / PARTS) % 1.0
    orbit[orbit >= 1.0] = 0.0
    return orbit, float(np.linalg.norm((own - place) @ cell))


def _first_of_each(
    scaled: NDArray[np.float64], elements: NDArray[np.str_], cell: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Atoms that no earlier one of the same element stands on: a file may list what its symmetry makes again."""
    reach = _SAME * float(np.linalg.norm(np.linalg.inv(cell), 2))  # a ball of _SAME in fractional coordinates
    tree, reach = cKDTree(scaled, boxsize=1.0), min(reach, 0.25)
    if tree.count_neighbors(tree, reach) > _CROWD * len(scaled):
        raise InputError("lists atoms that overlap by the dozen; remove duplicates and split positions")
    pairs = tree.query_pairs(reach, output_type="ndarray")
    apart = scaled[pairs[:, 0]] - scaled[pairs[:, 1]]
    near = np.linalg.norm((apart - np.rint(apart)) @ cell, axis=1) < _SAME
    again = pairs[near & (elements[pairs[:, 0]] == elements[pairs[:, 1]])]
    return np.setdiff1d(np.arange(len(scaled)), again.max(axis=1) if len(again) else [])
