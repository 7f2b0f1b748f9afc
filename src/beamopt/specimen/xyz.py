"""Read one frame of an (extended) XYZ file; ASE reads it once its count, its symbols and its end are checked."""

import io
import re
from collections.abc import Iterator

import ase.io
import numpy as np
from ase import Atoms
from ase.data import chemical_symbols

from beamopt.errors import InputError
from beamopt.specimen.elements import HEAVIEST, element, shown
from beamopt.specimen.structure import LISTED, Structure

__all__ = ["read_xyz"]

_MOST_COLUMNS = 100
_OCCUPANCY = re.compile(r"([a-z]*_)?(site_?)?(occ(upan|upat|$|_|s$)|sof$)", re.IGNORECASE)
_SPOKEN = re.compile(r"\b(occ(up\w*)?|sof|disorder\w*|partial\w*)\b", re.IGNORECASE)
_VACUUM = 5.0  # Å above and below a sheet whose file has no cell across it


def read_xyz(text: str, most_atoms: int) -> Structure:
    """The only frame of an XYZ file.

    Parameters
    ----------
    text
        The file.
    most_atoms
        Atoms that are read.

    Raises
    ------
    InputError
        If the count is none or too large, a second frame follows, a symbol is no element, or a site is occupied in
        part.
    """
    lines = text.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    count = _count(lines, most_atoms)
    comment = lines[1] if len(lines) > 1 else ""
    rows = lines[2 : 2 + count]
    if len(rows) < count:
        raise InputError(f"announces {count} atoms in {len(lines)} lines; export it again")
    if len(lines) > 2 + count:
        again = lines[2 + count].strip()
        more = "a second frame" if again.isdecimal() else "more lines than atoms"
        raise InputError(f"holds {more} after its {count} atoms; leave one structure in the file")
    place = _species_column(comment)
    named = [_named(row, place, n + 3) for n, row in enumerate(rows)]
    frame = "\n".join([str(count), comment, *named]) + "\n"
    atoms = next(iter(ase.io.iread(io.StringIO(frame), index=0, format="extxyz")))
    _require_whole(atoms)
    _require_one_element(atoms, named, place)
    remarks: tuple[str, ...] = ()
    if _SPOKEN.search(comment):
        remarks += ("its comment speaks of occupancies; every listed atom is taken as whole",)
    ways = tuple(bool(one) for one in atoms.pbc)
    periodic = ways == (True, True, False)
    if "pbc" in comment.lower() and ways not in {(True, True, True), (True, True, False)}:
        remarks += ("its pbc says that it does not repeat along every axis; it is taken as a crystal of its cell",)
    return Structure(
        atoms=_closed(atoms) if periodic else atoms,
        space_group=LISTED,
        remarks=remarks,
        sheet=periodic,
    )


def _count(lines: list[str], most_atoms: int) -> int:
    first = lines[0].strip() if lines else ""
    if not re.fullmatch(r"\+?\d{1,9}", first, re.ASCII) or int(first) == 0:
        beginning = f"begins with '{shown(first)}'" if first else "begins with an empty line"
        raise InputError(f"not a valid xyz file, it {beginning} and not with the number of its atoms; export it again")
    if int(first) > most_atoms:
        raise InputError(f"{first} atoms in the cell, at most {most_atoms}; give one unit cell")
    return int(first)


def _species_column(comment: str) -> int:
    """Column of the symbols."""
    match = re.search(r"Properties\s*=\s*\"?([^\s\"]+)", comment)
    if match is None:
        return 0
    fields = match[1].split(":")
    names, widths = fields[::3], [int(width) if width.isdecimal() else 1 for width in fields[2::3]]
    if sum(widths) > _MOST_COLUMNS:
        raise InputError(f"announces {sum(widths)} columns; export it again")
    if "species" in names:
        return sum(widths[: names.index("species")])
    raise InputError("its Properties name no species; add species:S:1")


def _named(row: str, place: int, line: int) -> str:
    """A row with its symbol as ASE writes it; what is no number is left to ASE."""
    words = row.split()
    symbol = words[place] if len(words) > place else ""
    number = int(symbol) if symbol.isdecimal() and len(symbol) < 4 else 0
    species = chemical_symbols[number] if 1 <= number <= HEAVIEST else element(symbol)
    if species is None:
        raise InputError(f"line {line}: '{shown(symbol)}' is an unknown element; name an element for every site")
    return " ".join([*words[:place], species, *words[place + 1 :]])


def _require_one_element(atoms: Atoms, named: list[str], place: int) -> None:
    """Refuse a second column that names other elements."""
    for n, (row, symbol) in enumerate(zip(named, atoms.get_chemical_symbols(), strict=True)):
        word = row.split()[place]
        if word != symbol:
            raise InputError(f"line {n + 3}: its columns name both {word} and {symbol}; keep one of them")


def _require_whole(atoms: Atoms) -> None:
    """Refuse any sign of partial occupancy, in a column or in the comment."""
    entries = [*atoms.arrays.items(), *atoms.info.items()]
    for name, values in ((str(name), values) for name, values in entries):
        if _OCCUPANCY.match(name) and any(abs(share - 1) > 1e-3 or share != share for share in _shares(values)):  # noqa: PLR0124
            raise InputError(
                f"has partially occupied sites, says '{shown(name)}'; of split or mixed positions keep one, and remove "
                "the occupancies"
            )


def _shares(values: object) -> Iterator[float]:
    """Every number of a value; what is none is not a number."""
    if isinstance(values, np.ndarray):
        values = values.ravel().tolist()
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)):
        for value in values:
            yield from _shares(value)
    elif isinstance(values, (bool, int, float, np.number)):
        yield float(values)
    else:
        yield float("nan")


def _closed(atoms: Atoms) -> Atoms:
    """A sheet with a cell across it, where its file has none or one that is shorter than the sheet."""
    cell = np.asarray(atoms.cell).copy()
    across = np.cross(cell[0], cell[1])
    area = np.linalg.norm(across)
    if area == 0:
        return atoms
    heights = np.asarray(atoms.positions) @ (across / area)
    extent, height = float(np.ptp(heights)), float(abs(cell[2] @ across)) / area
    levels = np.sort(heights % height) if height > 0 else heights
    vacuum = height - extent if height == 0 else float(np.diff(np.append(levels, levels[0] + height)).max())
    if max(vacuum, height - extent) >= _VACUUM:
        return atoms
    cell[2] = across / area * (extent + 2 * _VACUUM)
    return Atoms(atoms.numbers, positions=atoms.positions, cell=cell, pbc=True)
