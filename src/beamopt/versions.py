"""Versions of the packages that a result depends on."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

__all__ = ["installed"]


def installed(packages: Iterable[str]) -> dict[str, str]:
    """Version of each package that is installed, in the order asked for.

    Examples
    --------
    >>> list(installed(["numpy", "no such package"]))
    ['numpy']
    """
    known = {}
    for package in packages:
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            continue
    return known
