"""Find a detector or a column by name among the files that come with beamopt, or in a file of one's own."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from beamopt.catalogue.column import Column
from beamopt.catalogue.detector import Detector
from beamopt.catalogue.shown import ShownError, as_file
from beamopt.catalogue.standing import Equipment
from beamopt.errors import InputError
from beamopt.nearest import did_you_mean

__all__ = ["column_names", "detector_names", "load_column", "load_detector"]

_HERE = Path(__file__).parent
_LARGEST = 100_000  # bytes; a data sheet is a page

_Kind = TypeVar("_Kind", bound=Equipment)


def detector_names() -> tuple[str, ...]:
    """Names of all detectors, in alphabetical order.

    Examples
    --------
    >>> "EMPAD-G2" in detector_names()
    True
    """
    return _names(_detectors())


def column_names() -> tuple[str, ...]:
    """Names of all columns, in alphabetical order.

    Examples
    --------
    >>> column_names()
    ('corrected-300', 'uncorrected-200')
    """
    return _names(_columns())


def load_detector(name: str) -> Detector:
    """Detector of a name or an alias, upper and lower case alike, or of a file.

    Parameters
    ----------
    name
        For instance ``EMPAD-G2``, or the path of a ``.json`` file written like those of the catalogue.

    Returns
    -------
    Detector

    Raises
    ------
    InputError
        If no detector answers to the name, or the file cannot be used.

    Examples
    --------
    >>> load_detector("empad-g2").frame_rate
    10000.0
    """
    return _read(Path(name), Detector) if name.endswith(".json") else _find(name, _detectors(), "detector")


def load_column(name: str) -> Column:
    """Column of a name or an alias, upper and lower case alike, or of a file.

    Parameters
    ----------
    name
        For instance ``corrected-300``, or the path of a ``.json`` file written like those of the catalogue.

    Returns
    -------
    Column

    Raises
    ------
    InputError
        If no column answers to the name, or the file cannot be used.

    Examples
    --------
    >>> round(load_column("corrected-300").focal_spread(300e3))
    52
    """
    return _read(Path(name), Column) if name.endswith(".json") else _find(name, _columns(), "column")


@cache
def _detectors() -> Mapping[str, Detector]:
    return _by_word([_read(path, Detector) for path in sorted((_HERE / "detectors").glob("*.json"))])


@cache
def _columns() -> Mapping[str, Column]:
    return _by_word([_read(path, Column) for path in sorted((_HERE / "columns").glob("*.json"))])


def _by_word(known: Sequence[_Kind]) -> Mapping[str, _Kind]:
    """Who answers to each name or alias; where two would, the catalogue itself is wrong."""
    by_word: dict[str, _Kind] = {}
    for one in known:
        for word in {word.casefold() for word in (one.name, *one.aliases)}:
            if word in by_word:
                raise ValueError(
                    f"catalogue: '{word}' names both {by_word[word].name} and {one.name}; change name or aliases"
                )
            by_word[word] = one
    return by_word


def _names(known: Mapping[str, _Kind]) -> tuple[str, ...]:
    return tuple(sorted({one.name for one in known.values()}, key=str.casefold))


def _find(name: str, known: Mapping[str, _Kind], kind: str) -> _Kind:
    wanted = name.strip().casefold()
    if wanted in known:
        return known[wanted]
    listed = f"use one of {', '.join(_names(known))}, or a .json file"
    names = list(dict.fromkeys(word for one in known.values() for word in (one.name, *one.aliases)))
    raise InputError(f"{kind} '{name:.200}' is not in the catalogue; {did_you_mean(name, names, listed)}")


def _read(path: Path, schema: type[_Kind]) -> _Kind:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path.name}: larger than {_LARGEST} bytes, which no data sheet is; check the path")
        text = path.read_text(encoding="utf-8-sig")
        return schema.model_validate_json(as_file(text, schema.__name__.lower()))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{path.name}: {key + ': ' if key else ''}{message}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save it as UTF-8") from None
    except ShownError as error:
        raise InputError(f"{path.name}: {error}") from None
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read, {error.strerror}; check the path") from None
