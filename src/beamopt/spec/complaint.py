"""What pydantic finds wrong with a study as one line: key, value and unit, limit and remedy."""

import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from beamopt.acquisition import Acquisition
from beamopt.nearest import nearest
from beamopt.quantities import Unit, unit_of
from beamopt.spec.study import StudySpec

__all__ = ["sentence"]

# The schema's own tags, which no study file holds.
_NOISE = ("range", "choice", "number", "Range", "float", "int", "constrained-float", "constrained-int")

_LONGEST = 200  # bits of an integer and characters of a text that are looked at

_LIMITS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def sentence(error: ValidationError) -> str:
    """The complaint that helps most, as key = value: what is wrong.

    A key that nobody knows comes first: it is why another one is missing.

    Examples
    --------
    >>> try:
    ...     StudySpec.model_validate({"name": "x", "enrgy": 300e3})
    ... except ValidationError as error:
    ...     sentence(error)
    "enrgy = 300000.0: unknown key; did you mean 'energy'?"
    """
    errors = error.errors(include_url=False)
    unknown = [one for one in errors if one["type"] == "extra_forbidden"]
    first = (unknown or errors)[0]
    path = _path(first)
    if unknown:
        return _unknown(path, first["input"]) + (f" (and {len(unknown) - 1} more)" if unknown[1:] else "")
    unit = _unit(path)
    if first["type"] == "missing":
        return _missing([_path(one) for one in errors if one["type"] == "missing"])
    if unit and first["type"] == "float_type":
        forms = ", { low = ..., high = ... } or a list of numbers" if path[0] == "search" and len(path) == 2 else ""
        return f"{_given(path, first['input'])}: write a plain number in {unit}{forms}"
    limit = next((sign for sign in first.get("ctx", {}) if sign in _LIMITS), None)
    if unit and limit is not None:
        return _beyond(path, first["input"], unit, limit, first["ctx"][limit])
    message = first["msg"].removeprefix("Value error, ")
    return f"{_given(path, first['input'])}: {message}" if path else message


def _path(one: ErrorDetails) -> list[str]:
    """Where it is in the file; a key that is unknown or missing may have the name of a tag."""
    kept = len(one["loc"]) - (one["type"] in ("extra_forbidden", "missing"))
    return [str(part) for k, part in enumerate(one["loc"]) if part not in _NOISE or k >= kept]


def _missing(paths: list[list[str]]) -> str:
    """Name every key that is missing, with its unit, so that one attempt is enough."""
    units = [_unit(path) for path in paths]
    if len(paths) == 1:
        return f"{'.'.join(paths[0])}: missing; add it" + (f", in {units[0]}" if units[0] else "")
    named = [f"{'.'.join(path)} [{unit}]" if unit else ".".join(path) for path, unit in zip(paths, units, strict=True)]
    return f"{', '.join(named)}: missing; add them"


def _given(path: list[str], value: object) -> str:
    shown = f" = {_shown(value)}" if isinstance(value, (str, int, float, bool)) else ""
    return f"{'.'.join(path):.200}{shown}"


def _shown(value: object) -> str:
    """A value as Python writes it, as far as that is of use; a number of thousands of digits it writes not at all."""
    if isinstance(value, int) and value.bit_length() > _LONGEST:
        return f"an integer of {value.bit_length()} bits"
    return repr(value[:_LONGEST] if isinstance(value, str) else value)[:60]


def _unknown(path: list[str], value: object) -> str:
    """Name the key and the nearest one that the table has; all of them where none is near."""
    known = {name: name for name in _fields(path)}
    if len(path) == 1:
        known |= {name: f"search.{name}" for name in Acquisition.knobs() if name not in known}
    near = nearest(path[-1], known)
    remedy = f"did you mean '{known[near]}'?" if near else f"remove it or use {', '.join(_fields(path))}"
    return f"{_given(path, value)}: unknown key; {remedy}"


def _beyond(path: list[str], value: float, unit: str, limit: str, end: float) -> str:
    """Say what is allowed and in which unit; an energy too low was most likely meant in keV."""
    kilo = f", {value:g} keV as {value:g}e3" if unit == "eV" and limit == "ge" and value >= 1 else ""
    return f"{_given(path, value)} {unit}: must be {_LIMITS[limit]} {end:g} {unit}; write it in {unit}{kilo}"


def _unit(path: list[str]) -> str:
    """Unit of a key; empty where it has none."""
    if path[:1] == ["search"] and len(path) > 1:
        return unit_of(Acquisition, path[1]) if path[1] in Acquisition.knobs() else ""
    field = _fields(path).get(path[-1]) if path else None
    if field is None:
        return ""
    parts = [*field.metadata, *_parts(field.annotation)]
    return next((str(part) for part in parts if isinstance(part, Unit)), "")


def _fields(path: list[str]) -> Mapping[str, Any]:
    """Keys of the table in which a key lies; none where it is no table of the schema."""
    table: type[BaseModel] = StudySpec
    for name in (name for name in path[:-1] if not name.isdigit()):
        field = table.model_fields.get(name)
        inner = list(_parts(field.annotation)) if field else []
        tables = [part for part in inner if isinstance(part, type) and issubclass(part, BaseModel)]
        plain = [one for one in tables if not issubclass(one, RootModel)]
        if not plain:
            return {}
        table = plain[0]
    return table.model_fields


def _parts(hint: object) -> Iterator[object]:
    """Every type and every annotation that a type hint is made of."""
    yield hint
    yield from getattr(hint, "__metadata__", ())
    for part in typing.get_args(hint):
        yield from _parts(part)
