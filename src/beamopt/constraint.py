"""One limit of a session: by how much it holds, and what to say where it does not."""

from dataclasses import dataclass

__all__ = ["Constraint", "at_least", "at_most"]


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """A limit and where an acquisition stands to it.

    Parameters
    ----------
    name
        Its name in every database.
    margin
        At most 0 where the limit holds [`unit`].
    unit
        Unit of margin and limit.
    limit
        The limit; margins of different units compare as shares of it.
    sentence
        What, value and unit, limit and remedy, to be said where the limit is broken.
    """

    name: str
    margin: float
    unit: str
    limit: float
    sentence: str

    @property
    def share(self) -> float:
        """Margin over limit; above 0 where the limit is broken."""
        return self.margin / abs(self.limit)


def at_most(name: str, value: float, limit: float, unit: str, of: str, remedy: str) -> Constraint:
    """Value that must not exceed a limit, in one unit; `of` says whose limit it is.

    Examples
    --------
    >>> at_most("scan_time", 90.0, 60.0, "s", of="this session", remedy="scan less").sentence
    'scan_time=90 s is above the 60 s of this session; scan less'
    """
    sentence = f"{name}={_shown(value)} {unit} is above the {_shown(limit)} {unit} of {of}; {remedy}"
    return Constraint(name=name, margin=value - limit, unit=unit, limit=limit, sentence=sentence)


def at_least(name: str, value: float, limit: float, unit: str, of: str, remedy: str) -> Constraint:
    """Value that must reach a limit, in one unit; `of` says whose limit it is.

    Examples
    --------
    >>> at_least("dwell", 8.0, 100.0, "µs", of="EMPAD-G2", remedy="raise scan_sampling").margin
    92.0
    """
    sentence = f"{name}={_shown(value)} {unit} is below the {_shown(limit)} {unit} of {of}; {remedy}"
    return Constraint(name=name, margin=limit - value, unit=unit, limit=limit, sentence=sentence)


def _shown(value: float) -> str:
    """Four figures, and energies in eV written out."""
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e6 else f"{value:.4g}"
