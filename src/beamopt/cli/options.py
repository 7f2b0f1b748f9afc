"""Options that several commands share, and the reading of `--set key=value`."""

import errno
import json
import math
import re
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from beamopt.cli.output import say
from beamopt.errors import InputError

__all__ = ["Home", "Json", "Overrides", "Storage", "StudyName", "json_text", "print_json", "read_overrides"]

SCHEMA_VERSION = 1

_INVISIBLE = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")

StudyName = Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help="A shipped study, or the path of a .toml file.")]


def _possible(path: Path) -> Path:
    """A folder that could be there; whether it is, and may be used, is found out by who uses it."""
    try:
        path.resolve().is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        if not isinstance(error, OSError) or error.errno == errno.ENAMETOOLONG:
            reason = error.strerror if isinstance(error, OSError) else "a link that leads to itself"
            raise InputError(f"--home {path!s:.200}: cannot be a folder, {reason}; give another path") from None
    return path


Home = Annotated[
    Path,
    typer.Option("--home", metavar="DIR", help="Project folder for databases and pictures.", callback=_possible),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Storage = Annotated[
    str | None,
    typer.Option(
        "--storage",
        envvar="BEAMOPT_STORAGE",
        metavar="URL",
        help="Where the trials are, if on PostgreSQL: postgresql://user@host/database.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Replace one value of the study, e.g. defocus=300 or sample.thickness=50."
    ),
]


def read_overrides(pairs: list[str] | None) -> dict[str, object]:
    """Read ``key=value`` pairs; a value is written as in a study file, plain words need no quotes.

    Raises
    ------
    InputError
        If a pair has no ``=``, a key comes twice, or a value nests too deeply to be read.

    Examples
    --------
    >>> read_overrides(["defocus=300", "sample.name=UiO-66"])
    {'defocus': 300, 'sample.name': 'UiO-66'}
    """
    overrides: dict[str, object] = {}
    for pair in pairs or []:
        key, equals, text = pair.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set {pair}: write NAME=VALUE, for instance --set defocus=300")
        if key.strip() in overrides:
            raise InputError(f"--set {key.strip()}: given twice; give it once")
        try:
            overrides[key.strip()] = _value(text.strip())
        except RecursionError:
            raise InputError(f"--set {key.strip()}: nests too deeply to be read; write a value or a list") from None
    return overrides


def _value(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, KeyError):  # words, and integers of more digits than Python reads
        return text


def json_text(content: dict[str, Any]) -> str:
    r"""One object with the schema version first; non-finite numbers become null, invisible characters escapes.

    Examples
    --------
    >>> print(json_text({"unit": "e/Å²", "name": "a\x9b2J"}))
    {
      "schema_version": 1,
      "unit": "e/Å²",
      "name": "a\u009b2J"
    }
    """
    whole = _finite({"schema_version": SCHEMA_VERSION, **content})
    text = json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False)
    return _INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def print_json(content: dict[str, Any]) -> None:
    """Print one object as `json_text` writes it, in ASCII where the output takes no more."""
    text = json_text(content)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(json.loads(text), indent=2)
    say(text)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
