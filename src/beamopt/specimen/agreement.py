"""What a CIF says of its content beside the sites - formula, Z, density, multiplicities - against what they make."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ase.data import atomic_masses, atomic_numbers

from beamopt.errors import InputError
from beamopt.specimen.expand import Content
from beamopt.specimen.operations import Operations
from beamopt.specimen.sites import Sites, formula_of
from beamopt.specimen.tags import Tags

__all__ = ["GRAMS_PER_CUBIC_CENTIMETRE", "agreement", "mass_of", "require_whole_cell"]

GRAMS_PER_CUBIC_CENTIMETRE = 1.66053906892
"""Density of one dalton per Å³ [g/cm³]; CODATA 2022."""

_CLOSE = 0.02  # of a ratio of two counts; formulae are rounded
_DENSITY = 0.05  # of a density; cells are measured at other temperatures


def mass_of(composition: Mapping[str, float]) -> float:
    """Mass of a composition [Da]."""
    return float(sum(count * atomic_masses[atomic_numbers[symbol]] for symbol, count in composition.items()))


def agreement(
    tags: Tags, sites: Sites, content: Content, operations: Operations, volume: float, *, sure: bool
) -> tuple[str, ...]:
    """Remarks on every statement of the file that its content does not keep.

    Parameters
    ----------
    tags
        The block.
    sites, content, operations
        Its sites, and the cell that they make under its symmetry.
    volume
        Of the cell [Å³].
    sure
        Whether the file lists its operations and nothing speaks of others. Where it does not, a contradiction casts
        doubt on the symmetry that was looked up, and is refused.

    Raises
    ------
    InputError
        For a contradiction that leaves the structure in doubt.
    """
    composition = Counter(content.elements)
    remarks = [
        *_formula(formula_of(tags), tags.number("_cell_formula_units_z"), composition),
        *_density(tags, composition, volume),
        *_multiplicities(sites, content, len(operations.rotations)),
    ]
    doubts = [sentence for sentence, doubtful in remarks if doubtful]
    if doubts and not sure:
        raise InputError(f"{doubts[0]}; list the symmetry operations, or correct the space group or that statement")
    return tuple(sentence for sentence, _ in remarks)


def require_whole_cell(tags: Tags, sites: Sites) -> None:
    """Refuse sites without any symmetry, unless formula and Z show that they are the whole cell.

    Raises
    ------
    InputError
        If they do not.
    """
    formula, units = formula_of(tags), tags.number("_cell_formula_units_z")
    whole = formula is not None and units is not None
    if not whole or _formula(formula, units, Counter(sites.elements)):
        raise InputError(
            "says nothing of its symmetry, and formula and Z do not show that its sites are the whole cell; add the "
            "space group, 'P 1' where all atoms are listed"
        )


def _formula(
    formula: Mapping[str, float] | None, units: float | None, composition: Mapping[str, int]
) -> list[tuple[str, bool]]:
    """Sentences on the formula, and whether each leaves the symmetry in doubt."""
    if formula is None:
        return []
    stated = " ".join(f"{symbol}{count:g}" for symbol, count in formula.items())
    missing = [symbol for symbol in formula if symbol not in composition]
    foreign = [symbol for symbol in composition if symbol not in formula]
    common = {symbol: composition[symbol] / formula[symbol] for symbol in formula if symbol in composition}
    if missing or foreign:
        parts = [f"without {', '.join(missing)}" if missing else "", f"with {', '.join(foreign)}" if foreign else ""]
        doubtful = bool(foreign) or not _even([common[s] for s in common if s != "H"])
        return [(f"formula {stated} and the sites disagree: the cell is {' and '.join(filter(None, parts))}", doubtful)]
    whole = all(count == round(count) for count in formula.values())
    if not _even(list(common.values())) or (whole and len(set(common.values())) > 1):
        cell = " ".join(f"{symbol}{composition[symbol]}" for symbol in formula)
        return [
            (f"formula {stated} is not that of the cell, {cell}", not _even([common[s] for s in common if s != "H"]))
        ]
    per = min(common.values())
    if units and abs(per / units - 1) > _CLOSE:
        return [(f"Z = {units:g} is stated and the cell holds {per:g} of the formula {stated}", True)]
    return []


def _even(ratios: Sequence[float]) -> bool:
    return not ratios or max(ratios) <= (1 + _CLOSE) * min(ratios)


def _density(tags: Tags, composition: Mapping[str, int], volume: float) -> list[tuple[str, bool]]:
    stated = tags.number("_exptl_crystal_density_diffrn", "_exptl_crystal_density_meas")
    density = mass_of(composition) * GRAMS_PER_CUBIC_CENTIMETRE / volume
    if stated is None or stated <= 0 or abs(density / stated - 1) <= _DENSITY:
        return []
    return [
        (f"density {stated:g} g/cm³ is stated and the cell has {density:.3g} g/cm³", abs(density / stated - 1) > 0.4)
    ]


def _multiplicities(sites: Sites, content: Content, order: int) -> list[tuple[str, bool]]:
    """A file means the atoms of a site, or, as an older program did, the operations that keep it in place."""
    wrong = [
        f"{label} {stated} and {made}"
        for label, stated, made in zip(sites.labels, sites.multiplicities, content.multiplicities, strict=True)
        if stated and stated not in {made, order // made}
    ]
    if not wrong:
        return []
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return [(f"multiplicities stated and made differ: {', '.join(wrong[:3])}{more}", True)]
