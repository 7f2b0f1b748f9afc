"""What tests of the doctor do to a folder, and how they read what it says."""

from collections.abc import Iterable
from pathlib import Path

from beamopt.doctor import Finding


def of(findings: Iterable[Finding], about: str) -> Finding:
    """The one finding about something."""
    (found,) = [one for one in findings if one.about == about]
    return found


def damage(path: Path) -> None:
    """Overwrite all but the first two pages of a database."""
    content = bytearray(path.read_bytes())
    content[8192:] = b"\x5a" * (len(content) - 8192)
    path.write_bytes(content)
