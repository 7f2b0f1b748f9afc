"""Refuse, at a glance, files that a reader would take minutes or gigabytes over."""

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path

from beamopt.errors import InputError

__all__ = ["require_readable"]

_LONGEST_LINE = 20_000  # characters; CIF allows 2048
_MOST_LINES = 250_000
_MOST_COLUMNS = 100  # of an extended XYZ file


def require_readable(path: Path, kind: str, most_atoms: int) -> None:
    """Refuse a file whose lines are endless or that announces or lists too much.

    Parameters
    ----------
    path
        The file, no larger than what is read at all.
    kind
        ASE's name of its format.
    most_atoms
        Sites that are believed.

    Raises
    ------
    InputError
        In one line.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        raise InputError(f"{path.name}: holds lines or numbers of lines that no structure has; export it again")
    announced = {"extxyz": lines, "vasp": lines[5:7]}.get(kind, [])
    for line in announced:
        with contextlib.suppress(ValueError):
            if sum(map(int, line.split())) > len(lines):
                raise InputError(
                    f"{path.name}: announces {line.strip()[:20]} atoms in {len(lines)} lines; export it again"
                )
    if kind == "extxyz":
        _require_columns(path.name, lines)
    if kind == "cif" and (sites := _sites(lines)) > most_atoms:
        raise InputError(f"{path.name}: lists {sites} sites, at most {most_atoms}; give one unit cell")


def _require_columns(name: str, lines: Sequence[str]) -> None:
    for line in lines:
        for found in re.finditer(r"Properties\s*=\s*\"?([^\s\"]+)", line):
            counts = [int(part) for part in found[1].split(":")[2::3] if part.isdecimal()]
            if sum(counts) > _MOST_COLUMNS:
                raise InputError(f"{name}: announces {sum(counts)} columns; export it again")


def _sites(lines: Sequence[str]) -> int:
    """Rows of the longest loop over atomic sites."""
    longest = rows = 0
    inside = False
    for line in lines:
        word = line.strip()
        if word.startswith(("_", "loop_", "data_")):
            inside, rows = word.lower().startswith("_atom_site_"), 0
        elif inside and word and not word.startswith("#"):
            rows += 1
            longest = max(longest, rows)
    return longest
