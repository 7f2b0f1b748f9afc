"""Text from outside as a terminal may show it: on one line, and without a character that moves its cursor."""

import unicodedata

__all__ = ["printable", "spelled"]

_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, invisible formats, lone surrogates, line breaks
_SPELLED = {
    "Å": "A", "²": "^2", "³": "^3", "¹": "1", "⁻": "^-", "½": "1/2", "µ": "u", "μ": "u", "×": "x", "·": "*", "±": "+/-",
    "→": "->", "≤": "<=", "≥": ">=", "°": " deg", "–": "-", "—": "-", "…": "...", "‘": "'", "’": "'", "“": '"',
    "”": '"',
}  # fmt: skip


def printable(text: str) -> str:
    r"""Text with every control and invisible character written as Python writes it; nothing else changes.

    A name, a key or a label of a file may hold the commands of a terminal, which could hide what was said.

    Examples
    --------
    >>> print(printable("thickness\x1b[2J = 40 Å\n"))
    thickness\x1b[2J = 40 Å\n
    """
    if text.isprintable():
        return text
    return "".join(_written(one) if unicodedata.category(one) in _CATEGORIES else one for one in text)


def spelled(text: str) -> str:
    r"""Text in ASCII for a terminal that has nothing else.

    Examples
    --------
    >>> spelled("1.4 bits/Å² at 0.5 Å⁻¹, αβ")
    '1.4 bits/A^2 at 0.5 A^-1, \\u03b1\\u03b2'
    """
    return "".join(one if one.isascii() else _SPELLED.get(one, _written(one)) for one in text)


def _written(one: str) -> str:
    return one.encode("unicode_escape").decode("ascii")
