"""A reader that comes while the database is being made does not break its making."""

import threading
from pathlib import Path

import pytest

from beamopt.errors import InputError
from beamopt.search import Search
from beamopt.spec import load_study


def test_reading_during_creation(tmp_path: Path) -> None:
    spec = load_study("srtio3_quick")
    made = threading.Event()
    faults: list[Exception] = []

    def read() -> None:
        while not made.is_set():
            try:
                Search.load(tmp_path, spec.name)
            except InputError:
                continue
            except Exception as error:  # noqa: BLE001 (whatever it is, the test shows it)
                faults.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        Search.open(tmp_path, spec).close()
    finally:
        made.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert Search.load(tmp_path, spec.name).trials == ()


def test_half_made_database_is_no_study(tmp_path: Path) -> None:
    (tmp_path / "optuna.db").write_bytes(b"")
    with pytest.raises(InputError, match="nothing has been run"):
        Search.load(tmp_path, "srtio3_quick")
