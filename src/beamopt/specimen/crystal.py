"""The conventional cell of a catalogue crystal, through ASE's space groups."""

from collections import Counter

from ase import Atoms
from ase.spacegroup import crystal

from beamopt.catalogue import Crystal

__all__ = ["conventional_cell"]


def conventional_cell(structure: Crystal, *, name: str) -> Atoms:
    """Expand the asymmetric unit to the conventional cell.

    Parameters
    ----------
    structure
        Space group, cell and sites.
    name
        What to call it.

    Returns
    -------
    ase.Atoms

    Raises
    ------
    ArithmeticError
        If the sites do not expand to the composition that the catalogue states.

    Examples
    --------
    >>> from beamopt.catalogue import load_sample
    >>> len(conventional_cell(load_sample("UiO-66").structure, name="UiO-66"))
    456
    """
    atoms = crystal(
        [site[0] for site in structure.sites],
        [site[1:] for site in structure.sites],
        spacegroup=structure.number,
        setting=structure.setting,
        cellpar=structure.cellpar,
        onduplicates="keep",
        symprec=2e-3,
    )
    composition = dict(Counter(str(symbol) for symbol in atoms.symbols))
    if composition != structure.composition:
        raise ArithmeticError(f"{name}: the sites expand to {composition}, not to {structure.composition}")
    return atoms
