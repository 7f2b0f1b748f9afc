"""Structure files written for a test, and what the reader makes of them."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from beamopt.errors import InputError
from beamopt.specimen.contents import Contents, contents_of
from beamopt.specimen.reading import read_structure
from beamopt.specimen.structure import Structure

__all__ = ["cif", "contents", "operations", "refusal", "structure"]


def cif(
    cell: Iterable[float],
    sites: str,
    symmetry: str = "_symmetry_space_group_name_H-M 'P 1'",
    columns: str = "label type_symbol fract_x fract_y fract_z",
) -> str:
    """A CIF: cell lengths [Å] and angles [degrees], symmetry as it stands, and the rows of its sites."""
    names = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    head = "".join(f"_cell_{name} {value}\n" for name, value in zip(names, cell, strict=True))
    listed = "".join(f"_atom_site_{column}\n" for column in columns.split())
    return f"data_own\n{head}{symmetry}\nloop_\n{listed}{sites}\n"


def operations(*triplets: str) -> str:
    """A loop of symmetry operations."""
    return "loop_\n_space_group_symop_operation_xyz\n" + "".join(f"'{triplet}'\n" for triplet in triplets)


def structure(folder: Path, text: str | bytes, name: str = "own.cif") -> Structure:
    """What the reader makes of a file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_structure(path)


def contents(folder: Path, text: str | bytes, name: str = "own.cif") -> Contents:
    """What a file holds."""
    return contents_of(structure(folder, text, name))


def refusal(folder: Path, text: str | bytes, name: str = "own.cif") -> str:
    """The one line with which a file is refused."""
    with pytest.raises(InputError) as caught:
        structure(folder, text, name)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.startswith(name)
    assert ";" in sentence
    assert len(sentence) < 300
    return sentence
