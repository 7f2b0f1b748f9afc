"""Read a POSCAR; ASE reads it once its symbols and counts are read as VASP reads them."""

import io
import re

import ase.io

from beamopt.errors import InputError
from beamopt.specimen.elements import element, shown
from beamopt.specimen.structure import LISTED, Structure

__all__ = ["read_poscar"]


def read_poscar(text: str, most_atoms: int) -> Structure:
    """The structure of a POSCAR or CONTCAR.

    Parameters
    ----------
    text
        The file.
    most_atoms
        Atoms that are read.

    Raises
    ------
    InputError
        If it names no elements, or counts atoms that it does not list.
    """
    lines = text.split("\n")
    if len(lines) < 8:
        raise InputError(f"not a valid vasp file, it ends after {len(lines)} lines; export it again")
    named = not _counts(lines[5])
    symbols = lines[5].split("!")[0].split() if named else lines[0].split()
    counts = _counts(lines[6 if named else 5])
    elements = [element(re.split(r"[_/]", symbol)[0]) for symbol in symbols]
    if not counts:
        raise InputError(f"not a valid vasp file, line {7 if named else 6} holds no counts of atoms; export it again")
    if None in elements or len(elements) != len(counts):
        raise InputError(
            f"line {6 if named else 1} names '{shown(' '.join(symbols))}' and not one element for each of "
            f"{len(counts)} counts; write the elements on line 6"
        )
    total = sum(counts)
    if total > most_atoms:
        raise InputError(f"{total} atoms in the cell, at most {most_atoms}; give one unit cell")
    if total > len(lines):
        raise InputError(f"announces {total} atoms in {len(lines)} lines; export it again")
    head = [*lines[:5], " ".join(map(str, elements)), " ".join(map(str, counts))]
    whole = "\n".join([*head, *lines[7 if named else 6 :]]) + "\n"
    atoms = next(iter(ase.io.iread(io.StringIO(whole), index=0, format="vasp")))
    return Structure(atoms=atoms, space_group=LISTED)


def _counts(line: str) -> list[int]:
    """Whole numbers up to the first word that is none, as a list-directed read takes them."""
    counts: list[int] = []
    for word in line.split():
        if not re.fullmatch(r"\d{1,9}", word, re.ASCII):
            break
        counts.append(int(word))
    return counts
