"""Schema of a catalogue sample: what it is made of, who says so, and how much beam it bears."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from beamopt.quantities import Energy, Fluence, Length, Unit

__all__ = ["Citation", "Crystal", "Density", "Layer", "Motion", "Sample", "Sheet", "Tolerance"]

_FROZEN = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

_Element = Annotated[str, Field(pattern=r"^[A-Z][a-z]?$")]
_Site = tuple[_Element, float, float, float]
_Interior = Annotated[float, Field(gt=0, lt=180)]
_Cell = tuple[Length, Length, Length, _Interior, _Interior, _Interior]


class Citation(BaseModel):
    """Where a structure comes from.

    Parameters
    ----------
    text
        Reference as it is printed.
    status
        What of it was read and what was recalled.
    source
        Where the numbers were taken from.
    """

    model_config = _FROZEN

    text: str
    status: str
    source: str


class Density(BaseModel):
    """Mass density [g/cm³] with its standing."""

    model_config = _FROZEN

    value: Annotated[float, Field(gt=0), Unit("g/cm³")]
    status: str


class Crystal(BaseModel):
    """A crystal by its asymmetric unit.

    Parameters
    ----------
    number, setting, symbol
        Space group; setting 2 is the second origin choice.
    cellpar
        a, b, c [Å], α, β, γ [degrees].
    sites
        Element and fractional coordinates of each site of the asymmetric unit.
    composition
        Atoms of the conventional cell by element; what the sites must expand to.
    """

    model_config = _FROZEN

    kind: Literal["crystal"] = "crystal"
    number: Annotated[int, Field(ge=1, le=230)]
    setting: Literal[1, 2] = 1
    symbol: str
    cellpar: _Cell
    sites: Annotated[tuple[_Site, ...], Field(min_length=1)]
    composition: dict[_Element, Annotated[int, Field(ge=1)]]


class Layer(BaseModel):
    """One sheet of a stack.

    Parameters
    ----------
    height
        Height of its middle plane [Å].
    rotation
        Turned anticlockwise about the beam [degrees].
    repeats
        Rectangular a × √3a cells along x and y of the common cell.
    """

    model_config = _FROZEN

    height: float = 0.0
    rotation: Literal[0, 30] = 0
    repeats: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = (1, 1)


class Sheet(BaseModel):
    """Hexagonal atomic sheets standing free, the sheet normal along the beam.

    Parameters
    ----------
    a
        Hexagonal lattice parameter [Å].
    sites
        Element, fractional x and y on the hexagonal axes (120°), and height z over the middle plane [Å].
    layers
        The stack.
    vacuum
        Empty space above and below the outermost atoms [Å].
    """

    model_config = _FROZEN

    kind: Literal["sheet"] = "sheet"
    a: Length
    sites: Annotated[tuple[_Site, ...], Field(min_length=1)]
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)] = (Layer(),)
    vacuum: Length = 5.0


class Tolerance(BaseModel):
    """How much fluence the sample bears, in one source's words.

    Parameters
    ----------
    value
        Fluence [e/Å²].
    bound
        Whether the damage sets in about there, at least there or at most there.
    meaning
        What happened at this fluence: a critical fluence, an image that was taken, a complete loss.
    energy
        Beam energy [eV], where it is known.
    temperature
        Specimen temperature [K], where it is known.
    source
        Who says so.
    status
        ``measured``: damage measured, the number read in its source. ``derived``: calculated from a number that was
        read. ``quoted``: recalled and not read again, or a fluence that was used rather than damage that was measured.
        ``guess``: ours, so that a first study has a scale; never to be shown as a measurement.
    """

    model_config = _FROZEN

    value: Fluence
    bound: Literal["about", "at least", "at most"] = "about"
    meaning: str
    energy: Energy | None = None
    temperature: Annotated[float, Field(gt=0, le=2000), Unit("K")] | None = None
    source: str
    status: Literal["measured", "derived", "quoted", "guess"]


class Motion(BaseModel):
    """How much the atoms vibrate.

    Parameters
    ----------
    displacement
        Root-mean-square displacement along one axis [Å] of every element, a mean over its sites and directions.
    temperature
        Specimen temperature [K].
    source
        Who says so.
    status
        As for `Tolerance`.
    """

    model_config = _FROZEN

    displacement: dict[_Element, Annotated[float, Field(gt=0, le=1)]]
    temperature: Annotated[float, Field(gt=0, le=2000), Unit("K")]
    source: str
    status: Literal["measured", "derived", "quoted", "guess"]


class Sample(BaseModel):
    """One sample of the catalogue.

    Parameters
    ----------
    name
        The word used in study files.
    aliases
        Other names it answers to.
    title
        What it is, for people.
    formula
        Chemical formula.
    structure
        A crystal or a free-standing sheet.
    zone_axis
        Recommended direction along the beam.
    density
        Published mass density, where one is known.
    citation
        Where the structure comes from.
    notes
        How disorder was resolved and what to beware of.
    radiation
        What is known about its tolerance; the first entry is the one to use. Empty where nothing is known.
    thermal
        How much its atoms vibrate.
    """

    model_config = _FROZEN

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")
    aliases: tuple[str, ...] = ()
    title: str
    formula: str
    structure: Annotated[Crystal | Sheet, Field(discriminator="kind")]
    zone_axis: tuple[int, int, int]
    density: Density | None = None
    citation: Citation
    notes: str = ""
    radiation: tuple[Tolerance, ...] = ()
    thermal: Motion

    @model_validator(mode="after")
    def _directed(self) -> Self:
        if self.zone_axis == (0, 0, 0):
            raise ValueError("zone_axis [0, 0, 0] is no direction")
        elements = {site[0] for site in self.structure.sites}
        if set(self.thermal.displacement) != elements:
            raise ValueError(f"thermal.displacement must name {', '.join(sorted(elements))}")
        return self

    @property
    def tolerance(self) -> Tolerance | None:
        """The tolerance to use, or None where nothing is known."""
        return self.radiation[0] if self.radiation else None
