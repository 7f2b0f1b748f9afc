"""What a command says: results on stdout, complaints on stderr; words from outside move no cursor."""

import sys
import traceback
from types import TracebackType

from beamopt.address import hidden
from beamopt.printable import printable

__all__ = ["complain", "say", "tell_of_a_bug"]


def say(text: str = "", end: str = "\n") -> None:
    """Print a result, one line or several."""
    sys.stdout.write("\n".join(map(printable, text.split("\n"))) + end)


def complain(text: str) -> None:
    """Print the one line in which an error of ours ends."""
    sys.stderr.write(f"beamopt: {printable(hidden(text))}\n")


def tell_of_a_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print a traceback as Python does, without passwords."""
    sys.stderr.write(hidden("".join(traceback.format_exception(kind, error, trace))))
