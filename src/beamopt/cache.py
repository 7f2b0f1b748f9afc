"""Arrays on disk by the digest of what they were computed from; losing the cache costs time and nothing else."""

import hashlib
import json
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, final

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

__all__ = ["Cache", "Checked", "Entry", "default_folder", "private_folder"]

Arrays = Mapping[str, NDArray[Any]]
_ABANDONED = 86400.0  # s; the process that began a part file as old as this has died


@dataclass(frozen=True)
class Entry:
    """One stored result: its key, its size in bytes, when it was last used, and what entered its making."""

    key: str
    size: int
    used: float
    about: Mapping[str, object]


@dataclass(frozen=True)
class Checked:
    """What a check of every entry found: keys that are whole, that were damaged, and that this user may not read."""

    whole: tuple[str, ...]
    damaged: tuple[str, ...]
    unreadable: tuple[str, ...]


class _UnreadableError(Exception):
    """An entry is there and may be whole, but this user cannot read it."""


def default_folder() -> Path:
    """Folder named by BEAMOPT_CACHE, else the user's cache folder, else one of the temporary files."""
    named = os.environ.get("BEAMOPT_CACHE")
    if named:
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "beamopt"
    except RuntimeError:  # a user whom the system does not know, as in many containers
        return private_folder() / "cache"


def private_folder() -> Path:
    """A temporary folder of this user alone, the same at every call unless somebody else has taken its name."""
    path = Path(tempfile.gettempdir()) / f"beamopt-{os.getuid()}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        about = path.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="beamopt-"))
    ours = stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o077
    return path if ours else Path(tempfile.mkdtemp(prefix="beamopt-"))


@final
class Cache:
    """Content-addressed store of numpy arrays.

    An entry is ``KEY.npz``, written under a temporary name, synced and renamed, and ``KEY.json`` with the digest of
    those bytes; the second is written last, so that a crash leaves no entry rather than half of one.

    Parameters
    ----------
    folder
        Where to keep the entries; made when first written to.
    limit
        Bytes to keep at most; the entries unused for longest go first.
    """

    def __init__(self, folder: Path | None = None, limit: float = 8e9) -> None:
        self.folder = folder or default_folder()
        self.limit = limit

    def fetch(self, about: Mapping[str, object], make: Callable[[], Arrays]) -> dict[str, NDArray[Any]]:
        """Arrays made from what `about` says: the stored ones if they are whole, else new ones.

        Processes that want the same key wait for the first to make it. A folder that cannot be written is no error.

        Parameters
        ----------
        about
            Everything that decides the result, as plain JSON values.
        make
            Makes the arrays.

        Returns
        -------
        dict of ndarray
        """
        key = key_of(about)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / f"{key}.lock", mode=_shared_by(self.folder))
            lock.acquire()
        except (OSError, NotImplementedError):
            return self._read_only(key, make)
        try:
            arrays = self._read(key)
            if arrays is None:
                arrays = dict(make())
                self._write(key, about, arrays)
        except _UnreadableError:
            return dict(make())
        else:
            return arrays
        finally:
            lock.release()

    def entries(self) -> tuple[Entry, ...]:
        """What is stored and can be read, the most recently used first."""
        entries = [entry for path in self.folder.glob("*.json") if (entry := _entry(path)) is not None]
        return tuple(sorted(entries, key=lambda entry: -entry.used))

    def verify(self) -> Checked:
        """Check every entry's digest; the damaged ones are removed where that is allowed."""
        whole: list[str] = []
        damaged: list[str] = []
        unreadable: list[str] = []
        for key in sorted(path.stem for path in self.folder.glob("*.json")):
            try:
                (damaged if self._read(key) is None else whole).append(key)
            except _UnreadableError:
                unreadable.append(key)
        return Checked(tuple(whole), tuple(damaged), tuple(unreadable))

    def clear(self) -> int:
        """Remove every entry that may be removed; the bytes that were freed."""
        before = sum(entry.size for entry in self.entries())
        for pattern in ("*.npz", "*.json", "*.lock", "*.part"):
            for path in self.folder.glob(pattern):
                _remove(path)
        return before - sum(entry.size for entry in self.entries())

    def _read_only(self, key: str, make: Callable[[], Arrays]) -> dict[str, NDArray[Any]]:
        """Arrays of an entry that was stored by somebody else, or new ones that are not kept."""
        try:
            arrays = self._read(key)
        except _UnreadableError:
            arrays = None
        return dict(make()) if arrays is None else arrays

    def _read(self, key: str) -> dict[str, NDArray[Any]] | None:
        """Stored arrays, or None where there are none or they are not what was written, which is removed."""
        data, label = self._paths(key)
        try:
            metadata = json.loads(label.read_text(encoding="utf-8"))
            if metadata["sha256"] == _digest(data):
                with np.load(data, allow_pickle=False) as stored:
                    arrays = {name: stored[name] for name in stored.files}
                with suppress(OSError):  # of another user, or on a disk that is not written
                    os.utime(label)
                return arrays
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _UnreadableError from error
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            pass
        for path in (label, data):
            _remove(path)
        return None

    def _write(self, key: str, about: Mapping[str, object], arrays: Arrays) -> None:
        data, label = self._paths(key)
        try:
            with _replacing(data) as file:
                np.savez(file, **dict(arrays))  # type: ignore[arg-type]  # the stub takes names for its own flag
            content = json.dumps({"sha256": _digest(data), "about": about}, sort_keys=True)
            with _replacing(label) as file:
                file.write(content.encode())
        except OSError:
            return
        self._evict(key)

    def _evict(self, newest: str) -> None:
        kept = 0
        for entry in self.entries():
            kept += entry.size
            if kept > self.limit and entry.key != newest:
                for path in self._paths(entry.key):
                    _remove(path)
        for part in self.folder.glob("*.part"):
            with suppress(OSError):  # another process may remove it first, or own it
                if self._paths(newest)[1].stat().st_mtime - part.stat().st_mtime > _ABANDONED:
                    part.unlink()

    def _paths(self, key: str) -> tuple[Path, Path]:
        return self.folder / f"{key}.npz", self.folder / f"{key}.json"


def key_of(about: Mapping[str, object]) -> str:
    """Digest of the inputs of a result, independent of their order.

    Examples
    --------
    >>> key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(about, sort_keys=True, allow_nan=False).encode()).hexdigest()[:32]


def _entry(label: Path) -> Entry | None:
    try:
        about = json.loads(label.read_text(encoding="utf-8"))["about"]
        return Entry(label.stem, label.with_suffix(".npz").stat().st_size, label.stat().st_mtime, about)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _shared_by(folder: Path) -> int:
    """Permissions of a lock: whoever may write in the folder must be able to take it."""
    return folder.stat().st_mode & 0o666 | 0o600


def _remove(path: Path) -> None:
    with suppress(OSError):  # of another user
        path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _replacing:  # noqa: N801 (reads as a verb where it is used)
    """Binary file that appears under its name only when it is complete and on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> IO[bytes]:
        self._file = tempfile.NamedTemporaryFile(dir=self._path.parent, suffix=".part", delete=False)
        return self._file

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        part = Path(self._file.name)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if kind is None:
                umask = os.umask(0)
                os.umask(umask)
                part.chmod(0o666 & ~umask)  # a temporary file is for its owner alone, an entry is for all who share
                part.replace(self._path)
        finally:
            with suppress(OSError):  # on a full disk closing fails as flushing did, and closes all the same
                self._file.close()
            part.unlink(missing_ok=True)
