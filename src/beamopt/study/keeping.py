"""Files beside a study's databases: results by trial, replaced whole, of the study file that stands and no other."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from beamopt.errors import StorageError
from beamopt.report.files import write_whole

__all__ = ["add", "read"]

SCHEMA_VERSION = 1


def read(path: Path, fingerprint: str, remedy: str) -> list[Any]:
    """Results as plain values; none where they belong to another study file or nothing is kept.

    Parameters
    ----------
    path
        The file.
    fingerprint
        Of the study.
    remedy
        The command that makes the file again.

    Raises
    ------
    StorageError
        If the file cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        kept = content["trials"] if content["fingerprint"] == fingerprint else []
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path}: cannot be read, {error}; remove it and run `{remedy}` again") from None
    return list(kept)


def add(path: Path, name: str, fingerprint: str, result: Mapping[str, Any], remedy: str) -> None:
    """Add the result of one trial, or replace it; the old file stands until the new one is whole.

    Parameters
    ----------
    path, fingerprint, remedy
        As of `read`.
    name
        Of the study.
    result
        Plain values, ``trial`` among them.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    try:
        with FileLock(path.with_suffix(".lock")):
            kept = [one for one in read(path, fingerprint, remedy) if one.get("trial") != result["trial"]]
            trials = sorted([*kept, dict(result)], key=lambda one: int(one["trial"]))
            content = {"schema_version": SCHEMA_VERSION, "study": name, "fingerprint": fingerprint, "trials": trials}
            write_whole(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False).encode())
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be written, {error.strerror or error}; make room or choose another home"
        ) from None
