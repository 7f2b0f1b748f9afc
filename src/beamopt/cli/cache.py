"""`beamopt cache`: what is kept between studies, whether it is whole, and its removal."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamopt.cli.options import Json, print_json
from beamopt.cli.output import say

if TYPE_CHECKING:
    from beamopt.cache import Cache


class Action(StrEnum):
    """What to do."""

    ls = "ls"
    verify = "verify"
    clear = "clear"


def command(
    action: Annotated[
        Action, typer.Argument(help="List the entries, check their digests, or remove them all.")
    ] = Action.ls,
    as_json: Json = False,
) -> None:
    """Look after the stored scattering matrices; removing them costs time and nothing else."""
    from beamopt.cache import Cache

    content = {Action.ls: _ls, Action.verify: _verify, Action.clear: _clear}[action](Cache())
    if as_json:
        print_json(content)
        return
    for key, value in content.items():
        say(f"{key}: {value}" if not isinstance(value, list) else f"{key}: {len(value)}")
        for row in value if isinstance(value, list) else []:
            say("  " + (", ".join(f"{v}" for v in row.values()) if isinstance(row, dict) else str(row)))


def _ls(cache: "Cache") -> dict[str, Any]:
    entries = cache.entries()
    rows = [
        {"key": e.key, "bytes": e.size, "kind": str(e.about.get("kind", "")), "about": _words(e.about)} for e in entries
    ]
    return {"folder": str(cache.folder), "limit_bytes": int(cache.limit), "entries": rows}


def _verify(cache: "Cache") -> dict[str, Any]:
    checked = cache.verify()
    return {
        "folder": str(cache.folder),
        "whole": len(checked.whole),
        "damaged_and_removed": list(checked.damaged),
        "unreadable_for_this_user": list(checked.unreadable),
    }


def _clear(cache: "Cache") -> dict[str, Any]:
    return {"folder": str(cache.folder), "freed_bytes": cache.clear(), "entries_left": len(cache.entries())}


def _words(about: Mapping[str, object]) -> str:
    """What tells one entry from another."""
    kept = ("specimen", "cell_angstrom", "thickness_angstrom", "energy_ev", "semiangle_cutoff_mrad", "parametrization")
    return ", ".join(f"{name} {about[name]}" for name in kept if name in about)
