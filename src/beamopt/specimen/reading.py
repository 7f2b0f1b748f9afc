"""Read the user's structure file; whatever is wrong with it is said in one line."""

import warnings
from pathlib import Path

import ase.io
import numpy as np
from ase import Atoms
from ase.spacegroup.spacegroup import SpacegroupError

from beamopt.errors import InputError
from beamopt.specimen.cif import read_cif
from beamopt.specimen.contents import shortest_contact
from beamopt.specimen.cut import cut_specimen
from beamopt.specimen.suspicion import require_readable
from beamopt.specimen.value import Specimen

__all__ = ["LARGEST_EXTENT", "LARGEST_FILE", "MOST_ATOMS", "SHORTEST_BOND", "SHORTEST_CONTACT", "read_specimen"]

LARGEST_FILE = 5_000_000
"""Bytes of the largest structure file that is read."""

MOST_ATOMS = 5_000
"""Atoms in the largest structure that is read."""

LARGEST_EXTENT = 1_000.0
"""Longest cell side and coordinate that is believed [Å]."""

SHORTEST_CONTACT = 0.5
"""Atoms nearer to each other overlap [Å]."""

SHORTEST_BOND = 0.9
"""Atoms other than hydrogen nearer to each other overlap [Å]; the shortest bond, of nitrogen, has 1.10 Å."""

_FORMATS = {
    ".cif": "cif",
    ".xyz": "extxyz",
    ".extxyz": "extxyz",
    ".vasp": "vasp",
    ".poscar": "vasp",
    ".pdb": "proteindatabank",
}
_NAMES = {"POSCAR": "vasp", "CONTCAR": "vasp"}

# What ASE's readers are known to raise on files that are damaged or are something else.
_DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, RuntimeError,
    StopIteration, SyntaxError, TypeError, ValueError, ase.io.ParseError, SpacegroupError,
)  # fmt: skip


def read_specimen(path: str | Path, *, zone_axis: tuple[int, int, int] | None, thickness: float) -> Specimen:
    """Specimen of a structure file.

    Parameters
    ----------
    path
        A ``.cif``, ``.xyz``, ``.extxyz``, ``.vasp``, ``.poscar`` or ``.pdb`` file, or one called ``POSCAR`` or
        ``CONTCAR``, with one ordered periodic structure.
    zone_axis
        Direction along the beam on the file's axes; [0, 0, 1] where None.
    thickness
        Wanted thickness [Å]; met to the nearest whole cell.

    Returns
    -------
    Specimen

    Raises
    ------
    InputError
        If the file is missing, too large, of another format, damaged, without a unit cell, disordered, or has atoms
        that overlap or are nowhere; and as `build_specimen`.
    """
    path = Path(path)
    atoms, remarks = _read(path)
    _check(atoms, path.name)
    notes = (*remarks, *_missing(atoms))
    return cut_specimen(_bare(atoms), zone_axis or (0, 0, 1), thickness, name=path.name, notes=notes)


def _read(path: Path) -> tuple[Atoms, tuple[str, ...]]:
    """The only structure of a file, and what its reader warned of."""
    kind = _FORMATS.get(path.suffix.lower()) or _NAMES.get(path.name.upper())
    if kind is None:
        raise InputError(f"{path.name}: not a format read here; convert it to cif, xyz, extxyz, vasp (POSCAR) or pdb")
    try:
        if not path.is_file():
            raise InputError(f"{path}: no such structure file; check the path, which is relative to the study file")
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path.name}: larger than {LARGEST_FILE / 1e6:g} MB; give one unit cell, not a model")
        require_readable(path, kind, MOST_ATOMS)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            if kind == "cif":
                found = read_cif(path)
            else:
                found = list(ase.io.iread(path, index=slice(None), format=kind, do_not_split_by_at_sign=True))
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read, {error.strerror}; check its permissions") from None
    except _DAMAGE as error:
        reason = " ".join(f"{type(error).__name__} {error}".split())[:120]
        raise InputError(f"{path.name}: not a valid {kind} file ({reason}); export it again") from None
    structures = [atoms for atoms in found if len(atoms)]
    if len(structures) != 1:
        raise InputError(f"{path.name}: holds {len(structures)} structures; leave exactly one in the file")
    remarks = dict.fromkeys(" ".join(str(warning.message).split())[:160] for warning in caught)
    return structures[0], tuple(f"reader of {path.name}: {remark}" for remark in list(remarks)[:3])


def _check(atoms: Atoms, name: str) -> None:
    """Refuse what cannot stand in the beam."""
    if len(atoms) > MOST_ATOMS:
        raise InputError(f"{name}: {len(atoms)} atoms in the cell, at most {MOST_ATOMS}; give one unit cell")
    if not np.all(np.isfinite(atoms.positions)) or not np.all(np.isfinite(np.asarray(atoms.cell))):
        raise InputError(f"{name}: a position or cell length is not a finite number; correct it in the file")
    extent = max(float(np.abs(values).max()) for values in (atoms.positions, np.asarray(atoms.cell)))
    if extent > LARGEST_EXTENT:
        raise InputError(f"{name}: reaches {extent:.3g} Å, at most {LARGEST_EXTENT:g} Å; check the units, Å are meant")
    if atoms.cell.rank < 3 or atoms.cell.volume < 1.0:
        raise InputError(f"{name}: has no unit cell; add one (Lattice=... in extxyz, CRYST1 in pdb) or use cif")
    if np.any(atoms.numbers < 1) or np.any(atoms.numbers > 103):
        raise InputError(f"{name}: holds atoms of unknown element; name an element for every site")
    if _partial(atoms):
        raise InputError(f"{name}: has partially occupied sites; keep one of the split positions at occupancy 1")
    for some, least in ((atoms.numbers > 0, SHORTEST_CONTACT), (atoms.numbers > 1, SHORTEST_BOND)):
        contact = shortest_contact(_bare(atoms[some]))
        if contact < least:
            raise InputError(
                f"{name}: atoms overlap, the shortest distance is {contact:.2f} Å and must be {least:g} Å or more"
                f"{'' if least == SHORTEST_CONTACT else ' beside hydrogen'}; remove duplicates and split positions"
            )


def _missing(atoms: Atoms) -> tuple[str, ...]:
    """A note on an organic structure whose file holds no hydrogen, as refinements often leave it out."""
    count = {symbol: int(np.sum(atoms.symbols == symbol)) for symbol in ("H", "C", "N", "O")}
    organic = count["C"] and 2 * count["C"] > count["O"] and count["N"] + count["O"]  # a carbonate is none
    if count["H"] or not organic:
        return ()
    return ("holds carbon and no hydrogen: if refinement left the hydrogens out, add them, for they scatter too",)


def _partial(atoms: Atoms) -> bool:
    """Whether a site is occupied in part."""
    listed = [atoms.arrays[key] for key in ("occupancy", "occupancies") if key in atoms.arrays]
    return any(np.any(np.abs(column - 1) > 1e-3) for column in listed)


def _bare(atoms: Atoms) -> Atoms:
    """Elements, positions and cell alone, periodic in all directions."""
    return Atoms(numbers=atoms.numbers, positions=atoms.positions, cell=atoms.cell, pbc=True)
