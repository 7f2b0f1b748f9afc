"""Addresses of databases and servers as they may be shown: without their passwords."""

import re
import shlex
from collections.abc import Sequence
from urllib.parse import unquote_plus

__all__ = ["command_line", "hidden", "hidden_address"]

_MARK = "***"
# A user's name may hold an @ and a password a slash, so everything counts up to the last @ of the word.
_USER = re.compile(r"([A-Za-z][\w+.-]*:/+[^\s:/]*:)\S+@")
_PARAMETER = re.compile(r"(^|[?&;,#\s'\"(])([\w%.+-]+)\s*=\s*('[^']*'|\"[^\"]*\"|[^\s&;'\"]+)")
_SECRET = re.compile(
    r"pass(?!file)|pwd|secret|token|credential|signature|api_?key|^(auth|key|sig|options)$", re.IGNORECASE
)
# A server's user may be a token; a database's user is a name.
_TOKEN = re.compile(r"(https?:/+)[^\s:/@]+@", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:/+")
_OPTIONS = ("--storage", "--tracking-uri", "--scheduler")
_FILES = ("sqlite:", "file:")  # have no users


def hidden(text: str) -> str:
    """Text with three stars in place of every password that an address in it holds.

    A password stands between a user's name and the host, or is a parameter such as ``sslpassword``. In doubt more is
    hidden, never less.

    Examples
    --------
    >>> hidden("http://me:s3cret@host:5000: no answer")
    'http://me:***@host:5000: no answer'
    >>> hidden("postgresql://host/db?user=me&sslpassword=s3cret&sslmode=require")
    'postgresql://host/db?user=me&sslpassword=***&sslmode=require'
    """
    return _PARAMETER.sub(_parameter, _TOKEN.sub(rf"\1{_MARK}@", _USER.sub(rf"\1{_MARK}@", text)))


def hidden_address(address: str) -> str:
    """One address without its passwords, however badly it is written: what stands for a port may be one as well.

    Examples
    --------
    >>> hidden_address("postgres//me:s3 cret@host/db"), hidden_address("postgresql://me:s3cret/db")
    ('postgres//me:***@host/db', 'postgresql://me:***/db')
    """
    whole = re.sub(r"\s", "%20", address if _SCHEME.match(address) else hidden(address))
    if whole.startswith(_FILES):
        return hidden(whole)
    match = _SCHEME.match(whole)
    scheme = match[0] if match else ""
    name, colon, rest = whole.removeprefix(scheme).partition(":")
    if "@" in rest:
        rest = f"{_MARK}@{rest.rpartition('@')[2]}"
    elif colon and not name.startswith("["):  # an IPv6 host
        port = re.split(r"[/?#]", rest, maxsplit=1)[0]
        rest = rest if port.isdigit() else _MARK + rest.removeprefix(port)
    return hidden(f"{scheme}{name}{colon}{rest}")


def command_line(words: Sequence[str]) -> str:
    """Command that somebody can give again; a password is left out of it, and that is said.

    Examples
    --------
    >>> command_line(["study", "mof_lowdose", "--tracking-uri", "http://me:s3cret@host"])
    "beamopt study mof_lowdose --tracking-uri 'http://me:***@host' (with the password for ***)"
    """
    shown = [_word(before, word) for before, word in zip(("", *words), words, strict=False)]
    line = shlex.join(["beamopt", *shown])
    return line if shown == list(words) else f"{line} (with the password for {_MARK})"


def _word(before: str, word: str) -> str:
    option, equals, value = word.partition("=")
    if before in _OPTIONS:
        return hidden_address(word)
    return f"{option}={hidden_address(value)}" if equals and option in _OPTIONS else hidden(word)


def _parameter(match: re.Match[str]) -> str:
    lead, name, _ = match.groups()
    return f"{lead}{name}={_MARK}" if _SECRET.search(unquote_plus(name)) else match[0]
