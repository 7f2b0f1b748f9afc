"""Read a PDB file; records are gemmi's, symmetry is that of CRYST1."""

from collections.abc import Sequence

import gemmi
import numpy as np
from ase import Atoms

from beamopt.errors import InputError
from beamopt.specimen.cif import vectors_of
from beamopt.specimen.elements import element, shown
from beamopt.specimen.expand import expand
from beamopt.specimen.groups import chosen, named, title
from beamopt.specimen.operations import Operations
from beamopt.specimen.sites import Sites
from beamopt.specimen.structure import Structure

__all__ = ["read_pdb"]


def read_pdb(text: str, most_atoms: int) -> Structure:
    """The only model of a PDB file, expanded by the space group of its CRYST1 record.

    Parameters
    ----------
    text
        The file.
    most_atoms
        Sites that are read.

    Raises
    ------
    InputError
        If it has no cell, no space group or several models, names no elements, or is disordered.
    """
    lines = text.split("\n")
    listed = [line for line in lines if line[:6] in {"ATOM  ", "HETATM"}]
    if len(listed) > most_atoms:
        raise InputError(f"lists {len(listed)} sites, at most {most_atoms}; give one unit cell")
    _require_one(lines)
    for line in listed:
        if element(line[76:78]) is None:
            raise InputError(
                f"atom '{shown(line[12:16].strip())}' is of unknown element; name its element in columns 77 and 78"
            )
        _require_whole(line)
    try:
        model = gemmi.read_pdb_string("\n".join(lines) + "\n")
    except (RuntimeError, ValueError) as error:
        raise InputError(f"not a valid pdb file ({shown(str(error))}); export it again") from None
    if not listed or len(model) != 1:
        raise InputError("not a valid pdb file, it lists no atoms; export it again")
    if not any(line[:6] == "CRYST1" for line in lines):
        raise InputError("has no unit cell; add a CRYST1 record or use cif")
    return _expanded(model, listed)


def _require_one(lines: Sequence[str]) -> None:
    """Refuse what gemmi would end at or read otherwise: a second structure, other axes, atoms that are implied."""
    records = [line[:6].strip() for line in lines]
    after = records[records.index("END") + 1 :] if "END" in records else []
    if records.count("MODEL") > 1 or records.count("CRYST1") > 1 or {"ATOM", "HETATM", "CRYST1"} & set(after):
        raise InputError("holds several structures; leave one in the file, its atoms before END")
    small = [record for record in records if record.upper() in {"ATOM", "HETATM", "CRYST1"} and not record.isupper()]
    if small:
        raise InputError(f"writes the record '{small[0]}' in small letters; write {small[0].upper()}")
    for line, record in zip(lines, records, strict=True):
        if record.startswith("SCALE") and _number(line[45:55].strip() or "0") != 0:
            raise InputError("its SCALE records shift the origin; write the coordinates from the origin of CRYST1")
        if record.startswith("MTRIX") and line[59:60] != "1":
            raise InputError("its MTRIX records imply atoms that it does not list; list them, or mark them as given")


def _expanded(model: gemmi.Structure, listed: Sequence[str]) -> Structure:
    cell, name = model.cell, model.spacegroup_hm.strip()
    if not (min(cell.parameters) > 0 and cell.volume > 0):
        raise InputError("has no unit cell, its CRYST1 record closes none; correct it")
    if not name:
        raise InputError("names no space group in CRYST1; add it, 'P 1' where all atoms are listed")
    groups = named(name)
    if not groups:
        raise InputError(f"space group '{shown(name)}' is in no table; write the structure as cif with its operations")
    group = chosen(groups, "", cell, f"space group '{shown(name)}'")
    places = np.array([[float(line[n : n + 8]) for n in (30, 38, 46)] for line in listed])
    vectors = vectors_of(cell)
    sites = Sites(
        labels=tuple(shown(line[12:16].strip()) or f"number {n + 1}" for n, line in enumerate(listed)),
        elements=tuple(str(element(line[76:78])) for line in listed),
        places=places @ np.linalg.inv(vectors),
        multiplicities=(0,) * len(listed),
    )
    content = expand(sites, Operations.of(group.operations()), vectors)
    return Structure(
        atoms=Atoms(symbols=list(content.elements), scaled_positions=content.scaled, cell=vectors, pbc=True),
        space_group=title(group),
        remarks=content.remarks,
        labels=tuple(sites.labels[owner] for owner in content.owners),
        owners=tuple(content.owners.tolist()),
    )


def _require_whole(line: str) -> None:
    share = line[54:60].strip()
    if line[16:17].strip() or (share and _number(share) != 1.0):
        sign = f"alternate {shown(line[16])}" if line[16:17].strip() else f"occupancy {shown(share)}"
        raise InputError(
            f"has partially occupied sites ({shown(line[12:16].strip())}, {sign}); of split or mixed positions keep "
            "one, delete the others, and set its occupancy to 1"
        )


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")
