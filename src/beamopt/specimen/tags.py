"""One block of a CIF as columns by name; the grammar is gemmi's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, cast

import gemmi
from gemmi import cif

from beamopt.errors import InputError
from beamopt.specimen.elements import shown

__all__ = ["Tags", "blocks_of"]

_TERMS = r"(?P<op>[+\-\dxyz./* \t]+(?:,[+\-\dxyz./* \t]+){2})(?P<rest>(?:#.*)?)"
_LOOSE = {  # by the number of columns: an operation alone, or behind its number
    1: re.compile(r"(?P<lead>)" + _TERMS, re.IGNORECASE | re.ASCII),
    2: re.compile(r"(?P<lead>\s*'?[+-]?\d+'?\s+)" + _TERMS, re.IGNORECASE | re.ASCII),
}
_MEANT_ONCE = ("_atom_site_", "_cell_", "_space_group_", "_symmetry_")
_LONGEST = 200  # characters of a line that lists an operation
_OPERATION = ("_xyz", "_operation", "_centering")


@dataclass(frozen=True)
class Tags:
    """Values of a block. Names are lower case, with ``_`` for the dots of newer dictionaries; unknown is an empty word.

    Parameters
    ----------
    columns
        Values by name; a name outside a loop has one.
    loops
        Number of the loop that a name stands in.
    """

    columns: Mapping[str, Sequence[str]]
    loops: Mapping[str, int]

    @classmethod
    def of(cls, block: cif.Block) -> Self:
        """Values of a block of gemmi's."""
        columns: dict[str, list[str]] = {}
        loops: dict[str, int] = {}
        for number, item in enumerate(block):
            if item.pair is not None:
                name, value = cast("tuple[str, str]", item.pair)
                names, values = [name], [value]
            elif item.loop is not None:
                names, values = item.loop.tags, item.loop.values
            else:
                continue
            for place, name in enumerate(names):
                plain = name.lower().replace(".", "_")
                if plain in columns and plain.startswith(_MEANT_ONCE):
                    raise InputError(f"lists {shown(plain)} twice, with a dot and without; keep one of them")
                columns[plain] = [_plain(value) for value in values[place :: len(names)]]
                loops[plain] = number
        return cls(columns, loops)

    def column(self, *names: str) -> Sequence[str]:
        """Values of the first name that has any that is known; none where there is none."""
        return next((self.columns[name] for name in names if any(self.columns.get(name, ()))), ())

    def word(self, *names: str) -> str:
        """First known value of the first name that has one; empty where there is none."""
        return next((value for value in self.column(*names) if value), "")

    def number(self, *names: str) -> float | None:
        """Number of a name, without its standard uncertainty; None where it is unknown or no number."""
        value = cif.as_number(self.word(*names))
        return None if value != value else float(value)  # noqa: PLR0124 (not a number)

    def cell(self) -> gemmi.UnitCell:
        """Unit cell [Å, degrees].

        Raises
        ------
        InputError
            If a length or angle is missing, is no number, or is impossible.
        """
        names = [f"_cell_length_{axis}" for axis in "abc"] + [f"_cell_angle_{a}" for a in ("alpha", "beta", "gamma")]
        values = []
        for name in names:
            value = self.number(name)
            if value is None:
                problem = f" = '{shown(self.word(name))}' is no number" if self.word(name) else " is missing"
                raise InputError(f"has no unit cell, {name}{problem}; add it")
            if value <= 0 or ("angle" in name and value >= 180):
                raise InputError(f"{name} = {value:g} is impossible; lengths are above 0 Å, angles within 0° and 180°")
            values.append(value)
        cell = gemmi.UnitCell(*values)
        if not cell.volume > 0:
            raise InputError(f"the angles {', '.join(f'{v:g}' for v in values[3:])}° close no cell; correct them")
        return cell


def blocks_of(text: str) -> list[Tags]:
    """Blocks of a CIF that list atomic sites.

    Raises
    ------
    InputError
        If the text is no CIF.
    """
    plain = _quoted(text.replace("\r\n", "\n").replace("\r", "\n")).encode("ascii", "backslashreplace").decode("ascii")
    try:
        document = cif.read_string(plain)
    except (ValueError, RuntimeError) as error:
        reason = shown_reason(str(error))
        raise InputError(f"not a valid cif file ({reason}); correct that line or export it again") from None
    every = [Tags.of(block) for block in document]
    return [tags for tags in every if any(name.startswith("_atom_site_") for name in tags.columns)]


def shown_reason(text: str) -> str:
    """What gemmi says is wrong, as a line and a reason."""
    match = re.match(r"string:(\d+)(?::\d+\(\d+\))?(?: in \S+)?: ?(.*)", " ".join(text.split()))
    return " ".join(shown(w) for w in (f"line {match[1]}: {match[2]}" if match else text).split())[:100]


def _plain(value: str) -> str:
    return "" if cif.is_null(value) else cif.as_string(value).strip()


def _quoted(text: str) -> str:
    """Symmetry operations with spaces between quotes, as the grammar wants them and many programs do not write them."""
    lines = text.split("\n")
    heading: list[str] | None = None  # names of a loop whose values have not begun
    listing = 0  # columns of a loop that lists operations
    for place, line in enumerate(lines):
        word = line.strip().lower()
        if word.startswith("loop_"):
            heading, listing = word.split()[1:], 0
        elif word.startswith("_") and heading is not None:
            heading.append(word.split()[0])
        elif word.startswith(("_", "data_")):
            heading, listing = None, 0
        elif word and not word.startswith("#"):
            if heading is not None:
                listing = len(heading) if heading and len(heading) <= 2 and heading[-1].endswith(_OPERATION) else 0
                heading = None
            match = _LOOSE[listing].fullmatch(line) if listing and len(line) < _LONGEST else None
            if match and len(match["op"].split()) > 1:
                lines[place] = f"{match['lead']}'{match['op'].strip()}'{match['rest']}"
    return "\n".join(lines)
