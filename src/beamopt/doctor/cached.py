"""The folder of stored scattering matrices, which several users may share."""

from beamopt.cache import Cache
from beamopt.doctor.finding import Finding, fine, warning

__all__ = ["cached"]


def cached(*, repair: bool) -> Finding:
    """Look at the cache; with `repair` check every entry and remove what is damaged."""
    cache = Cache()
    entries = cache.entries()
    if not repair:
        size = sum(entry.size for entry in entries)
        return fine("cache", f"{len(entries)} entries, {size / 1e9:.2f} GB in {cache.folder}")
    checked = cache.verify()
    sentence = f"{len(checked.whole)} entries are whole, {len(checked.damaged)} damaged ones removed"
    if checked.unreadable:
        others = f"{sentence}, {len(checked.unreadable)} of other users cannot be read"
        return warning("cache", others, f"they are made anew; let the others run chmod -R a+r {cache.folder}")
    return fine("cache", sentence, repaired=bool(checked.damaged))
