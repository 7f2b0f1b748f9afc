"""Standard output and error as commands may use them, whatever pipe, device, terminal or encoding they are.

Results nobody reads any more end the program without a word; results that cannot be written end it with one line and
exit 74. Remarks on the error stream never end anything: a study goes on when the terminal that watched it is closed.
"""

import codecs
import io
import os
import select
import sys
from typing import TYPE_CHECKING, TextIO, TypedDict, final

from beamopt.errors import StorageError
from beamopt.printable import spelled

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["install"]

_LENIENT = frozenset({"replace", "ignore", "backslashreplace", "xmlcharrefreplace", "namereplace"})
_SPELLED = "beamopt.spelled"


class _Encoding(TypedDict):
    encoding: str
    errors: str


def install() -> None:
    """Let the streams of this process be so; those that somebody else has replaced stay as they are."""
    if sys.platform == "win32":
        return
    _fill_standard_numbers()
    codecs.register_error(_SPELLED, _spell)
    if sys.stdout is sys.__stdout__:
        results = _Results(1, "w", closefd=False)
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(results), **_encoding(sys.stdout), line_buffering=results.isatty()
        )
    if sys.stderr is sys.__stderr__:
        # Without a buffer, which would not bear that a signal's handler writes while something is being written.
        sys.stderr = io.TextIOWrapper(_Remarks(2, "w", closefd=False), **_encoding(sys.stderr), write_through=True)


def _fill_standard_numbers() -> None:
    """Nobody opened these for us: without this, the next file that is opened would receive what is printed."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def _encoding(before: TextIO | None) -> "_Encoding":
    """The encoding of the stream before; what that cannot say is spelled, not an error."""
    if before is None:
        return {"encoding": "utf-8", "errors": _SPELLED}
    lenient = before.errors is not None and before.errors in _LENIENT
    return {"encoding": before.encoding, "errors": before.errors if lenient and before.errors else _SPELLED}


def _spell(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return spelled(error.object[error.start : error.end]), error.end


def _write(stream: io.FileIO, data: "ReadableBuffer") -> int:
    """Write all of it, waiting where the other side is slow and somebody made the stream not wait."""
    rest = memoryview(data).cast("B")
    whole = len(rest)
    while rest:
        count = io.FileIO.write(stream, rest)
        if count is None:
            select.select([], [stream], [])
        else:
            rest = rest[count:]
    return whole


@final
class _Results(io.FileIO):
    """Standard output; after its first failure everything is thrown away, so that the end is not a second one."""

    _lost = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write, or end the program."""
        if self._lost:
            return memoryview(data).nbytes
        try:
            return _write(self, data)
        except BrokenPipeError:
            self._lost = True
            raise SystemExit(0) from None
        except OSError as error:
            self._lost = True
            raise StorageError(
                f"standard output: cannot be written, {error.strerror}; free some space or write elsewhere"
            ) from None


@final
class _Remarks(io.FileIO):
    """Standard error, which may go away at any moment."""

    _lost = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write, if anybody reads it."""
        if not self._lost:
            try:
                return _write(self, data)
            except OSError:
                self._lost = True
        return memoryview(data).nbytes
