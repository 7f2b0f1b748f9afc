"""The hypervolume that is shown is the one that is recorded."""

from pathlib import Path

import pytest

from beamopt.report import front_trials
from beamopt.study.outcome import history, volume
from faults.harness import run
from faults.standins import study


def test_the_volume_of_a_front_is_the_end_of_its_history(tmp_path: Path) -> None:
    spec, trials = study(24), run(tmp_path, 24)
    for count in range(25):
        front, grown = front_trials(trials[:count], spec.objectives), history(trials[:count], spec)
        assert volume(front, spec) == pytest.approx(grown[-1] if grown else 0.0, rel=1e-12)
