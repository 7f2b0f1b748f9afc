"""Build the specimen that a study names."""

from beamopt.catalogue import Sample, Sheet, load_sample
from beamopt.errors import InputError
from beamopt.spec import SampleSpec
from beamopt.specimen.contents import contents_of
from beamopt.specimen.crystal import conventional_cell
from beamopt.specimen.cut import cut_specimen
from beamopt.specimen.reading import read_specimen
from beamopt.specimen.sheet import sheet_cell
from beamopt.specimen.structure import Structure
from beamopt.specimen.value import Specimen

__all__ = ["build_specimen", "specimen_of"]


def build_specimen(sample: Sample, *, zone_axis: tuple[int, int, int] | None, thickness: float) -> Specimen:
    """Specimen of a catalogue sample.

    Parameters
    ----------
    sample
        From `load_sample`.
    zone_axis
        Direction along the beam on the sample's conventional axes; the recommended one where None.
    thickness
        Wanted thickness [Å]; met to the nearest whole cell. Free-standing sheets have their own.

    Returns
    -------
    Specimen

    Raises
    ------
    InputError
        If the zone axis has no orthogonal cell or the thickness is less than half of one.

    Examples
    --------
    >>> specimen = build_specimen(load_sample("UiO-66"), zone_axis=(1, 1, 0), thickness=100.0)
    >>> len(specimen.atoms), specimen.repeats, round(specimen.thickness, 1)
    (228, 7, 102.7)
    """
    if isinstance(sample.structure, Sheet):
        if zone_axis not in (None, (0, 0, 1), (0, 0, -1)):
            raise InputError(
                f"{sample.name}: zone_axis = {list(zone_axis)} would look at a sheet from the side; use [0, 0, 1]"
            )
        if zone_axis == (0, 0, -1):
            raise InputError(f"{sample.name}: zone_axis = [0, 0, -1] is the sheet seen from below; use [0, 0, 1]")
        atoms, notes = sheet_cell(sample.structure)
        contents = contents_of(Structure(atoms=atoms, space_group="P 1 (1), a sheet with vacuum"))
        return Specimen(name=sample.name, atoms=atoms, repeats=1, notes=notes, contents=contents)
    crystal = sample.structure
    atoms = conventional_cell(crystal, name=sample.name)
    setting = "" if crystal.setting == 1 else ":2"
    contents = contents_of(Structure(atoms=atoms, space_group=f"{crystal.symbol}{setting} ({crystal.number})"))
    return cut_specimen(atoms, zone_axis or sample.zone_axis, thickness, name=sample.name, contents=contents)


def specimen_of(sample: SampleSpec) -> Specimen:
    """Specimen that a study file's ``[sample]`` table describes, from the catalogue or from a file.

    Parameters
    ----------
    sample
        The table.

    Returns
    -------
    Specimen

    Raises
    ------
    InputError
        As `build_specimen` and `read_specimen`; also for an unknown sample.
    """
    if sample.file is not None:
        return read_specimen(sample.file, zone_axis=sample.zone_axis, thickness=sample.thickness, sheets=sample.sheets)
    return build_specimen(load_sample(str(sample.name)), zone_axis=sample.zone_axis, thickness=sample.thickness)
