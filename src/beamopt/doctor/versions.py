"""Versions that are installed, and combinations of them that are known to go wrong."""

import platform
from collections.abc import Iterator, Mapping

from packaging.specifiers import SpecifierSet

from beamopt.doctor.finding import Finding, bad, fine
from beamopt.versions import installed as versions_of

__all__ = ["installed", "versions"]

_NEEDED = ("abtem", "ase", "dask", "distributed", "mlflow", "numba", "numpy", "optuna", "py4dstem", "pyfftw", "scipy")

# Package, versions that do not work, why, and what to do; each was met, see the comments of pyproject.toml.
_KNOWN_BAD = (
    ("python", ">=3.13", "py4DSTEM's scikit-learn has no wheels for it", "use Python 3.11 or 3.12"),
    ("numpy", ">=2.4", "py4DSTEM 0.14.16's parallax fails on it", "pip install 'numpy<2.4'"),
    ("numpy", "<2", "abTEM 1.0.11 refuses it", "pip install 'numpy>=2.0,<2.4'"),
    ("py4dstem", "!=0.14.16", "later ones want numpy below 2, which abTEM refuses", "pip install py4dstem==0.14.16"),
    ("abtem", "!=1.0.11", "beamopt was checked against 1.0.11", "pip install abtem==1.0.11"),
    ("optuna", "<5", "constraints are kept in another way", "pip install 'optuna>=5,<6'"),
    ("optuna", ">=6", "beamopt was not checked on it", "pip install 'optuna>=5,<6'"),
    ("mlflow", "<3.17", "saved views are read differently", "pip install 'mlflow>=3.17,<4'"),
    ("scikit-learn", ">=1.5", "py4DSTEM 0.14.16 refuses it", "pip install 'scikit-learn<1.5'"),
    ("zarr", "<3", "rosettasciio[zspy] brings it, and abTEM fails on it", "pip install 'zarr>=3'"),
)


def installed() -> dict[str, str]:
    """Version of every package that the list of known troubles names, and of those that beamopt works with."""
    names = sorted({*_NEEDED, *(row[0] for row in _KNOWN_BAD)} - {"python"})
    return {"python": platform.python_version(), **versions_of(names)}


def versions(packages: Mapping[str, str]) -> Iterator[Finding]:
    """Judge versions.

    Examples
    --------
    >>> [finding.said for finding in versions({"numpy": "2.4.1"}) if finding.about == "numpy"]
    ["2.4.1: py4DSTEM 0.14.16's parallax fails on it"]
    """
    for name in _NEEDED:
        if name not in packages:
            yield bad(name, "not installed", "python3 -m pip install beamopt")
    for name, wrong, why, remedy in _KNOWN_BAD:
        if name in packages and SpecifierSet(wrong).contains(packages[name], prereleases=True):
            yield bad(name, f"{packages[name]}: {why}", remedy)
    yield fine("versions", ", ".join(f"{name} {packages[name]}" for name in ("python", *_NEEDED) if name in packages))
