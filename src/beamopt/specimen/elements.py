"""Which element a symbol or a label means; a whole symbol of any case, never the first letter of another one."""

import re
from collections.abc import Container

from ase.data import chemical_symbols

__all__ = ["HEAVIEST", "element", "element_of_label", "is_dummy", "shown"]

HEAVIEST = 103
"""Atomic number of the heaviest element whose scattering is known."""

_ELEMENTS = {symbol.lower(): symbol for symbol in chemical_symbols[1 : HEAVIEST + 1]} | {"d": "H"}
_SYMBOL = re.compile(r"([A-Za-z]+)(?:[0-9]*\.?[0-9]*[+-]?|[+-][0-9]*\.?[0-9]*|\([0-9]*[+-]?\))", re.ASCII)
_WORDS = "CHNO"
_DUMMIES = {"x", "xx", "du", "dum", "va", "vac", "q", "cg", "cnt", "cent", "bq", "lp"}


def element(symbol: str) -> str | None:
    """Element of a whole symbol in any case, with a charge or a number behind it; deuterium is hydrogen.

    Examples
    --------
    >>> [element(word) for word in ("CU", "Fe3+", "NI1", "O2-", "D", "Wat")]
    ['Cu', 'Fe', 'Ni', 'O', 'H', None]
    """
    match = _SYMBOL.fullmatch(symbol.strip())
    return _ELEMENTS.get(match[1].lower()) if match else None


def is_dummy(symbol: str) -> bool:
    """Whether a symbol stands for a place without an atom: a vacancy, a centroid, a ghost.

    Examples
    --------
    >>> is_dummy("Vac"), is_dummy("X1"), is_dummy("Xe")
    (True, True, False)
    """
    match = re.match(r"[A-Za-z]+", symbol.strip())
    return match is not None and match[0].lower() in _DUMMIES


def element_of_label(label: str, formula: Container[str] | None) -> str | None:
    """Element that a site's label names, if it names one alone.

    Parameters
    ----------
    label
        For instance ``Cu1``, ``O1A``, ``Owat``.
    formula
        Elements of the file's formula; never contradicted. None where it has none.

    Returns
    -------
    str or None
        None where the label may mean two elements, as ``CA1`` may, or none.

    Examples
    --------
    >>> element_of_label("Ca1", None), element_of_label("CA1", None), element_of_label("CA1", {"C", "H"})
    ('Ca', None, 'C')
    """
    match = re.match(r"[A-Za-z]+", label.strip())
    if match is None:
        return None
    letters = match[0]
    meant = [_ELEMENTS.get(letters[:n].lower()) for n in (2, 1) if len(letters) >= n]
    able = [one for one in meant if one is not None and (formula is None or one in formula)]
    if formula is None and letters[1:2].islower() and able[-1:] == [letters[0].upper()] and letters[0] not in _WORDS:
        able.pop()  # a word such as Wat, unless it begins with what organic names begin with
    if len(able) == 2 and letters[1].islower() and len(letters) == 2:
        return able[0]
    return able[0] if len(able) == 1 else None


def shown(text: str) -> str:
    r"""A word of a file as it may be printed: short, and without what a terminal would obey.

    Examples
    --------
    >>> shown("C1\x1b[2J")
    'C1?[2J'
    """
    return "".join(char if char.isprintable() else "?" for char in text)[:24]
