"""Find, read and check a study file; every complaint is one line with file, key, value and remedy."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from beamopt.acquisition import Acquisition
from beamopt.errors import InputError
from beamopt.nearest import did_you_mean
from beamopt.spec.complaint import sentence
from beamopt.spec.study import StudySpec

__all__ = ["load_study", "shipped_studies"]

_LARGEST = 100_000  # bytes; a study file is a page, not a data set
_MOST_DOTS = 128  # in a line; a list of choices has up to 100 numbers


def shipped_studies() -> dict[str, Path]:
    """Study files that come with beamopt, by name."""
    here = Path(__file__).resolve().parents[1]
    folder = next((f for f in (here / "studies", here.parents[1] / "studies") if f.is_dir()), here / "studies")
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_study(name_or_file: str | Path, overrides: Mapping[str, object] | None = None) -> StudySpec:
    """Read a study by its shipped name or from a TOML file.

    Parameters
    ----------
    name_or_file
        Name of a shipped study, or path of a ``.toml`` file.
    overrides
        Dotted keys to values that replace those of the file; a bare knob such as ``defocus`` means ``search.defocus``.

    Returns
    -------
    StudySpec

    Raises
    ------
    InputError
        For a missing or unreadable file, an unknown key, a wrong type or unit, or an impossible value.

    Examples
    --------
    >>> load_study("mof_lowdose").sample.name
    'UiO-66'
    """
    path = _locate(str(name_or_file))
    raw = _read(path)
    for key, value in (overrides or {}).items():
        _override(raw, key, value)
    _anchor_files(raw, path.parent)
    try:
        return StudySpec.model_validate(raw)
    except ValidationError as error:
        raise InputError(f"{path.name}: {sentence(error)}") from None


def _locate(name_or_file: str) -> Path:
    shipped = shipped_studies()
    if name_or_file in shipped:
        return shipped[name_or_file]
    path = Path(name_or_file)
    if path.suffix != ".toml":
        known = f"give one of {', '.join(shipped)} or the path of a .toml file"
        raise InputError(f"no study '{name_or_file:.200}'; {did_you_mean(name_or_file, shipped, known)}")
    if not _is_file(path):
        known = f"check the path, or use one of {', '.join(shipped)}"
        raise InputError(f"{name_or_file:.200}: no such study file; {did_you_mean(path.stem, shipped, known)}")
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for any file
        return False


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path.name}: larger than {_LARGEST} bytes, which no study file is; check the path")
        text = path.read_text(encoding="utf-8-sig")
        _require_shallow(path, text)
        return tomllib.loads(text)
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path.name}: not valid TOML, {error}; correct that line") from None
    except ValueError:
        raise InputError(f"{path.name}: holds an integer of more digits than can be read; shorten it") from None
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read, {error.strerror}; check its permissions") from None


def _require_shallow(path: Path, text: str) -> None:
    """Reading a key of many parts takes the square of their number."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:
            raise InputError(
                f"{path.name}: line {number} holds more than {_MOST_DOTS} dots, which no key and no list of numbers "
                "does; correct that line"
            )


def _override(raw: dict[str, Any], key: str, value: object) -> None:
    dotted = f"search.{key}" if key in Acquisition.knobs() and key != "energy" else key
    if dotted.count(".") > _MOST_DOTS:
        raise InputError(f"--set {key:.40}...: a key of more than {_MOST_DOTS} parts; name a key of the study file")
    *tables, last = dotted.split(".")
    for table in tables:
        raw = raw.setdefault(table, {})
        if not isinstance(raw, dict):
            raise InputError(f"--set {key}: '{table}' is a value, not a table; name the key itself")
    raw[last] = value


def _anchor_files(raw: dict[str, Any], folder: Path) -> None:
    """A file is named relative to the study file that names it; other equipment comes from the catalogue."""
    for table, key, ending in (
        ("sample", "file", ""),
        ("instrument", "column", ".json"),
        ("instrument", "detector", ".json"),
    ):
        given = raw.get(table)
        if isinstance(given, dict) and isinstance(given.get(key), str) and given[key].endswith(ending):
            given[key] = str(folder / given[key])
