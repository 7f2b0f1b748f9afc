"""Read the user's structure file; whatever is wrong with it is said in one line."""

import warnings
from dataclasses import replace
from pathlib import Path

import ase.io
import numpy as np
from ase import Atoms

from beamopt.errors import InputError
from beamopt.specimen.cif import read_cif
from beamopt.specimen.contents import contents_of, shortest_contact
from beamopt.specimen.cut import cut_sheet, cut_specimen
from beamopt.specimen.pdb import read_pdb
from beamopt.specimen.poscar import read_poscar
from beamopt.specimen.structure import Structure
from beamopt.specimen.text import text_of
from beamopt.specimen.vacuum import free_standing
from beamopt.specimen.value import Specimen
from beamopt.specimen.xyz import read_xyz

__all__ = ["LARGEST_EXTENT", "MOST_ATOMS", "SHORTEST_BOND", "SHORTEST_CONTACT", "read_specimen", "read_structure"]

MOST_ATOMS = 5_000
"""Atoms in the largest structure that is read."""

LARGEST_EXTENT = 1_000.0
"""Longest cell side and coordinate that is believed [Å]."""

SHORTEST_CONTACT = 0.5
"""Atoms nearer to each other overlap [Å]."""

SHORTEST_BOND = 0.9
"""Atoms other than hydrogen nearer to each other overlap [Å]; the shortest bond, of nitrogen, has 1.10 Å."""

_FORMATS = {
    ".cif": "cif", ".mcif": "cif", ".xyz": "xyz", ".extxyz": "xyz", ".vasp": "vasp", ".poscar": "vasp", ".pdb": "pdb",
}  # fmt: skip
_NAMES = {"POSCAR": "vasp", "CONTCAR": "vasp"}

# What ASE's readers are known to raise on files that are damaged or are something else.
_DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, RuntimeError,
    StopIteration, SyntaxError, TypeError, ValueError, ase.io.ParseError,
)  # fmt: skip


def read_specimen(
    path: str | Path, *, zone_axis: tuple[int, int, int] | None, thickness: float, sheets: int | None = None
) -> Specimen:
    """Specimen of a structure file.

    Parameters
    ----------
    path
        A ``.cif``, ``.mcif``, ``.xyz``, ``.extxyz``, ``.vasp``, ``.poscar`` or ``.pdb`` file, or one called ``POSCAR``
        or ``CONTCAR``, with one ordered periodic structure.
    zone_axis
        Direction along the beam on the file's axes; [0, 0, 1] where None.
    thickness
        Wanted thickness [Å]; met to the nearest whole cell. A sheet, a cell with vacuum along the beam, has its own.
    sheets
        How many cells of a sheet are stacked; one where None.

    Returns
    -------
    Specimen

    Raises
    ------
    InputError
        If the file is missing, too large, of another format, damaged, without a unit cell, contradictory, disordered,
        or has atoms that overlap or are nowhere; and as `build_specimen`.
    """
    path = Path(path)
    structure = read_structure(path)
    axis = zone_axis or (0, 0, 1)
    standing = free_standing(structure.atoms, axis, stated=structure.sheet)
    vacuum = () if standing is None else (standing.sentence(sheets or 1),)
    notes = (*vacuum, *structure.remarks, *_missing(structure.atoms))
    contents = contents_of(replace(structure, remarks=notes))
    if standing is not None:
        return cut_sheet(standing, axis, sheets or 1, name=path.name, notes=notes, contents=contents)
    if sheets is not None:
        raise InputError(
            f"{path.name}: sample.sheets = {sheets}, and no vacuum lies along {list(axis)}; remove it, thickness says "
            "how far a crystal is repeated"
        )
    return cut_specimen(structure.atoms, axis, thickness, name=path.name, notes=notes, contents=contents)


