"""Physical quantities as types: range and unit are written once, here, and read by checks, tables, axes and schema."""

import dataclasses
import typing
from typing import Annotated, Any

from pydantic import Field

__all__ = [
    "Angle",
    "Current",
    "Defocus",
    "Duration",
    "Energy",
    "Fluence",
    "Length",
    "SphericalAberration",
    "Unit",
    "short",
    "unit_of",
]


@dataclasses.dataclass(frozen=True)
class Unit:
    """Unit of a quantity as it is printed, for instance ``mrad``."""

    symbol: str

    def __str__(self) -> str:
        return self.symbol


_finite = {"allow_inf_nan": False}

Energy = Annotated[float, Field(ge=1e3, le=3e6, **_finite), Unit("eV")]
Angle = Annotated[float, Field(gt=0, le=500, **_finite), Unit("mrad")]
Defocus = Annotated[float, Field(ge=-1e6, le=1e6, **_finite), Unit("Å")]
SphericalAberration = Annotated[float, Field(ge=-1e9, le=1e9, **_finite), Unit("Å")]
Length = Annotated[float, Field(gt=0, le=1e6, **_finite), Unit("Å")]
Fluence = Annotated[float, Field(gt=0, le=1e12, **_finite), Unit("e/Å²")]
Current = Annotated[float, Field(gt=0, le=1e6, **_finite), Unit("pA")]
Duration = Annotated[float, Field(gt=0, le=1e6, **_finite), Unit("s")]


def unit_of(owner: type, name: str) -> str:
    """Unit symbol of a field or property of a class, read from its annotation.

    Parameters
    ----------
    owner
        The class that holds the quantity.
    name
        Name of the field or of an annotated property.

    Returns
    -------
    str
        The symbol, or an empty string for a pure number.

    Examples
    --------
    >>> from beamopt.acquisition import Acquisition
    >>> unit_of(Acquisition, "semiangle_cutoff")
    'mrad'
    """
    attribute = owner.__dict__.get(name)
    if isinstance(attribute, property):
        hint: Any = typing.get_type_hints(attribute.fget, include_extras=True)["return"]
    else:
        hint = typing.get_type_hints(owner, include_extras=True)[name]
    return next((str(extra) for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Unit)), "")


def short(value: float) -> str:
    """Three figures; large numbers written out.

    Examples
    --------
    >>> short(0.98765), short(45.0), short(1234.5)
    ('0.988', '45', '1234')
    """
    return f"{value:.0f}" if abs(value) >= 99.95 else f"{value:.3g}"
