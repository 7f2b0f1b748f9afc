"""The text of a structure file, whatever mark of encoding it begins with, and refusal of what no structure is."""

import codecs
from pathlib import Path

from beamopt.errors import InputError

__all__ = ["LARGEST_FILE", "text_of"]

LARGEST_FILE = 5_000_000
"""Bytes of the largest structure file that is read."""

_LONGEST_LINE = 20_000  # characters; CIF allows 2048
_MOST_LINES = 250_000
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def text_of(path: Path) -> str:
    """Text of a file, without its byte order mark.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        If it is too large, or has lines or numbers of lines that no structure has.
    OSError
        If it cannot be read.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise InputError(f"larger than {LARGEST_FILE / 1e6:g} MB; give one unit cell, not a model")
    raw = path.read_bytes()
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8")
    text = raw.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in text.split("\n")):
        raise InputError("holds lines or numbers of lines that no structure has; export it again")
    return text
