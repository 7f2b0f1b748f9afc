"""`beamopt show`: one sample, detector or column, every number with its unit, its standing and its source."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamopt.cli.options import Json, print_json
from beamopt.cli.output import say

if TYPE_CHECKING:
    from beamopt.catalogue import Sample
    from beamopt.catalogue.standing import Equipment


class Kind(StrEnum):
    """What can be shown."""

    sample = "sample"
    detector = "detector"
    column = "column"


def command(
    kind: Annotated[Kind, typer.Argument(help="What it is.")],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A name from beamopt list, or a .json file of equipment.")
    ],
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE.png", help="Draw the projected potential of a sample."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a sample, a detector or a column of the catalogue; a guess is said to be one."""
    from beamopt.catalogue import load_column, load_detector, load_sample

    if picture is not None:
        _require_drawable(kind, picture)
    if kind is Kind.sample:
        sample = load_sample(name)
        if picture is not None:
            _draw(sample, picture)
        content, lines = _sample(sample), _sample_lines(sample)
    else:
        equipment = load_detector(name) if kind is Kind.detector else load_column(name)
        content, lines = _equipment(equipment), _equipment_lines(equipment)
    if as_json:
        print_json({"kind": kind.value, **content} | ({"picture": str(picture.resolve())} if picture else {}))
        return
    say("\n".join(lines))
    if picture is not None:
        say(f"picture: {picture}")


def _sample(sample: "Sample") -> dict[str, Any]:
    from beamopt.catalogue import Density, Tolerance
    from beamopt.quantities import unit_of

    units = {name: unit_of(Tolerance, name) for name in ("value", "energy", "temperature")}
    content = sample.model_dump(mode="json")
    content["radiation"] = [entry | {"units": units} for entry in content["radiation"]]
    content["structure"]["units"] = {
        "cellpar": "Å, degrees",
        "a": "Å",
        "vacuum": "Å",
        "sites": "fractional; z of sheets Å",
    }
    if sample.density is not None:
        content["density"]["unit"] = unit_of(Density, "value")
    return content


def _sample_lines(sample: "Sample") -> list[str]:
    from beamopt.catalogue import Crystal

    structure = sample.structure
    if isinstance(structure, Crystal):
        a, b, c, *angles = structure.cellpar
        cell = f"{structure.symbol} (no. {structure.number}), a, b, c = {a:g}, {b:g}, {c:g} Å, "
        cell += f"α, β, γ = {', '.join(f'{angle:g}' for angle in angles)}°"
        atoms = " ".join(f"{element}{count}" for element, count in structure.composition.items())
    else:
        cell = f"hexagonal sheet, a = {structure.a:g} Å, {len(structure.layers)} layer(s)"
        atoms = " ".join(f"{element} at {x:g}, {y:g}, {z:g} Å" for element, x, y, z in structure.sites)
    density = sample.density
    entries = {
        "formula": sample.formula,
        "also called": ", ".join(sample.aliases),
        "structure": cell,
        "atoms per cell": atoms,
        "zone axis": f"[{', '.join(map(str, sample.zone_axis))}], recommended",
        "density": f"{density.value:g} g/cm³ ({density.status})" if density else "",
        "citation": f"{sample.citation.text} ({sample.citation.status}; {sample.citation.source})",
        "thermal displacement": _motion(sample),
        "notes": sample.notes,
    }
    return [f"{sample.name}: {sample.title}", *_rows(entries), *_tolerances(sample)]


def _motion(sample: "Sample") -> str:
    """Displacements by element; where they are nobody's measurement it says so first of all."""
    known = sample.thermal
    mark = "GUESS, not a measurement: " if known.status == "guess" else ""
    numbers = ", ".join(f"{element} {value:g} Å" for element, value in known.displacement.items())
    return f"{mark}{numbers} ({known.status}) at {known.temperature:g} K; {known.source}"


def _tolerances(sample: "Sample") -> list[str]:
    """Radiation tolerance, the number to use first; where it is nobody's measurement it says so first of all."""
    if not sample.radiation:
        return ["radiation tolerance: nothing is known; choose the doses of a first study wide"]
    lines = ["radiation tolerance (the first is the one to use):"]
    for one in sample.radiation:
        where = [f"{one.energy:g} eV" if one.energy else "", f"{one.temperature:g} K" if one.temperature else ""]
        setting = ", ".join(part for part in where if part) or "setting not known"
        mark = "GUESS, not a measurement: " if one.status == "guess" else ""
        lines.append(f"  {mark}{one.bound} {one.value:g} e/Å² ({one.status}) at {setting}: {one.meaning}; {one.source}")
    return lines


def _equipment(equipment: "Equipment") -> dict[str, Any]:
    from beamopt.quantities import unit_of

    dumped = equipment.model_dump(mode="json", include={"name", "aliases", "title", "notes", "reading"})
    values = equipment.model_dump(mode="json", include=set(_numbers(equipment)))
    numbers = {
        name: {
            "value": values[name],
            "unit": unit_of(type(equipment), name),
            "status": equipment.standing[name].status if name in equipment.standing else "default",
            "source": equipment.standing[name].source if name in equipment.standing else "taken where nothing is given",
        }
        for name in _numbers(equipment)
    }
    return {**dumped, "numbers": numbers}


def _equipment_lines(equipment: "Equipment") -> list[str]:
    entries = {"also called": ", ".join(equipment.aliases)}
    for name in _numbers(equipment):
        standing = equipment.standing.get(name)
        source = standing.source if standing else "(default) taken where nothing is given"
        entries[name.replace("_", " ")] = f"{equipment.stated(name)}; {source}"
    return [f"{equipment.name}: {equipment.title}", *_rows(entries | {"notes": equipment.notes})]


def _numbers(equipment: "Equipment") -> list[str]:
    """Names of its numbers in the order of the schema, those that it does not have left out."""
    from beamopt.catalogue.standing import Equipment

    words = {*Equipment.model_fields, "reading"}
    return [name for name in type(equipment).model_fields if name not in words and getattr(equipment, name) is not None]


def _rows(entries: dict[str, str]) -> list[str]:
    return [f"  {name:22s} {text}" for name, text in entries.items() if text]


def _require_drawable(kind: Kind, path: Path) -> None:
    from beamopt.errors import InputError
    from beamopt.report.files import require_writable

    if kind is not Kind.sample:
        raise InputError(f"--picture {path}: a {kind} has no potential to draw; leave it out")
    require_writable(path, "--picture", (".png",))


def _draw(sample: "Sample", path: Path) -> None:
    """Draw at least 30 Å of one repeat along the recommended zone axis."""
    from beamopt.cache import Cache
    from beamopt.errors import StorageError
    from beamopt.potential import build_potential
    from beamopt.report import png, potential_figure
    from beamopt.specimen import build_specimen

    specimen = build_specimen(sample, zone_axis=None, thickness=100.0)
    potential = build_potential(
        specimen, sampling=0.1, slice_thickness=2.5, parametrization="lobato", window=30.0, cache=Cache()
    )
    axis = " ".join(map(str, sample.zone_axis))
    title = f"{sample.name} along [{axis}], projected over one repeat of {specimen.cell[2]:.3g} Å"
    figure = potential_figure(potential.slices.sum(axis=0), potential.sampling, potential.supercell, title=title)
    try:
        path.write_bytes(png(figure))
    except OSError as error:
        raise StorageError(f"{path}: cannot be written, {error.strerror}") from None
