"""What an examination found."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "bad", "fine", "warning"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    about
        What was looked at.
    state
        ``bad`` stops a study or makes it wrong, ``warning`` may.
    said
        What was found.
    remedy
        What to do; empty where all is well.
    repaired
        Whether it was put right just now.
    """

    about: str
    state: Literal["ok", "warning", "bad"]
    said: str
    remedy: str = ""
    repaired: bool = False


def fine(about: str, sentence: str, *, repaired: bool = False) -> Finding:
    """All is well."""
    return Finding(about=about, state="ok", said=sentence, repaired=repaired)


def warning(about: str, sentence: str, remedy: str) -> Finding:
    """It may go wrong."""
    return Finding(about=about, state="warning", said=sentence, remedy=remedy)


def bad(about: str, sentence: str, remedy: str) -> Finding:
    """It goes wrong."""
    return Finding(about=about, state="bad", said=sentence, remedy=remedy)
