"""A SQLite file: how every reader opens it, and the journal that belongs to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

__all__ = ["address", "journals", "opened"]

Mode = Literal["rw", "rwc"]


def address(path: Path, mode: Mode) -> str:
    """Address of a file for SQLite itself, whatever stands in its path.

    Examples
    --------
    >>> address(Path("/a?b/50%/x.db"), "rw")
    'file:///a%3Fb/50%25/x.db?mode=rw'
    """
    return f"{path.absolute().as_uri()}?mode={mode}"


@contextmanager
def opened(path: Path, patience: float) -> Iterator[sqlite3.Connection]:
    """Open a database that is there, as every reader must: for writing.

    The first to open it after a crash rolls back what was being written, which a connection for reading alone may not;
    where the file is write-protected SQLite falls back to reading.

    Parameters
    ----------
    path
        The file.
    patience
        Seconds that another writer is waited for.
    """
    connection = sqlite3.connect(address(path, "rw"), uri=True, timeout=patience)
    try:
        yield connection
    finally:
        connection.close()


def journals(path: Path) -> tuple[Path, ...]:
    """Journals beside a database that hold something: without them it is not whole."""
    beside = (path.with_name(path.name + ending) for ending in ("-journal", "-wal"))
    return tuple(one for one in beside if one.is_file() and one.stat().st_size)
