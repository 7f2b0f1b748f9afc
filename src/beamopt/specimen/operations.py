"""Symmetry operations as exact integers, and whether a list of them is a group."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import gemmi
import numpy as np
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.specimen.elements import shown

__all__ = ["MOST_LISTED", "PARTS", "Operations"]

PARTS = 24
"""Shifts are whole numbers of this part of a cell."""

MOST_LISTED = 192
"""Operations of the largest space group in a conventional cell."""

_MOST = 1536  # those of the largest group in a cell of eight conventional ones, as magnetic structures have
_ENTRY = 6  # no setting in use has rotations of larger entries
_TRIPLET = re.compile(r"(?!.*(?<![.\d])\d{4})[xyz0-9+\-*/.,]+", re.ASCII)  # numbers of four digits wrap in gemmi


@dataclass(frozen=True)
class Operations:
    """A space group as it acts on the fractional coordinates of one cell.

    Parameters
    ----------
    rotations
        Whole numbers ``(n, 3, 3)`` of determinant ±1.
    shifts
        Whole numbers ``(n, 3)`` of 1/24 of the cell's sides, 0 to 23.
    """

    rotations: NDArray[np.int64]
    shifts: NDArray[np.int64]

    @classmethod
    def parse(cls, listed: Sequence[str], centrings: Sequence[str] = ()) -> Self:
        """Operations that a file lists as triplets; a time reversal behind them is dropped.

        Parameters
        ----------
        listed
            For instance ``-x, y+1/2, -z`` or ``x,y,z,-1``.
        centrings
            Further translations, as magnetic structures list them, each combined with every operation.

        Raises
        ------
        InputError
            If a triplet is none, is no symmetry of any lattice, or the list is no group.

        Examples
        --------
        >>> len(Operations.parse(["x,y,z", "-x,-y,-z"]).rotations)
        2
        """
        for words in (listed, centrings):
            if len(words) > MOST_LISTED:
                raise InputError(
                    f"lists {len(words)} symmetry operations, at most {MOST_LISTED} in a conventional cell; give the "
                    "operations of one cell"
                )
        own, further = _stacked(listed), _stacked(centrings or ["x,y,z"])
        if len(own.rotations) * len(further.rotations) > _MOST:
            raise InputError(
                f"lists more than {_MOST} symmetry operations with their centrings; give those of one cell"
            )
        rotations = np.einsum("cab,obd->coad", further.rotations, own.rotations).reshape(-1, 3, 3)
        moved = np.einsum("cab,ob->coa", further.rotations, own.shifts) + further.shifts[:, None]
        group = cls(*_distinct(rotations, moved.reshape(-1, 3) % PARTS))
        if group.products is None:
            raise InputError(
                f"its {len(group.rotations)} symmetry operations are no group: two of them in a row give one that is "
                "not listed; list all of them"
            )
        return group

    @classmethod
    def of(cls, group: gemmi.GroupOps) -> Self:
        """Those of a group of gemmi's."""
        every = list(group)
        rotations = np.array([op.rot for op in every], dtype=np.int64) // gemmi.Op.DEN
        return cls(*_distinct(rotations, np.array([op.tran for op in every], dtype=np.int64) % PARTS))

    @cached_property
    def products(self) -> NDArray[np.int64] | None:
        """Index of the operation that two in a row are, ``(n, n)``; None if one is missing."""
        keys = _keys(self.rotations, self.shifts)
        rows = []
        for rotation, shift in zip(self.rotations, self.shifts, strict=True):
            turned, moved = rotation @ self.rotations, (self.shifts @ rotation.T + shift) % PARTS
            wanted = _keys(turned, moved)
            place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            if np.any(keys[place] != wanted) or np.abs(turned).max() > _ENTRY:
                return None
            rows.append(place)
        return np.array(rows, dtype=np.int64)

    @property
    def translations(self) -> NDArray[np.int64]:
        """Shifts of the operations that turn nothing, the centrings of the cell."""
        return self.shifts[np.all(self.rotations == np.eye(3, dtype=np.int64), axis=(1, 2))]

    @property
    def group(self) -> gemmi.GroupOps:
        """The same as a group of gemmi's."""
        every = []
        for rotation, shift in zip(self.rotations, self.shifts, strict=True):
            op = gemmi.Op()
            op.rot, op.tran = (rotation * gemmi.Op.DEN).tolist(), shift.tolist()
            every.append(op)
        return gemmi.GroupOps(every)

    def resembles(self, other: "Operations") -> bool:
        """Whether both hold as many rotations of every kind, whatever the axes are."""
        return _kinds(self.rotations) == _kinds(other.rotations)

    def equals(self, other: "Operations") -> bool:
        """Whether both hold the same operations."""
        own, others = _keys(self.rotations, self.shifts), _keys(other.rotations, other.shifts)
        return bool(np.array_equal(own, others))

    def equals_from_another_origin(self, other: "Operations") -> bool:
        """Whether both are the same after a shift of the origin."""
        if len(self.rotations) != len(other.rotations) or not np.array_equal(self.rotations, other.rotations):
            return False
        if not np.array_equal(self.translations, other.translations):
            return False
        _, first = np.unique(_keys(self.rotations, 0 * self.shifts), return_index=True)
        weights = PARTS ** np.arange(3)
        centred = np.zeros(PARTS**3, dtype=bool)
        centred[self.translations @ weights] = True
        origins = np.array(list(np.ndindex(PARTS, PARTS, PARTS)))
        for i in first:
            moved = origins - origins @ self.rotations[i].T
            left = (self.shifts[i] - other.shifts[i] - moved) % PARTS
            origins = origins[centred[left @ weights]]
        return len(origins) > 0

    def keeps(self, metric: NDArray[np.float64]) -> float:
        """Largest relative change of a cell's metric tensor under the operations; 0 where the cell has the symmetry."""
        turned = np.einsum("oba,bc,ocd->oad", self.rotations, metric, self.rotations)
        sides = np.sqrt(np.diag(metric))
        return float((np.abs(turned - metric) / np.outer(sides, sides)).max())


