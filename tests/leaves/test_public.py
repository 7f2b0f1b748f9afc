"""What a notebook may use is found where it looks."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import beamopt


def test_every_public_name_is_listed_and_there() -> None:
    assert set(beamopt.__all__) <= set(dir(beamopt))
    for name in beamopt.__all__:
        assert getattr(beamopt, name).__doc__


@pytest.mark.parametrize("room", ["beamopt", "beamopt.record", "beamopt.rehearsal", "beamopt.report", "beamopt.study"])
def test_names_that_come_on_use_are_no_names_of_files(room: str) -> None:
    """A file that was imported would stand where the name is looked for."""
    package = importlib.import_module(room)
    files = {path.stem for path in Path(str(package.__file__)).parent.iterdir()} - {"__init__"}
    assert set(package.__all__) == set(dir(package))
    assert not files & set(package.__all__)
    for name in package.__all__:
        assert not isinstance(getattr(package, name), ModuleType)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import beamopt, sys; dir(beamopt); print(sorted({'abtem', 'mlflow', 'optuna', 'py4DSTEM'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_notebooks_import_from_the_public_api_only() -> None:
    """Rooms whose names a notebook may import: figures, data as files, damage laws."""
    rooms = {"beamopt", "beamopt.catalogue", "beamopt.damage", "beamopt.report"}
    notebooks = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
    assert len(notebooks) == 4
    for notebook in notebooks:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert set(re.findall(r"^(?:from|import) (beamopt[\w.]*)", code, re.MULTILINE)) <= rooms


def test_hooks_before_a_commit_are_those_of_ci() -> None:
    root = Path(__file__).parents[2]
    hooks = re.findall(r"entry: ([^,]+),", (root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    steps = (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert len(hooks) == 4
    assert set(hooks) <= set(steps)
