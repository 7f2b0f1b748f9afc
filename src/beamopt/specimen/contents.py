"""What a structure holds: composition, density and shortest contact, compared before and after a cut."""

from collections import Counter
from fractions import Fraction

from ase import Atoms
from ase.neighborlist import neighbor_list

__all__ = ["same_contents", "shortest_contact"]

_FARTHEST = 4.0  # Å; contacts beyond it say nothing about overlaps


def shortest_contact(atoms: Atoms) -> float:
    """Shortest distance between two atoms of a periodic structure [Å], at most 4.

    Examples
    --------
    >>> from ase.build import bulk
    >>> round(shortest_contact(bulk("Cu", "fcc", a=3.6)), 3)
    2.546
    """
    for cutoff in (1.3, 2.6, _FARTHEST):
        distances = neighbor_list("d", atoms, cutoff)
        if len(distances):
            return float(distances.min())
    return _FARTHEST


def same_contents(before: Atoms, after: Atoms, *, name: str, strain: float = 0.0) -> None:
    """Check that a cut changed neither composition nor number density nor contacts.

    Parameters
    ----------
    before, after
        The structure and the cell cut from it.
    name
        What to call it.
    strain
        Shear that was applied on purpose; contacts may change by as much.

    Raises
    ------
    ArithmeticError
        If it did; no input should ever reach this.
    """
    if _ratio(before) != _ratio(after):
        raise ArithmeticError(f"{name}: composition changed from {_ratio(before)} to {_ratio(after)}")
    density = len(after) / after.cell.volume / (len(before) / before.cell.volume)
    if abs(density - 1) > 1e-6:
        raise ArithmeticError(f"{name}: atoms per volume changed by the factor {density:.6f}")
    contact, was = shortest_contact(after), shortest_contact(before)
    if abs(contact - was) > 0.03 + 2 * strain * was:
        raise ArithmeticError(f"{name}: shortest contact changed from {was:.3f} to {contact:.3f} Å")


def _ratio(atoms: Atoms) -> dict[str, Fraction]:
    """Share of every element, exact."""
    counts = Counter(str(symbol) for symbol in atoms.symbols)
    return {symbol: Fraction(count, len(atoms)) for symbol, count in sorted(counts.items())}
