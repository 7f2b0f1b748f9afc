"""One process runs a study at a time; the lock dies with its holder, however that one dies."""

import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from beamopt.errors import InputError, LockedError, StorageError

__all__ = ["running"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_PATIENCE = 0.5  # s; enough for a holder that is just leaving


@contextmanager
def running(home: Path, name: str) -> Iterator[None]:
    """Hold the run lock of a study.

    The operating system drops the lock when its holder ends, kill -9 included. Who holds it stands in a file beside it.

    Raises
    ------
    LockedError
        When another process holds it, after half a second, with its process and host.
    StorageError
        When the lock cannot be made.
    InputError
        When the name is no file name: a database that somebody sent may hold any.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"study name {name!r:.80}: only letters, digits, _, - and . may stand in it")
    path = home / "locks" / f"{name}.lock"
    lock = filelock.FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_PATIENCE)
    except filelock.Timeout:
        raise LockedError(f"study '{name}' is being run by {_holder(path)}; wait for it or stop it there") from None
    except (OSError, NotImplementedError) as error:
        raise StorageError(f"{path}: cannot be locked, {error}; use a --home on a disk that can lock files") from error
    try:
        _sign(path)
        yield
    finally:
        lock.release()


def _sign(path: Path) -> None:
    card = _card(path)
    fresh = card.with_suffix(f".{os.getpid()}")
    try:
        fresh.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}), encoding="utf-8")
        fresh.replace(card)
    except OSError as error:
        raise StorageError(f"{card}: cannot be written, {error.strerror}; check space and permissions") from error


def _holder(path: Path) -> str:
    try:
        card = json.loads(_card(path).read_text(encoding="utf-8"))
        return f"process {card['pid']} on {card['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _card(path: Path) -> Path:
    return path.with_suffix(".holder")
