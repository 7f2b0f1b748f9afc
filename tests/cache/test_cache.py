"""The cache never gives back anything but what was stored."""

import json
import multiprocessing
import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.cache import Cache, Checked, default_folder, key_of, private_folder

ABOUT: dict[str, object] = {"sample": "SrTiO3", "thickness": 39.05}


def made() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {"matrix": rng.normal(size=(40, 30)).astype(np.complex64), "beams": np.arange(30)}


def refuse() -> dict[str, np.ndarray]:
    raise AssertionError("made again although it was stored")


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(a[k].dtype == b[k].dtype and np.array_equal(a[k], b[k]) for k in a)


def test_second_fetch_reads_the_same_arrays(tmp_path: Path) -> None:
    Cache(tmp_path).fetch(ABOUT, made)
    assert same(Cache(tmp_path).fetch(ABOUT, refuse), made())
    assert [e.about for e in Cache(tmp_path).entries()] == [ABOUT]


def test_anything_else_that_enters_is_another_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.fetch(ABOUT, made)
    cache.fetch(ABOUT | {"thickness": 39.06}, made)
    assert len(cache.entries()) == 2


@pytest.mark.parametrize("suffix", ["npz", "json"])
@given(damage=st.sampled_from(["flip", "truncate", "empty"]), where=st.floats(0, 0.999))
def test_damage_is_seen_and_mended(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, damage: str, where: float
) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    cache.fetch(ABOUT, made)
    victim = cache.folder / f"{key_of(ABOUT)}.{suffix}"
    content = bytearray(victim.read_bytes())
    place = int(where * len(content))
    if damage == "flip":
        content[place] ^= 0xFF
    victim.write_bytes({"flip": bytes(content), "truncate": bytes(content[:place]), "empty": b""}[damage])
    assert same(cache.fetch(ABOUT, made), made())
    assert same(Cache(cache.folder).fetch(ABOUT, refuse), made())


