"""Which symmetry a CIF states: operations before Hall symbol before name before number, and none that contradict."""

from dataclasses import dataclass

import gemmi

from beamopt.errors import InputError
from beamopt.specimen.elements import shown
from beamopt.specimen.groups import LARGEST_MISFIT, chosen, metric_of, named, numbered, title
from beamopt.specimen.operations import Operations
from beamopt.specimen.tags import Tags

__all__ = ["Symmetry", "symmetry_of"]

_LISTED = (
    "_space_group_symop_magn_operation_xyz",
    "_space_group_symop_operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
)
_CENTRINGS = ("_space_group_symop_magn_centering_xyz",)
_HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
_NAME = ("_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m", "_space_group_name_h-m_full")
_NUMBER = ("_space_group_it_number", "_symmetry_int_tables_number")
_CODE = ("_space_group_it_coordinate_system_code", "_symmetry_space_group_setting")
_MODULATED = ("_space_group_symop_ssg_operation_algebraic", "_cell_modulation_dimension", "_space_group_ssg_name")


@dataclass(frozen=True)
class Symmetry:
    """Symmetry of a file.

    Parameters
    ----------
    operations
        What generates the cell.
    title
        Space group and setting in words.
    sure
        Whether the file lists its operations and nothing beside them speaks of others.
    remarks
        What a reader must know.
    """

    operations: Operations
    title: str
    sure: bool
    remarks: tuple[str, ...] = ()


def symmetry_of(tags: Tags, cell: gemmi.UnitCell) -> Symmetry | None:
    """Symmetry that a block states; None if it says nothing of it.

    Parameters
    ----------
    tags
        The block.
    cell
        Its unit cell.

    Raises
    ------
    InputError
        If it is contradictory, ambiguous, or not understood.
    """
    if any(tags.column(name) for name in _MODULATED):
        raise InputError("describes a modulated structure; give a commensurate supercell")
    triplets = tags.column(*_LISTED)
    hall, name, number = tags.word(*_HALL), tags.word(*_NAME), tags.word(*_NUMBER)
    if triplets:
        if not all(triplets):
            raise InputError("one of its symmetry operations is unknown (?); list all of them")
        operations = Operations.parse(triplets, tags.column(*_CENTRINGS))
        _require_fit(operations, cell, "the list of symmetry operations")
        remarks = (*_compared_with_hall(hall, operations), *_compared_with_name(name, number, operations))
        return Symmetry(operations, _described(operations, name, number), sure=not remarks, remarks=remarks)
    if hall:
        operations = _of_hall(hall)
        _require_fit(operations, cell, f"Hall symbol '{shown(hall)}'")
        remarks = _compared_with_name(name, number, operations)
        return Symmetry(operations, _described(operations, name, number), sure=False, remarks=remarks)
    if name or number:
        return _looked_up(name, number, tags.word(*_CODE), cell)
    return None


def _looked_up(name: str, number: str, code: str, cell: gemmi.UnitCell) -> Symmetry:
    """Symmetry of a file that lists no operations, from the tables."""
    what = f"space group '{shown(name)}'" if name else f"space group number {shown(number)}"
    groups = _named(name, number) if name else _numbered(number)
    if not groups:
        raise InputError(f"{what} is in no table; list the symmetry operations or give its Hall symbol")
    group = chosen(groups, code, cell, what)
    remarks: tuple[str, ...] = ()
    if not name and not code and len({one.hm for one in groups}) > 1:
        remarks = (f"{what} alone leaves the setting open; {group.xhm()}, the standard one, is taken",)
    return Symmetry(Operations.of(group.operations()), title(group), sure=False, remarks=remarks)


def _compared_with_hall(hall: str, operations: Operations) -> tuple[str, ...]:
    """Remarks on a Hall symbol beside listed operations."""
    if not hall:
        return ()
    try:
        stated = _of_hall(hall)
    except InputError:
        return (f"Hall symbol '{shown(hall)}' is none; the listed operations are taken",)
    if operations.equals(stated):
        return ()
    if operations.equals_from_another_origin(stated):
        return (f"Hall symbol '{shown(hall)}' is of another origin; the listed operations are taken",)
    raise _contradiction(f"Hall symbol '{shown(hall)}'", operations)


def _compared_with_name(name: str, number: str, operations: Operations) -> tuple[str, ...]:
    """Remarks on a name and a number beside operations; a name that leaves the origin open may mean any."""
    if not name and not number:
        return ()
    groups = _named(name, number) if name else _numbered(number)
    what = f"space group '{shown(name)}'" if name else f"space group number {shown(number)}"
    if not groups:
        return (f"{what} is in no table; the symmetry operations are taken",)
    every = [Operations.of(group.operations()) for group in groups]
    if any(operations.equals(one) for one in every):
        return ()
    explicit = len(groups) == 1 and bool(groups[0].ext.strip("\x00"))
    if not explicit and any(operations.equals_from_another_origin(one) for one in every):
        return ()
    if not _same_type(operations, groups[0].number):
        raise _contradiction(what, operations)
    if not name and gemmi.find_spacegroup_by_ops(operations.group):
        return ()
    return (f"{what} is of another setting or origin than the symmetry operations; the operations are taken",)


def _same_type(operations: Operations, number: int) -> bool:
    """Whether operations are those of a space group in any setting; one in no table counts where its class fits."""
    group = gemmi.find_spacegroup_by_ops(operations.group)
    if group is not None:
        return bool(group.number == number)
    every = [Operations.of(one.operations()) for one in numbered(number)]
    return any(operations.equals_from_another_origin(one) for one in every) or operations.resembles(every[0])


def _contradiction(what: str, operations: Operations) -> InputError:
    group = gemmi.find_spacegroup_by_ops(operations.group)
    own = f"those of {title(group)}" if group else f"{len(operations.rotations)} of a setting in no table"
    return InputError(f"{what} contradicts the symmetry operations, {own}; correct or remove one of them")


def _named(name: str, number: str) -> list[gemmi.SpaceGroup]:
    """Settings that a name allows; the number must be the same."""
    groups = named(name)
    if groups and number and _whole(number) != groups[0].number:
        raise InputError(
            f"space group '{shown(name)}' has number {groups[0].number} and the file says {shown(number)}; correct one"
        )
    return groups


def _numbered(number: str) -> list[gemmi.SpaceGroup]:
    return numbered(_whole(number))


def _whole(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) < 4 else 0


def _of_hall(hall: str) -> Operations:
    try:
        return Operations.of(gemmi.symops_from_hall(hall))
    except (RuntimeError, ValueError):
        raise InputError(f"Hall symbol '{shown(hall)}' is none; correct it or list the symmetry operations") from None


def _require_fit(operations: Operations, cell: gemmi.UnitCell, what: str) -> None:
    misfit = operations.keeps(metric_of(cell))
    if misfit > LARGEST_MISFIT:
        raise InputError(f"{what} changes the unit cell by {misfit:.1%}; correct the cell or the symmetry")


def _described(operations: Operations, name: str, number: str) -> str:
    """Space group and setting in words."""
    group = gemmi.find_spacegroup_by_ops(operations.group)
    if group is not None:
        return title(group)
    groups = _named(name, number) if name else _numbered(number)
    for one in groups:
        if operations.equals_from_another_origin(Operations.of(one.operations())):
            return f"{title(one)}, from another origin"
    return f"{len(operations.rotations)} operations of a setting in no table"
