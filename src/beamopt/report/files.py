"""Pages, cards and tables on the disk: whole or not at all."""

import os
import tempfile
from pathlib import Path

from beamopt.errors import InputError, StorageError

__all__ = ["require_writable", "write_whole"]


def require_writable(path: Path, option: str, endings: tuple[str, ...]) -> None:
    """Refuse a file that cannot be written as asked for, before anything is computed.

    Parameters
    ----------
    path
        The file.
    option
        Where the user wrote it, for instance ``--output``.
    endings
        What its name may end in.

    Raises
    ------
    InputError
    """
    if path.suffix.lower() not in endings:
        raise InputError(f"{option} {path}: the name must end in {' or '.join(endings)}; rename it")
    try:
        is_folder, has_folder = path.is_dir(), path.resolve().parent.is_dir()
    except (OSError, RuntimeError) as error:  # too long a name, a link to itself
        reason = error.strerror if isinstance(error, OSError) else "a link that leads to itself"
        raise InputError(f"{option} {path!s:.200}: cannot be a file, {reason}; give another path") from None
    if is_folder:
        raise InputError(f"{option} {path}: is a folder; name a file in it")
    if not has_folder:
        raise InputError(f"{option} {path}: the folder does not exist; make it first")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, sync it, and rename it into place.

    Raises
    ------
    StorageError
        If the disk is full or the folder cannot be written; a file of this name stays as it was.
    """
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.resolve().parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        part.chmod(0o666 & ~umask)  # a temporary file is for its owner alone, a report is not
        part.replace(path)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise StorageError(
            f"{path}: cannot be written, {error.strerror or error}; free some space or choose another folder"
        ) from None