def test_verify_names_and_removes_what_is_damaged(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.fetch(ABOUT, made)
    cache.fetch({"other": 1}, made)
    (tmp_path / f"{key_of(ABOUT)}.npz").write_bytes(b"not a zip")
    assert cache.verify().damaged == (key_of(ABOUT),)
    assert cache.verify() == Checked(whole=(key_of({"other": 1}),), damaged=(), unreadable=())
    assert len(cache.entries()) == 1


def test_nothing_pickled_is_ever_loaded(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    key = key_of(ABOUT)
    np.savez(tmp_path / f"{key}.npz", evil=np.array([print], dtype=object))
    import hashlib

    digest = hashlib.sha256((tmp_path / f"{key}.npz").read_bytes()).hexdigest()
    (tmp_path / f"{key}.json").write_text(json.dumps({"sha256": digest, "about": ABOUT}))
    assert same(cache.fetch(ABOUT, made), made())


def test_oldest_entries_go_when_the_limit_is_reached(tmp_path: Path) -> None:
    size = 3 * 10_000
    cache = Cache(tmp_path, limit=size)
    for number in range(4):
        cache.fetch({"n": number}, lambda: {"a": np.zeros(10_000, np.uint8)})
        os.utime(tmp_path / f"{key_of({'n': number})}.json", (number, number))
    kept = {entry.about["n"] for entry in cache.entries()}
    assert 3 in kept
    assert 0 not in kept
    assert sum(entry.size for entry in cache.entries()) <= size


def test_unwritable_folder_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert same(Cache(blocked / "cache").fetch(ABOUT, made), made())


def test_full_disk_costs_only_time_and_leaves_no_half_written_file(tmp_path: Path) -> None:
    """The system refuses to let a file grow, so that the last bytes cannot be flushed, in closing neither."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        arrays = Cache(tmp_path).fetch(ABOUT, made)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert same(arrays, made())
    assert [path.name for path in tmp_path.iterdir()] == [f"{key_of(ABOUT)}.lock"]


def test_what_a_dead_process_left_half_written_goes_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / "old.part", tmp_path / "new.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    Cache(tmp_path).fetch(ABOUT, made)
    assert [path.name for path in tmp_path.glob("*.part")] == ["new.part"]


def test_clear_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.fetch(ABOUT, made)
    assert cache.clear() > 0
    assert list(tmp_path.iterdir()) == []


def _race(folder: Path, queue: "multiprocessing.Queue[tuple[int, float]]") -> None:
    count = 0

    def slow() -> dict[str, np.ndarray]:
        nonlocal count
        count += 1
        return made()

    arrays = Cache(folder).fetch(ABOUT, slow)
    queue.put((count, float(np.abs(arrays["matrix"]).sum())))


def test_eight_processes_make_it_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[tuple[int, float]] = context.Queue()
    crowd = [context.Process(target=_race, args=(tmp_path, queue)) for _ in range(8)]
    for process in crowd:
        process.start()
    results = [queue.get(timeout=120) for _ in crowd]
    for process in crowd:
        process.join()
    assert sum(count for count, _ in results) == 1
    assert len({total for _, total in results}) == 1


@contextmanager
def another_user() -> Iterator[None]:
    """A user without rights, in a process that has them; the user's own rights elsewhere."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Path]:
    """A cache with one entry, in a folder that another user may reach."""
    if os.geteuid() == 0:
        for folder in [*tmp_path.parents, tmp_path]:
            if folder.stat().st_uid == 0 and folder.is_relative_to(tempfile.gettempdir()):
                folder.chmod(folder.stat().st_mode | 0o055)
    folder = tmp_path / "cache"
    Cache(folder).fetch(ABOUT, made)
    yield folder
    folder.chmod(0o755)


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_one_user_stored_the_next_may_read(shared: Path) -> None:
    """By the user's own mask, as any file: today's temporary files are for their owner alone."""
    umask = os.umask(0)
    os.umask(umask)
    assert {path.stat().st_mode & 0o777 for path in shared.glob("*.npz")} == {0o666 & ~umask}
    shared.chmod(0o555)
    with another_user():
        assert same(Cache(shared).fetch(ABOUT, refuse), made())
        assert Cache(shared).verify() == Checked(whole=(key_of(ABOUT),), damaged=(), unreadable=())
        assert same(Cache(shared).fetch({"new": 1}, made), made())
    assert sorted(path.suffix for path in shared.iterdir()) == [".json", ".lock", ".npz"]


@pytest.mark.parametrize("suffix", ["npz", "json"])
@pytest.mark.parametrize("writable", [True, False])
def test_what_cannot_be_read_is_not_damaged(shared: Path, suffix: str, *, writable: bool) -> None:
    """It is left as it is, and made anew for the user who cannot read it."""
    key = key_of(ABOUT)
    before = state(shared)
    (shared / f"{key}.{suffix}").chmod(0o000)
    shared.chmod(0o777 if writable else 0o555)
    with another_user():
        assert same(Cache(shared).fetch(ABOUT, made), made())
        assert Cache(shared).verify() == Checked(whole=(), damaged=(), unreadable=(key,))
    (shared / f"{key}.{suffix}").chmod(0o644)
    assert state(shared) == before
    assert same(Cache(shared).fetch(ABOUT, refuse), made())


def test_damage_that_may_not_be_removed_is_named_and_costs_only_time(shared: Path) -> None:
    (shared / f"{key_of(ABOUT)}.npz").write_bytes(b"not a zip")
    shared.chmod(0o555)
    with another_user():
        assert same(Cache(shared).fetch(ABOUT, made), made())
        assert Cache(shared).verify().damaged == (key_of(ABOUT),)
        assert Cache(shared).clear() == 0
    assert len(list(shared.glob("*.npz"))) == 1


def test_a_user_whom_nobody_knows_has_a_folder_of_his_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in many containers: neither HOME nor a line in passwd."""

    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("BEAMOPT_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert default_folder() == default_folder() == tmp_path / f"beamopt-{os.getuid()}" / "cache"
    assert private_folder().stat().st_mode & 0o777 == 0o700
    private_folder().chmod(0o777)  # as somebody would leave it who wants to put something there
    assert private_folder() != tmp_path / f"beamopt-{os.getuid()}"
