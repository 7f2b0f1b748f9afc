"""Trials on a PostgreSQL server, where several coordinators share a study and the server may restart under them."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, final

import optuna
import sqlalchemy as sa
import sqlalchemy.exc

from beamopt.address import hidden, hidden_address
from beamopt.errors import InputError
from beamopt.search.database import storing, understood
from beamopt.search.place import File, Place
from beamopt.search.retries import with_retries

__all__ = ["STORAGE", "Server", "place_of"]

STORAGE = "BEAMOPT_STORAGE"
"""Variable of the environment that names a server for every command."""

_DRIVER = "postgresql+psycopg"
_CONNECT = 10  # s
_FORM = "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_CREATION = "beamopt: tables and studies"


def place_of(home: Path, storage: str | None) -> Place:
    """Where a study's trials are kept.

    Parameters
    ----------
    home
        Project folder, used where no address is given.
    storage
        Such as ``postgresql://user@host/database``; where None, what the environment's ``BEAMOPT_STORAGE`` says, so
        that every command finds the study which one was told where to keep.

    Raises
    ------
    InputError
        When the address is no such thing, or its driver is not installed.
    """
    address = (os.environ.get(STORAGE) or None) if storage is None else storage
    return File(home) if address is None else Server(address)


@final
class Server:
    """A PostgreSQL database.

    Connections are tested before they are used. While the server is unreachable calls are retried, until a timeout,
    and nothing is stored twice.

    Parameters
    ----------
    address
        Such as ``postgresql://user:password@host:5432/database``.
    """

    shared = True
    patience = 120.0

    def __init__(self, address: str) -> None:
        self._shown = f"{hidden_address(address):.200}"
        self._arguments = _connection(address)

    def connect(self, mode: Literal["rw", "rwc"]) -> optuna.storages.RDBStorage:
        """See `Place`."""
        # Optuna formats what it is given, so that a per cent sign or brace in a password would be read as a template.
        engine = {"pool_pre_ping": True, "creator": self._open}
        with understood(str(self), str(self)):
            return optuna.storages.RDBStorage(f"{_DRIVER}://", engine_kwargs=engine, skip_table_creation=mode == "rw")

    def stands(self) -> bool:
        """See `Place`."""
        engine = self._engine()
        try:
            return sa.inspect(engine).has_table("alembic_version")
        finally:
            engine.dispose()

    @contextmanager
    def creating(self) -> Iterator[None]:
        """See `Place`."""
        engine = self._engine()
        try:
            with _locked(engine, _CREATION, 0.0):
                yield
        finally:
            engine.dispose()

    @contextmanager
    def storing(self) -> Iterator[None]:
        """See `Place`."""
        with storing(str(self)):
            yield

    @contextmanager
    def running(self, name: str) -> Iterator[None]:  # noqa: ARG002
        """See `Place`: a server needs no lock, heartbeats tell which owners live."""
        yield

    @contextmanager
    def turn(self, database: optuna.storages.RDBStorage, name: str) -> Iterator[None]:
        """See `Place`."""
        with _locked(database.engine, f"beamopt: {name}", self.patience):
            yield

    def __str__(self) -> str:
        return self._shown

    def _engine(self) -> sa.Engine:
        return sa.create_engine(f"{_DRIVER}://", pool_pre_ping=True, creator=self._open)

    def _open(self) -> Any:  # noqa: ANN401 (a connection of the driver, which is optional)
        return import_module("psycopg").connect(**self._arguments)


def _connection(address: str) -> dict[str, Any]:
    """The driver's connection arguments for an address, checked before anything is computed.

    Raises
    ------
    InputError
        When the address is none that the driver understands, or the driver is not installed.
    """
    refused = f"--storage {hidden_address(address):.200}"
    try:
        url = sa.make_url(address)
        backend = url.get_backend_name()
    except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError, ValueError):
        raise InputError(f"{refused}: {_FORM}, with a number for the port if there is one") from None
    if not address.isprintable():
        raise InputError(f"{refused}: a character that cannot be seen stands in it; {_FORM}")
    if backend != "postgresql":
        raise InputError(f"{refused}: only postgresql:// is shared safely; leave it out for a file")
    if "@" in (url.host or ""):
        raise InputError(f"{refused}: the host's name has an @ in it; write one of a password as %40, a slash as %2F")
    if find_spec("psycopg") is None:
        raise InputError("--storage needs a driver; run python3 -m pip install 'beamopt[postgres]'")
    driver = import_module("psycopg")
    try:
        _, arguments = url.set(drivername=_DRIVER).get_dialect()().create_connect_args(url)
        arguments = {"connect_timeout": _CONNECT, **arguments}
        driver.conninfo.make_conninfo(**arguments)
    except (sqlalchemy.exc.ArgumentError, driver.Error, ValueError, TypeError) as error:
        what = hidden(str(error).splitlines()[0])
        raise InputError(f"{refused}: {what:.200}; {_FORM}?OPTION=VALUE with options of libpq") from None
    return arguments


@contextmanager
def _locked(engine: sa.Engine, what: str, patience: float) -> Iterator[None]:
    """Hold an advisory lock of the server, which releases it when the connection ends for whatever reason."""
    key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
    connection = with_retries(lambda: _take(engine, key), patience)
    try:
        yield
    finally:
        with suppress(sqlalchemy.exc.SQLAlchemyError), connection:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": key})


def _take(engine: sa.Engine, key: int) -> sa.Connection:
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": key})
    return connection
