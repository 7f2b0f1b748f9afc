"""Space groups by name, Hall symbol and number: which settings a file's words may mean."""

import re
from collections.abc import Sequence

import gemmi
import numpy as np
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.specimen.elements import shown
from beamopt.specimen.operations import Operations

__all__ = ["LARGEST_MISFIT", "chosen", "is_hexagonal", "metric_of", "named", "numbered", "title"]

LARGEST_MISFIT = 0.01
"""How far a cell may miss the symmetry of its space group, as a share of its metric tensor."""

_ORIGIN = re.compile(r"\(?\s*origin(?:\s+choice)?\s*([12])\s*\)?$", re.IGNORECASE)
_COLON = re.compile(r":\s*([12HRhr])$")
_SUFFIX = re.compile(r"(?<=[a-z0-9])\s*(HR|[SZHR])$|(?<=[A-Za-z0-9])\s+(HR|[SZHR])$")
_EXTENSION = {"S": "1", "Z": "2", "HR": "H"}


def title(group: gemmi.SpaceGroup) -> str:
    """Name, setting and number of a space group.

    Examples
    --------
    >>> title(gemmi.find_spacegroup_by_name("P 21/n"))
    'P 1 21/n 1 (14)'
    """
    return f"{group.xhm()} ({group.number})"


def named(name: str) -> list[gemmi.SpaceGroup]:
    """Settings that a Hermann-Mauguin symbol may mean, the usual one first; none if it is in no table.

    Examples
    --------
    >>> [group.xhm() for group in named("F d -3 m Z")], len(named("F d -3 m")), named("P2(1)/n")[0].xhm()
    (['F d -3 m:2'], 2, 'P 1 21/n 1')
    """
    words = " ".join(re.sub(r"\((\d)\)", r"\1", name.replace("_", " ")).split())
    extension = ""
    for pattern in (_ORIGIN, _COLON, _SUFFIX):
        match = pattern.search(words)
        if match:
            mark = next(part for part in match.groups() if part).upper()
            extension, words = _EXTENSION.get(mark, mark), words[: match.start()].strip(" :")
            break
    if words[:1] in {"H", "h"}:
        extension, words = "H", f"R{words[1:]}"
    usual = gemmi.find_spacegroup_by_name(words) or _by_short_name(words)
    if usual is None:
        return []
    alike = [usual, *(group for group in gemmi.spacegroup_table() if _alike(group, usual, words))]
    settings = list({group.xhm(): group for group in alike}.values())
    return [group for group in settings if not extension or _extension(group) == extension]


def numbered(number: int) -> list[gemmi.SpaceGroup]:
    """Every setting of a space group in the tables, the standard one first; none if there is no such number."""
    every = [group for group in gemmi.spacegroup_table() if group.number == number]
    return sorted(every, key=lambda group: not group.is_reference_setting())


def chosen(groups: Sequence[gemmi.SpaceGroup], code: str, cell: gemmi.UnitCell, what: str) -> gemmi.SpaceGroup:
    """The setting that the coordinate-system code and the cell leave.

    Parameters
    ----------
    groups
        Settings that may be meant, the usual one first.
    code
        Coordinate-system code of the file, such as ``2``, ``h`` or ``b1``; empty where it has none.
    cell
        Unit cell.
    what
        What to call them in errors.

    Raises
    ------
    InputError
        If none is left, or two origins are.
    """
    left = [group for group in groups if not code or code.lower() in _codes(group)]
    if not left:
        raise InputError(f"{what} has no setting with the code '{shown(code)}'; correct one of them")
    metric = metric_of(cell)
    fitting = [group for group in left if Operations.of(group.operations()).keeps(metric) <= LARGEST_MISFIT]
    if not fitting:
        sides = ", ".join(f"{side:g}" for side in cell.parameters)
        raise InputError(f"{what} does not fit the cell {sides}; correct the space group or the cell")
    origins = {_extension(group) for group in fitting if group.hm == fitting[0].hm}
    if origins == {"1", "2"}:
        raise InputError(
            f"{what} has two origins and no symmetry operations are listed; add ':1' or ':2' to the name, or the "
            "operations"
        )
    if origins == {"H", "R"}:
        return next(group for group in fitting if _extension(group) == ("H" if is_hexagonal(cell) else "R"))
    return fitting[0]


def is_hexagonal(cell: gemmi.UnitCell) -> bool:
    """Whether a cell has the shape of hexagonal axes."""
    return abs(cell.gamma - 120) < 0.5 and abs(cell.alpha - 90) < 0.5 and abs(cell.beta - 90) < 0.5


def metric_of(cell: gemmi.UnitCell) -> NDArray[np.float64]:
    """Metric tensor [Å²]."""
    vectors = np.array(cell.orth.mat.tolist())
    return np.asarray(vectors.T @ vectors, dtype=np.float64)


def _extension(group: gemmi.SpaceGroup) -> str:
    return group.ext.strip("\x00 ")


def _codes(group: gemmi.SpaceGroup) -> set[str]:
    extension, qualifier = _extension(group).lower(), group.qualifier.lower()
    return {extension, qualifier, extension + qualifier} - {""} | (
        {"abc", extension + "abc"} if not qualifier else set()
    )


def _alike(group: gemmi.SpaceGroup, usual: gemmi.SpaceGroup, words: str) -> bool:
    """Whether a setting has the same symbol but for its origin, or the same short one where only that was given."""
    return group.hm == usual.hm or (group.number == usual.number and _is_short(group, words))


def _is_short(group: gemmi.SpaceGroup, words: str) -> bool:
    """Whether words are the short symbol of a monoclinic setting, which leaves the unique axis open."""
    parts = group.hm.split()
    short = "".join(part for part in parts if part != "1")
    return 3 <= group.number <= 15 and short.lower() == words.replace(" ", "").lower()


def _by_short_name(words: str) -> gemmi.SpaceGroup | None:
    return next((group for group in gemmi.spacegroup_table() if _is_short(group, words)), None)
