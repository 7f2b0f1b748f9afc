"""Thousands of damaged and shuffled structure files: each is read or refused in one line, and soon."""

import random
import time
from pathlib import Path

import pytest

from beamopt.errors import InputError
from beamopt.specimen import read_specimen
from specimen.written import cif, operations

SEEDS = {
    "own.cif": cif(
        (5.43, 5.43, 5.43, 90, 90, 90),
        "Si1 Si4+ 0.125 0.125 0.125 1 8 .\nO1 O 0.5 0.25(1) 0.1 1.0 . d",
        "_space_group_name_H-M_alt 'F d -3 m :2'\n_space_group_IT_number 227\n_chemical_formula_sum 'Si O2'\n"
        "_cell_formula_units_Z 8",
        "label type_symbol fract_x fract_y fract_z occupancy symmetry_multiplicity calc_flag",
    ),
    "listed.cif": cif(
        (5.15, 5.21, 5.32, 90, 99.2, 90),
        "Zr1 Zr 0.2754 0.0395 0.2083\nO1 O 0.07 0.3317 0.3447\nO2 O 0.4496 0.7569 0.4792",
        "_symmetry_space_group_name_Hall '-P 2ybc'\n_symmetry_space_group_name_H-M 'P 1 21/c 1'\n"
        + operations("x,y,z", "-x,y+1/2,-z+1/2", "-x,-y,-z", "x,-y+1/2,z+1/2"),
    ),
    "own.mcif": cif(
        (4.178, 4.178, 4.178, 90, 90, 90),
        "Ni1 Ni 0 0 0\nO1 O 0.5 0.5 0.5",
        "loop_\n_space_group_symop_magn_operation.id\n_space_group_symop_magn_operation.xyz\n1 x,y,z,+1\n2 -x,-y,z,-1\n"
        "loop_\n_space_group_symop_magn_centering.id\n_space_group_symop_magn_centering.xyz\n1 x,y,z,+1\n"
        "2 x+1/2,y+1/2,z,-1",
    ),
    "own.extxyz": '3\nLattice="3.16 0 0 -1.58 2.74 0 0 0 20" Properties=species:S:1:pos:R:3:occupancy:R:1 pbc="T T F"\n'
    "Mo 0 0 0.0 1\nS 0.0 1.8 1.586 1\nS 0.0 1.8 -1.586 1\n",
    "POSCAR": "own\n1.0\n4 0 0\n0 4 0\n0 0 4\nCs Cl\n1 1 ! two\nSelective dynamics\nDirect\n0 0 0 T T F\n"
    ".5 .5 .5 T T T\n",
    "own.pdb": "CRYST1    5.640    5.640    5.640  90.00  90.00  90.00 F m -3 m      4\n"
    "HETATM    1 NA    NA A   1       0.000   0.000   0.000  1.00  0.00          NA\n"
    "HETATM    2 CL    CL A   1       2.820   2.820   2.820  1.00  0.00          CL\nEND\n",
}
WORDS = (
    "?",
    ".",
    "'",
    '"',
    "#",
    ";",
    "loop_",
    "data_x",
    "_atom_site_label",
    "_cell_length_a",
    "nan",
    "inf",
    "1e999",
    "-1",
    "0",
    "999999999",
    "x,y,z",
    "'-x,-y,-z'",
    "x,x,x",
    "1/2",
    "Xx",
    "Vac",
    "dum",
    "P 1",
    "\x00",
    "\x1b[2J",
    "\ufeff",
    "é",
    "\u2028",
    " ",
    "\n",
    "\t",
    "9" * 400,
    "_" * 300,
    "(",
    ")",
    "[1 2]",
    "{",
    "$x",
    "save_",
    "global_",
    "stop_",
    "D",
    "T",
)


def damaged(text: str, chance: random.Random, others: list[str]) -> str:
    """The file with a few tokens, lines or characters changed."""
    for _ in range(chance.randint(1, 5)):
        lines = text.split("\n")
        place = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, lines[chance.randrange(len(lines))])
            case 2:
                words = lines[place].split(" ")
                words[chance.randrange(len(words))] = chance.choice(WORDS)
                lines[place] = " ".join(words)
            case 3:
                at = chance.randrange(len(lines[place]) + 1)
                lines[place] = lines[place][:at] + chance.choice(WORDS) + lines[place][at:]
            case 4:
                lines[place] = chance.choice(chance.choice(others).split("\n"))
            case 5:
                at = chance.randrange(len(lines[place]) + 1)
                lines[place] = lines[place][:at] + chr(chance.randrange(1, 300)) + lines[place][at + 1 :]
            case _:
                lines = lines[: place + 1]
        text = "\n".join(lines)
    return text


@pytest.mark.parametrize("name", SEEDS)
def test_any_damage_is_read_or_refused_in_one_line(quick: Path, name: str) -> None:
    chance, others = random.Random(name), list(SEEDS.values())  # noqa: S311 (no secret)
    path = quick / name
    slowest = 0.0
    for number in range(250):
        text = damaged(SEEDS[name], chance, others)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        start = time.process_time()
        try:
            read_specimen(path, zone_axis=None, thickness=20.0)
        except InputError as error:
            assert "\n" not in str(error), number
            assert str(error).isprintable(), (number, str(error))
            assert len(str(error)) < 400, number
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 5
