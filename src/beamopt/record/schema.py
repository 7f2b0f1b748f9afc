"""The form of MLflow's tables: which one is installed, and what to do about another."""

import shlex
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError

from beamopt.record.paths import database_of

__all__ = ["form_of"]


def form_of(home: Path, version: str) -> tuple[str, str]:
    """What is wrong with the version of a project folder's MLflow tables and what to do; both empty if nothing is.

    MLflow refuses every version but its own.
    """
    wanted = str(_known().get_current_head())
    if version == wanted:
        return "", ""
    told = f"schema {version or 'none'} where the MLflow that is installed wants {wanted}"
    if not version or _is_older(version):
        path = database_of(home)
        return told, f"copy {path.name}, then run: mlflow db upgrade {shlex.quote(f'sqlite:///{path}')}"
    return f"{told}: it was written by a newer one", "python3 -m pip install --upgrade mlflow, or use another --home"


@cache
def _known() -> ScriptDirectory:
    """Every version that the installed MLflow knows; MLflow itself, which takes seconds to load, is not imported."""
    package = find_spec("mlflow")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("mlflow")
    return ScriptDirectory(str(Path(package.submodule_search_locations[0]) / "store" / "db_migrations"))


def _is_older(version: str) -> bool:
    try:
        return _known().get_revision(version) is not None
    except CommandError:
        return False
