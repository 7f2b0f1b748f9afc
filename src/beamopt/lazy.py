"""Public names that are imported when they are used, so that a command waits for nothing that it does not need."""

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["on_use"]


def on_use(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The functions ``__getattr__`` and ``__dir__`` of a package whose names live in other modules.

    Parameters
    ----------
    package
        Its ``__name__``.
    homes
        Public name to the module that holds it.

    Examples
    --------
    >>> fetch, names = on_use("shapes", {"pi": "math"})
    >>> fetch("pi"), names()
    (3.141592653589793, ['pi'])
    """

    def fetch(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return fetch, lambda: sorted(homes)
