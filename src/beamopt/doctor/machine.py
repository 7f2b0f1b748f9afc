"""The machine: transforms, threads, memory, disk, and whether the folder lies on a network."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyfftw
import scipy.fft

from beamopt.doctor.finding import Finding, bad, fine, warning
from beamopt.threads import thread_count

__all__ = ["filesystem_of", "machine"]

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "lustre", "gpfs", "beegfs", "ceph", "fuse.glusterfs", "9p"}
)
_LITTLE_DISK, _NO_DISK = 2e9, 1e8  # bytes; a study with its pictures is some 100 MB, a scattering matrix up to 1 GB
_LITTLE_MEMORY = 3e9  # bytes


def machine(home: Path, needed: float = 0.0) -> Iterator[Finding]:
    """Look at the machine.

    Parameters
    ----------
    home
        Project folder, there or not.
    needed
        Bytes that a trial of the study at hand holds in memory.
    """
    yield _transforms()
    there = next(folder for folder in (home.resolve(), *home.resolve().parents) if folder.is_dir())
    yield _disk(there)
    yield _memory(needed)
    yield _mount(there)
    yield _writable(there)


def _transforms() -> Finding:
    image = np.random.default_rng(0).normal(size=(96, 96)).astype(np.complex64)
    fast, slow = pyfftw.interfaces.scipy_fft.fft2(image), scipy.fft.fft2(image)
    error = float(np.abs(fast - slow).max() / np.abs(slow).max())
    if error > 1e-5:
        return bad("transforms", f"pyFFTW and scipy differ by {error:.1g}", "reinstall pyfftw")
    return fine("transforms", f"pyFFTW {pyfftw.__version__} and scipy agree to {error:.0e}; {thread_count()} threads")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    sentence = f"{free / 1e9:.1f} GB free at {folder}"
    if free < _NO_DISK:
        return bad("disk", sentence, "free some space before a study is run")
    if free < _LITTLE_DISK:
        return warning("disk", sentence, "free some space, or use another --home and BEAMOPT_CACHE")
    return fine("disk", sentence)


def _memory(needed: float) -> Finding:
    free = _available()
    sentence = f"{free / 1e9:.1f} GB available" + (f", about {needed / 1e9:.1f} GB wanted by a trial" if needed else "")
    if free < needed:
        return bad("memory", sentence, "raise scan_sampling, lower camera.pixels, or use a larger machine")
    if free < _LITTLE_MEMORY:
        return warning("memory", sentence, "close other programs, and use fewer --workers")
    return fine("memory", sentence)


def _available() -> float:
    if sys.platform == "linux":
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * float(line.split()[1])
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def _mount(folder: Path) -> Finding:
    kind = filesystem_of(folder)
    if kind in _NETWORK:
        return warning(
            "file system",
            f"{folder} lies on a network ({kind}), where locks may not hold",
            "use a --home on a local disk, or --storage postgresql://...",
        )
    return fine("file system", f"{kind or 'unknown'} at {folder}")


def filesystem_of(folder: Path, mounts: str | None = None) -> str:
    r"""Kind of file system that a folder lies on; empty where the system does not say.

    Examples
    --------
    >>> filesystem_of(Path("/data/x"), "1 0 0:1 / / rw - ext4 a rw\n2 0 0:2 / /data rw - nfs4 b rw")
    'nfs4'
    """
    if mounts is None:
        table = Path("/proc/self/mountinfo")
        mounts = table.read_text(encoding="utf-8") if table.is_file() else ""
    best, kind = "", ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        point = left.split()[4].replace("\\040", " ")
        if (folder == Path(point) or Path(point) in folder.parents) and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind


def _writable(folder: Path) -> Finding:
    if os.access(folder, os.W_OK):
        return fine("permissions", f"{folder} can be written")
    return bad("permissions", f"{folder} cannot be written", "use another --home, or change its permissions")
