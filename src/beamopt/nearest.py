"""The known name that somebody most likely meant."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["did_you_mean", "nearest"]

_ALIKE = 0.7
_LONGEST = 80  # characters of a name that is looked at; comparing takes the square of it


def nearest(word: str, known: Iterable[str]) -> str:
    """Known name that is nearest to a word, upper and lower case and marks between the letters aside; maybe empty.

    Examples
    --------
    >>> nearest("UiO66", ["MOF-5", "UiO-66"]), nearest("defocuss", ["defocus"]), nearest("nonsense", ["defocus"])
    ('UiO-66', 'defocus', '')
    """
    plain = {_plain(name): name for name in known}
    matches = get_close_matches(_plain(word[:_LONGEST]), plain, n=1, cutoff=_ALIKE)
    return plain[matches[0]] if matches else ""


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """The question to ask about a word; what else to say where no known name is near.

    Examples
    --------
    >>> did_you_mean("mof_lowdos", ["mof_lowdose", "mof_coherent"], "look at the list")
    "did you mean 'mof_lowdose'?"
    """
    near = nearest(word, known)
    return f"did you mean '{near}'?" if near else otherwise


def _plain(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())
