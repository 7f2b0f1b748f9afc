"""The cache never gives back anything but what was stored."""

import json
import multiprocessing
import os
import resource
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.cache import Cache, key_of

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
    assert cache.verify() == (key_of(ABOUT),)
    assert cache.verify() == ()
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
