"""What `beamopt show --json` prints about equipment, read back as the file that says it."""

import json
from typing import Any

__all__ = ["ShownError", "as_file"]

_SCHEMA = 1
_OURS = ("schema_version", "kind", "numbers", "picture")


class ShownError(Exception):
    """It was printed by another version, or about another kind of equipment."""


def as_file(text: str, kind: str) -> str:
    """JSON of a file of equipment, from itself or from what was printed; anything else is returned as it is.

    Parameters
    ----------
    text
        Of the file.
    kind
        ``detector`` or ``column``.

    Raises
    ------
    ShownError

    Examples
    --------
    >>> shown = {"schema_version": 1, "kind": "column", "name": "x", "numbers": {
    ...     "source_size": {"value": 0.5, "unit": "Å", "status": "guess", "source": "mine"}}}
    >>> as_file(json.dumps(shown), "column")
    '{"name": "x", "source_size": 0.5, "standing": {"source_size": {"status": "guess", "source": "mine"}}}'
    """
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(parsed, dict) or not isinstance(parsed.get("numbers"), dict):
        return text
    if parsed.get("kind") != kind or parsed.get("schema_version") != _SCHEMA:
        other = f"a {parsed.get('kind')!s:.20} in form {parsed.get('schema_version')!s:.20}"
        raise ShownError(f"beamopt show printed this of {other}; give one of a {kind} in form {_SCHEMA}")
    known = {name: one for name, one in parsed["numbers"].items() if _is_stated(one)}
    words = {
        name: value for name, value in parsed.items() if name not in ("schema_version", "kind", "numbers", "picture")
    }
    standing = {name: {"status": one["status"], "source": one["source"]} for name, one in known.items()}
    return json.dumps(words | {name: one["value"] for name, one in known.items()} | {"standing": standing})


def _is_stated(one: Any) -> bool:  # noqa: ANN401 (any JSON)
    """Whether somebody stands for a number; what the schema takes where nothing is given need not be said."""
    return isinstance(one, dict) and {"value", "status", "source"} <= one.keys() and one["status"] != "default"