def read_structure(path: Path) -> Structure:
    """The only structure of a file, as its unit cell.

    Parameters
    ----------
    path
        As for `read_specimen`.

    Raises
    ------
    InputError
        As `read_specimen`.
    """
    kind = _FORMATS.get(path.suffix.lower()) or _NAMES.get(path.name.upper())
    if kind is None:
        raise InputError(f"{path.name}: not a format read here; convert it to cif, xyz, extxyz, vasp (POSCAR) or pdb")
    try:
        structure = _understood(path, kind)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read, {error.strerror or error}; check its permissions") from None
    except _DAMAGE as error:
        reason = " ".join(f"{type(error).__name__} {error}".split())[:120]
        raise InputError(f"{path.name}: not a valid {kind} file ({reason}); export it again") from None
    bare = Atoms(structure.atoms.numbers, positions=structure.atoms.positions, cell=structure.atoms.cell, pbc=True)
    return replace(structure, atoms=bare)


def _understood(path: Path, kind: str) -> Structure:
    """The structure of a file of known kind, once it has been checked."""
    if not path.is_file():
        raise InputError(f"no such structure file as {path}; check the path, which is relative to the study file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # foreign; what they warn of is checked here
        structure = _read(text_of(path), kind)
    _check(structure)
    return structure


def _read(text: str, kind: str) -> Structure:
    if kind == "cif":
        return read_cif(text)
    reader = {"xyz": read_xyz, "vasp": read_poscar, "pdb": read_pdb}[kind]
    return reader(text, MOST_ATOMS)


def _check(structure: Structure) -> None:
    """Refuse what cannot stand in the beam."""
    atoms = structure.atoms
    if len(atoms) > MOST_ATOMS:
        raise InputError(f"{len(atoms)} atoms in the cell, at most {MOST_ATOMS}; give one unit cell")
    if not np.all(np.isfinite(atoms.positions)) or not np.all(np.isfinite(np.asarray(atoms.cell))):
        raise InputError("a position or cell length is not a finite number; correct it in the file")
    extent = max(float(np.abs(values).max()) for values in (atoms.positions, np.asarray(atoms.cell)))
    if extent > LARGEST_EXTENT:
        raise InputError(f"reaches {extent:.3g} Å, at most {LARGEST_EXTENT:g} Å; check the units, Å are meant")
    if atoms.cell.rank < 3 or atoms.cell.volume < 1.0:
        raise InputError("has no unit cell; add one (Lattice=... in extxyz, CRYST1 in pdb) or use cif")
    for some, least in ((atoms.numbers > 0, SHORTEST_CONTACT), (atoms.numbers > 1, SHORTEST_BOND)):
        places = np.flatnonzero(some)
        contact = shortest_contact(atoms[places])
        if contact.distance < least:
            pair = int(places[contact.first]), int(places[contact.second])
            raise InputError(_overlap(structure, pair, contact.distance, least))


def _overlap(structure: Structure, pair: tuple[int, int], distance: float, least: float) -> str:
    """Which atoms overlap, and whether the file lists them so or its symmetry makes them."""
    first, second = pair
    beside = "" if least == SHORTEST_CONTACT else " beside hydrogen"
    limit = f"is {distance:.2f} Å and must be {least:g} Å or more{beside}"
    names = structure.labels or [f"{symbol} {n + 1}" for n, symbol in enumerate(structure.atoms.symbols)]
    if not structure.owners or (first != second and structure.owners[first] != structure.owners[second]):
        between = f"{names[first]} and {names[second]}"
        return f"atoms overlap, the shortest distance {limit}, between {between}; remove duplicates and split positions"
    return (
        f"symmetry brings {names[first]} and its own image together, the distance {limit}; check the space group, its "
        "setting and origin, and the cell"
    )


def _missing(atoms: Atoms) -> tuple[str, ...]:
    """A note on an organic structure whose file holds no hydrogen, as refinements often leave it out."""
    count = {symbol: int(np.sum(atoms.symbols == symbol)) for symbol in ("H", "C", "N", "O")}
    organic = count["C"] and 2 * count["C"] > count["O"] and count["N"] + count["O"]  # a carbonate is none
    if count["H"] or not organic:
        return ()
    return ("holds carbon and no hydrogen: if refinement left the hydrogens out, add them, for they scatter too",)
