"""Where the trials of studies are kept: a file of the project folder, or a server that several coordinators share."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal, Protocol, final

import optuna

from beamopt.search.database import complete, connect, creating, database_of, storing
from beamopt.search.lock import running

__all__ = ["File", "Place"]


class Place(Protocol):
    """A database, and the rules for those who work in it."""

    shared: bool
    """Whether coordinators that do not know each other may run one study."""

    patience: float
    """Timeout [s] of the retries while the database is unreachable; 0 for no retries."""

    def connect(self, mode: Literal["rw", "rwc"]) -> optuna.storages.RDBStorage:
        """Open it; ``rwc`` makes its tables."""

    def stands(self) -> bool:
        """Whether anything has ever been stored there."""

    def creating(self) -> AbstractContextManager[None]:
        """Let one process at a time create tables and studies."""

    def storing(self) -> AbstractContextManager[None]:
        """Turn every trouble with it into one StorageError that names it."""

    def running(self, name: str) -> AbstractContextManager[None]:
        """Hold the study's run lock, where coordinators exclude each other."""

    def turn(self, database: optuna.storages.RDBStorage, name: str) -> AbstractContextManager[None]:
        """Let one coordinator at a time propose."""

    def __str__(self) -> str:
        """Say where it is, without secrets."""


@final
class File:
    """``<home>/optuna.db``, which one coordinator per study works in.

    Parameters
    ----------
    home
        Project folder.
    """

    shared = False
    patience = 0.0

    def __init__(self, home: Path) -> None:
        self._home, self._path = home, database_of(home)

    def connect(self, mode: Literal["rw", "rwc"]) -> optuna.storages.RDBStorage:
        """See `Place`."""
        return connect(self._path, mode)

    def stands(self) -> bool:
        """See `Place`."""
        return self._path.is_file() and complete(self._path)

    def creating(self) -> AbstractContextManager[None]:
        """See `Place`."""
        return creating(self._home)

    def storing(self) -> AbstractContextManager[None]:
        """See `Place`."""
        return storing(self._path)

    def running(self, name: str) -> AbstractContextManager[None]:
        """See `Place`."""
        return running(self._home, name)

    @contextmanager
    def turn(self, database: optuna.storages.RDBStorage, name: str) -> Iterator[None]:  # noqa: ARG002
        """See `Place`; the lock of the study is enough."""
        yield

    def __str__(self) -> str:
        return str(self._home)