def _stacked(words: Sequence[str]) -> Operations:
    parsed = [_parsed(word) for word in words]
    return Operations(*_distinct(np.array([r for r, _ in parsed]), np.array([s for _, s in parsed])))


def _parsed(text: str) -> tuple[list[list[int]], list[int]]:
    """Rotation and shift of one triplet."""
    word = "".join(text.split()).lower()
    parts = word.split(",")
    if len(parts) == 4 and parts[3] in {"1", "+1", "-1"}:
        word = ",".join(parts[:3])
    wrong = InputError(
        f"symmetry operation '{shown(text)}' is none; write three terms of x, y, z and shifts in 24ths of the cell"
    )
    if not _TRIPLET.fullmatch(word) or len(word) > 100:
        raise wrong
    try:
        op = gemmi.Op(re.sub(r"(\d)(?=[xyz])", r"\1*", word))
    except (RuntimeError, ValueError):
        raise wrong from None
    rotation = np.array(op.rot)
    if np.any(rotation % gemmi.Op.DEN) or np.abs(rotation).max() > _ENTRY * gemmi.Op.DEN:
        raise wrong
    whole = rotation // gemmi.Op.DEN
    if abs(round(float(np.linalg.det(whole)))) != 1:
        raise InputError(
            f"symmetry operation '{shown(text)}' maps a cell onto another volume; its determinant must be 1 or -1"
        )
    return whole.tolist(), [part % PARTS for part in op.tran]


def _keys(rotations: NDArray[np.int64], shifts: NDArray[np.int64]) -> NDArray[np.int64]:
    """One whole number for each operation."""
    turn = (rotations.reshape(-1, 9) + _ENTRY) @ (2 * _ENTRY + 1) ** np.arange(9)
    return np.asarray(turn * PARTS**3 + shifts.reshape(-1, 3) @ PARTS ** np.arange(3))


def _distinct(rotations: NDArray[np.int64], shifts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Operations in the order of their keys, each once."""
    _, first = np.unique(_keys(rotations, shifts), return_index=True)
    return rotations[first], shifts[first]


def _kinds(rotations: NDArray[np.int64]) -> Counter[tuple[int, int]]:
    """How many rotations there are of every determinant and trace, which no change of axes alters."""
    turns = np.unique(rotations, axis=0)
    return Counter((round(float(np.linalg.det(turn))), int(np.trace(turn))) for turn in turns)
