"""From a sample or a structure file to one orthogonal cell along a zone axis; the only room with ASE and gemmi."""

from beamopt.specimen.build import build_specimen, specimen_of
from beamopt.specimen.contents import Contents
from beamopt.specimen.orient import orthogonal_cell
from beamopt.specimen.reading import read_specimen
from beamopt.specimen.value import Specimen

__all__ = ["Contents", "Specimen", "build_specimen", "orthogonal_cell", "read_specimen", "specimen_of"]
