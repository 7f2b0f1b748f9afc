"""What a notebook may use is found where it looks."""

import subprocess
import sys

import beamopt


def test_every_public_name_is_listed_and_there() -> None:
    assert set(beamopt.__all__) <= set(dir(beamopt))
    for name in beamopt.__all__:
        assert getattr(beamopt, name).__doc__


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import beamopt, sys; dir(beamopt); print(sorted({'abtem', 'mlflow', 'optuna', 'py4DSTEM'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
