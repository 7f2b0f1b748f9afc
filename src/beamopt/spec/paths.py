"""Paths that a study file names."""

import os
from pathlib import Path
from typing import TypeVar

__all__ = ["require_path"]

_LONGEST_NAME, _LONGEST_PATH = 255, 4000  # bytes, which no file system exceeds

_Named = TypeVar("_Named", Path, str, Path | None)


def require_path(named: _Named) -> _Named:
    """Raise ValueError for what can be the path of no file; whether there is one is asked by who reads it.

    Examples
    --------
    >>> require_path("my.cif")
    'my.cif'
    """
    if named is None:
        return named
    if "\0" in str(named):
        raise ValueError("a character that no path may hold stands in it; correct it")
    whole = os.fsencode(named)
    longest = max(map(len, whole.split(b"/")))
    if longest > _LONGEST_NAME or len(whole) > _LONGEST_PATH:
        raise ValueError(f"a name of {longest} bytes in a path of {len(whole)}; at most {_LONGEST_NAME} are possible")
    return named
