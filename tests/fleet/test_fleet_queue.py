"""Workers as jobs of a queue: the README's script, with dask-jobqueue and a stand-in for Slurm's two programs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from beamopt.search import Search

README = Path(__file__).parents[2] / "README.md"
SBATCH = """#!/bin/sh
cp "$1" job.sh
setsid sh job.sh >job.log 2>&1 &
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
kill -- "-$1"
"""


@pytest.mark.slow
def test_the_script_of_the_readme_runs_on_jobs_of_a_queue(tmp_path: Path) -> None:
    """One job and two trials of a small study by iCOM in place of 32 jobs and 1000 trials."""
    script = next(b for b in re.findall(r"```python\n(.*?)```", README.read_text(), re.S) if "SLURMCluster" in b)
    for shown, small in (("jobs=32", "jobs=1"), ("mof_lowdose", "srtio3_quick"), ("1000}", '2, "methods": ["icom"]}')):
        assert shown in script
        script = script.replace(shown, small)
    queue = tmp_path / "bin"
    queue.mkdir()
    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (queue / name).write_text(text)
        (queue / name).chmod(0o755)
    environment = os.environ | {"PATH": f"{queue}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    log = tmp_path / "job.log"
    assert done.returncode == 0, done.stderr + (log.read_text() if log.exists() else "")
    trials = Search.load(tmp_path / "beamopt-runs", "srtio3_quick").trials
    assert [trial.state for trial in trials].count("finished") >= 1
    assert len(trials) == 2
