"""Atomic sites that a CIF lists: elements by whole symbols, places, and nothing that is occupied in part."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ase.formula import Formula
from gemmi import cif
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.specimen.elements import element, element_of_label, is_dummy, shown
from beamopt.specimen.tags import Tags

__all__ = ["MOST_SITES", "Sites", "formula_of", "sites_of"]

MOST_SITES = 5_000
"""Sites that are read."""

_Columns = Callable[[str], Sequence[str]]

_PLACE = tuple(f"_atom_site_fract_{axis}" for axis in "xyz")


@dataclass(frozen=True)
class Sites:
    """Sites of the asymmetric unit.

    Parameters
    ----------
    labels, elements
        Name and element of each.
    places
        Fractional coordinates ``(n, 3)``.
    multiplicities
        How many atoms the file says each stands for; 0 where it does not say.
    remarks
        What was dropped or guessed.
    """

    labels: tuple[str, ...]
    elements: tuple[str, ...]
    places: NDArray[np.float64]
    multiplicities: tuple[int, ...]
    remarks: tuple[str, ...] = ()


def formula_of(tags: Tags) -> dict[str, float] | None:
    """Elements of the sum formula and how many of each; None where there is none that can be read.

    As the dictionary wants it, symbols of any case with spaces between them; else as chemists write it, with brackets.
    """
    words = tags.word("_chemical_formula_sum").replace(",", " ").split()
    counts: dict[str, float] = {}
    for word in words:
        letters = word.rstrip("0123456789.")
        symbol, count = element(letters), word[len(letters) :] or "1"
        if symbol is None or not letters.isalpha() or count.count(".") > 1 or count == ".":
            return _as_chemists_write(tags.word("_chemical_formula_sum"))
        counts[symbol] = counts.get(symbol, 0.0) + float(count)
    return counts or None


def _as_chemists_write(text: str) -> dict[str, float] | None:
    plain = re.sub(r"(?<=[A-Za-z\d)\]\s])\s*\d*[+-](?=[\s,)\]]|$)", "", text)  # charges
    plain = re.sub(r"\s+", "", plain).replace(",", "+").replace("[", "(").replace("]", ")")
    try:
        counted = Formula(plain, strict=True).count()
    except (ValueError, KeyError):
        return None
    known = {element(symbol): float(count) for symbol, count in counted.items()}
    return None if None in known else {str(symbol): count for symbol, count in known.items()}


def sites_of(tags: Tags) -> Sites:
    """Sites of a block; dummies are dropped and said.

    Parameters
    ----------
    tags
        The block.

    Raises
    ------
    InputError
        If a site has no place or no element, or is occupied in part.
    """
    column = _columns(tags)
    labels = column("_atom_site_label")
    names = [shown(label) or f"number {n + 1}" for n, label in enumerate(labels)]
    if len(names) > MOST_SITES:
        raise InputError(f"lists {len(names)} sites, at most {MOST_SITES}; give one unit cell")
    symbols, flags = column("_atom_site_type_symbol"), column("_atom_site_calc_flag")
    formula = formula_of(tags)
    real = [
        n
        for n, label in enumerate(labels)
        if flags[n].lower() != "dum"
        and not is_dummy(symbols[n])
        and (symbols[n] or not _is_dummy_label(label, formula))
    ]
    kept = set(real)
    _require_whole(column, [name if n in kept else "" for n, name in enumerate(names)])
    places = np.array([[_place(column(axis)[n], names[n]) for axis in _PLACE] for n in real]).reshape(-1, 3)
    if not real:
        raise InputError("lists no atomic site; add the sites")
    elements = tuple(_element(symbols[n], labels[n], names[n], formula) for n in real)
    dropped = [name for n, name in enumerate(names) if n not in kept]
    return Sites(
        labels=tuple(names[n] for n in real),
        elements=elements,
        places=places,
        multiplicities=tuple(_multiplicities(column, real)),
        remarks=(*_remarks(column, dropped, names, real), *_unread(tags, formula)),
    )


def _is_dummy_label(label: str, formula: dict[str, float] | None) -> bool:
    """Whether a site without a type symbol is no atom, by its label.

    Raises
    ------
    InputError
        If it may be one all the same.
    """
    if not is_dummy(label):
        return False
    if formula is not None and (meant := element_of_label(label, formula)) is not None:
        raise InputError(
            f"label '{shown(label)}' may be {meant} or a place without an atom; give _atom_site_type_symbol with the "
            "element of every site"
        )
    return True


def _unread(tags: Tags, formula: dict[str, float] | None) -> list[str]:
    stated = tags.word("_chemical_formula_sum")
    if not stated or formula is not None:
        return []
    return [f"formula '{shown(stated)}' cannot be read and was compared with nothing"]


def _columns(tags: Tags) -> _Columns:
    """Look-up of a column over the sites; what is not there is unknown for every site."""
    missing = [name for name in _PLACE if not tags.column(name)]
    if missing:
        other = " (it has Cartesian ones)" if tags.column("_atom_site_cartn_x") else ""
        raise InputError(f"lists sites without {missing[0]}{other}; give fractional coordinates")
    home = tags.loops[_PLACE[0]]
    count = len(tags.columns[_PLACE[0]])
    if count != len(tags.columns[_PLACE[1]]) or count != len(tags.columns[_PLACE[2]]):
        raise InputError("lists coordinates of its sites in loops of different length; put them into one loop")

    def column(name: str) -> Sequence[str]:
        values = tags.columns.get(name, ())
        if not any(values):
            return [""] * count
        if (tags.loops[name] != home and count > 1) or len(values) != count:
            raise InputError(f"lists {name} apart from the coordinates; put all columns of the sites into one loop")
        return values

    return column


def _place(word: str, name: str) -> float:
    value = cif.as_number(word)
    if not np.isfinite(value):
        given = f"'{shown(word)}', which is no finite number" if word else "unknown"
        raise InputError(f"site {name} has a coordinate that is {given}; correct it or delete the site")
    return float(value)


def _element(symbol: str, label: str, name: str, formula: dict[str, float] | None) -> str:
    """Element by the type symbol, else by the label where that means one element alone."""
    species = element(symbol) if symbol else element_of_label(label, formula)
    if species is None:
        given = f"type symbol '{shown(symbol)}'" if symbol else f"label '{shown(label)}'"
        remedy = "_atom_site_type_symbol with the element of every site"
        raise InputError(f"site {name} is of unknown element, its {given} does not name one; give {remedy}")
    return species


def _require_whole(column: _Columns, names: Sequence[str]) -> None:
    """Refuse sites that are occupied in part, by name; dummies have none."""
    shares = column("_atom_site_occupancy")
    broken = [f"{name} {shown(share)}" for name, share in zip(names, shares, strict=True) if name and not _whole(share)]
    parts = zip(column("_atom_site_disorder_assembly"), column("_atom_site_disorder_group"), strict=True)
    groups = [f"{assembly}{group}" for assembly, group in parts]
    kinds = {group for name, group in zip(names, groups, strict=True) if name and group}
    if not broken and (len(kinds) > 1 or any("-" in kind for kind in kinds)):
        broken = [f"{name} of group {shown(g)}" for name, g in zip(names, groups, strict=True) if name and g]
    if broken:
        more = f" and {len(broken) - 4} more" if len(broken) > 4 else ""
        raise InputError(
            f"has partially occupied sites ({', '.join(broken[:4])}{more}); of split or mixed positions keep one, "
            "delete the others, and set its occupancy to 1"
        )


def _whole(share: str) -> bool:
    """Whether an occupancy is 1, as it is where a file leaves it open; what is no number is none."""
    return not share or abs(cif.as_number(share) - 1) <= 1e-3


def _multiplicities(column: _Columns, real: Sequence[int]) -> list[int]:
    """Multiplicities that the file states."""
    words = column("_atom_site_symmetry_multiplicity")
    if not any(words):
        words = column("_atom_site_site_symmetry_multiplicity")
    return [int(words[n]) if words[n].isdecimal() and len(words[n]) < 5 else 0 for n in real]


def _remarks(column: _Columns, dropped: list[str], names: list[str], real: list[int]) -> list[str]:
    """What was dropped, guessed or is missing."""
    symbols = column("_atom_site_type_symbol")
    remarks = []
    if dropped:
        more = f" and {len(dropped) - 4} more" if len(dropped) > 4 else ""
        remarks.append(f"dummy sites dropped, they are no atoms: {', '.join(dropped[:4])}{more}")
    if not any(symbols):
        remarks.append("elements are read from the labels, the file has no type symbols")
    if any(word.strip().upper().startswith("D") and element(word) == "H" for word in symbols):
        remarks.append("deuterium scatters electrons as hydrogen does and is counted as H")
    apart = [names[n] for n in real if column("_atom_site_disorder_group")[n]]
    if apart:
        remarks.append(f"{', '.join(apart[:4])} are said to be disordered and taken as whole, as they are listed")
    bound = column("_atom_site_attached_hydrogens")
    implied = [names[n] for n in real if bound[n].isdecimal() and set(bound[n]) != {"0"}]
    if implied:
        remarks.append(f"hydrogens said to be attached to {', '.join(implied[:4])} have no sites; add them")
    return remarks
