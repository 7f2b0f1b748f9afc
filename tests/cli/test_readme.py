"""Everything that the README shows is run as it stands there."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from cli.conftest import Run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.S)


COMMANDS = [line for block in blocks("console") for line in block.splitlines() if line.startswith("beamopt ")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's study file and a structure file of the user's own."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "my_sample.toml").write_text(blocks("toml")[0], encoding="utf-8")
    (folder / "my_sample.cif").write_text(
        "data_rocksalt\n_cell_length_a 4.2\n_cell_length_b 4.2\n_cell_length_c 4.2\n_cell_angle_alpha 90\n"
        "_cell_angle_beta 90\n_cell_angle_gamma 90\n_symmetry_space_group_name_H-M 'F m -3 m'\n"
        "_symmetry_Int_Tables_number 225\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n"
        "_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nMg Mg 0 0 0 1\nO O 0.5 0.5 0.5 1\n",
        encoding="utf-8",
    )
    return folder


def run(desk: Path, line: str, timeout: float = 600) -> str:
    environment = os.environ | {"NO_COLOR": "1"}
    words = [sys.executable, "-m", "beamopt", *shlex.split(line)[1:]]
    done = subprocess.run(
        words, cwd=desk, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout


def test_the_two_commands_come_first() -> None:
    lines = [line for block in blocks("console") for line in block.splitlines()]
    assert lines[0] == "python3 -m pip install . && beamopt study mof_lowdose"
    assert lines[1] == "python3 -m pip install -e '.[test]' && python3 -m pytest"
    assert (Path(__file__).parents[2] / ".assets" / "front.png").is_file()


@pytest.mark.parametrize("line", [c for c in COMMANDS if " ui " not in f"{c} "])
@pytest.mark.slow
def test_command(desk: Path, line: str) -> None:
    assert run(desk, line)


@pytest.mark.slow
def test_python(desk: Path) -> None:
    """In the folder in which the command has run the same study: it goes on there, and ends at once."""
    done = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]],
        cwd=desk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[")


@pytest.mark.slow
def test_ui_serves_the_study(desk: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "beamopt", "ui", "srtio3_quick", "--port", str(port), "--no-browser"]
    server = subprocess.Popen(words, cwd=desk, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        said = next(line for line in server.stderr if "MLflow is at" in line)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert answer.status == 200
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
    with pytest.raises(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=3):
        pass
    assert re.search(rf"http://127\.0\.0\.1:{port}/#/experiments/\d+/runs\?.*viewStateShareKey=", said)


@pytest.mark.slow
def test_main_job_ends_with_a_front(beamopt: Run, tmp_path: Path) -> None:
    done = beamopt("study", "mof_lowdose", "--json", timeout=2700)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert sum(found["trials"].values()) == 48
    assert len(found["front"]) >= 3
    doses = [row["values"]["dose_per_area"] for row in found["front"]]
    told = [row["values"]["information"] for row in found["front"]]
    assert doses == sorted(doses)
    assert told == sorted(told)
    assert (tmp_path / "beamopt-runs" / "mlflow.db").is_file()
    published = ("semiangle_cutoff=10", "defocus=885", "detector_outer=15", "scan_sampling=1.051", "dose_per_area=100")
    words = [word for pair in published for word in ("--set", pair)]
    one = json.loads(beamopt("evaluate", "mof_lowdose", *words, "--replicates", "3", "--json").stdout)
    best = max(bits for dose, bits in zip(doses, told, strict=True) if dose <= 100)
    assert best >= one["methods"]["ptychography"]["information"]["mean"]
