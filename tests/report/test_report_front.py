"""What the front's figures and tables say, read back from the plotted data."""

import csv
import io
import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from numpy.typing import NDArray

from beamopt.front import front_trials
from beamopt.report import front_csv, front_figure, front_table, front_text, hypervolume_figure, png
from beamopt.report.front import staircase
from beamopt.spec import Objective, StudySpec
from beamopt.trial import State, Trial
from report.studies import spec

DOSE = Objective(metric="dose_per_area", direction="minimize")
BITS = Objective(metric="information", direction="maximize")


def study(*objectives: Objective) -> StudySpec:
    return spec(objectives=[one.model_dump() for one in objectives], methods=["ptychography", "icom"])


def trial(number: int, *values: float, state: State = "finished") -> Trial:
    params = {"semiangle_cutoff": 5.0 + number, "defocus": 100.0 * number, "dose_per_area": 10.0 + number}
    return Trial(number=number, state=state, params=params, values=values)


TRIALS = (
    trial(0, 10.0, 0.4),
    trial(1, 40.0, 0.3),
    trial(2, 1.0, 9.0, state="infeasible"),
    trial(3, 100.0, 1.2),
    trial(4, 20.0, 0.9),
    trial(5, state="failed"),
    trial(6, 400.0, 1.1),
    trial(7, state="running"),
)


def drawn(figure: Figure, gid: str) -> Any:
    found = [artist for artist in figure.findobj() if artist.get_gid() == gid]
    assert len(found) == 1, gid
    return found[0]


def offsets(figure: Figure, gid: str) -> list[list[float]]:
    return [[float(v) for v in row] for row in drawn(figure, gid).get_offsets()]


def test_front_figure_draws_what_is_finished_and_rings_the_front() -> None:
    figure = front_figure(TRIALS, study(DOSE, BITS), title="a study")
    assert offsets(figure, "trials") == [[10, 0.4], [40, 0.3], [100, 1.2], [20, 0.9], [400, 1.1]]
    assert offsets(figure, "front") == [[10, 0.4], [20, 0.9], [100, 1.2]]
    assert drawn(figure, "trials").get_array().tolist() == [5, 6, 8, 9, 11]
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("dose per area [e/Å²]", "information [bits/Å²]")
    assert figure.axes[1].get_ylabel() == "semiangle cutoff [mrad]"
    assert axes.get_title(loc="left") == "a study"
    assert axes.get_title(loc="right") == "not drawn: 1 infeasible, 1 failed"
    assert {t.get_text() for t in axes.texts} == {"0", "3", "4"}


def test_front_figure_staircase_spans_what_is_attained() -> None:
    figure = front_figure(TRIALS, study(DOSE, BITS))
    path = drawn(figure, "staircase").get_xydata()
    assert path[:-1].tolist() == [[10, 0], [10, 0.4], [20, 0.4], [20, 0.9], [100, 0.9], [100, 1.2]]
    assert path[-1].tolist() == [figure.axes[0].get_xlim()[1], 1.2]


def test_one_objective_is_drawn_against_the_trial() -> None:
    alone = [Trial(number=t.number, state=t.state, params=t.params, values=t.values[1:]) for t in TRIALS]
    figure = front_figure(alone, study(BITS))
    assert offsets(figure, "trials") == [[0, 0.4], [1, 0.3], [3, 1.2], [4, 0.9], [6, 1.1]]
    assert offsets(figure, "front") == [[3, 1.2]]
    path = drawn(figure, "staircase").get_xydata()
    assert path[1:-1].tolist() == [[0, 0.4], [3, 0.4], [3, 1.2]]
    assert figure.axes[0].get_xlabel() == "trial"


def test_three_objectives_have_no_staircase() -> None:
    finer = Objective(metric="icom.frc_resolution", direction="minimize")
    more = [Trial(number=i, state="finished", params={}, values=(10.0 + i, 1.0, 3.0 - i)) for i in range(3)]
    figure = front_figure(more, study(DOSE, BITS, finer))
    assert len(offsets(figure, "front")) == 3
    assert not [a for a in figure.findobj() if a.get_gid() == "staircase"]


@pytest.mark.parametrize("trials", [(), TRIALS[2:3], TRIALS[:1]])
def test_figures_of_little_or_nothing(trials: Sequence[Trial]) -> None:
    figure = front_figure(trials, study(DOSE, BITS))
    assert len(offsets(figure, "front")) == sum(t.state == "finished" for t in trials)
    assert png(figure).startswith(b"\x89PNG")
    assert png(hypervolume_figure([])).startswith(b"\x89PNG")


ways = st.sampled_from(["minimize", "maximize"])
points = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=12)


@settings(max_examples=60)
@given(points, ways, ways, st.floats(0.1, 9.9))
def test_staircase_is_the_best_value_at_every_cost(
    rows: list[tuple[int, int]], first: str, second: str, at: float
) -> None:
    """Against brute force: the best second objective among the points whose first is at least as good as `at`."""
    better = "ssim" if second == "maximize" else "frc_resolution"
    goals = [Objective(metric="dose_per_area", direction=first), Objective(metric=better, direction=second)]
    trials = [
        Trial(number=i, state="finished", params={}, values=(float(x), float(y))) for i, (x, y) in enumerate(rows)
    ]
    corners = np.array([t.values for t in front_trials(trials, goals)])
    path = staircase(corners, [first, second], (0.0, 10.0), 0.0 if second == "maximize" else 10.0)
    near = at if first == "minimize" else -at
    cheap = [y for x, y in rows if (x if first == "minimize" else -x) <= near]
    if at != round(at):
        assert _read(path, at) == ((max(cheap) if second == "maximize" else min(cheap)) if cheap else None)


def _read(path: NDArray[np.float64], at: float) -> float | None:
    for (a, level), (b, other) in pairwise(path):
        if level == other and min(a, b) <= at <= max(a, b) and a != b:
            return float(level)
    return None


def test_hypervolume_figure_has_a_value_per_trial() -> None:
    figure = hypervolume_figure([0.0, 1.5, 1.5, 2.0], unit="bits/Å²")
    assert drawn(figure, "hypervolume").get_xydata().tolist() == [[1, 0], [2, 1.5], [3, 1.5], [4, 2]]
    assert figure.axes[0].get_ylabel() == "hypervolume of the front [bits/Å²]"
    assert figure.axes[0].get_ylim()[0] == 0


def test_front_table_has_what_others_rely_on() -> None:
    rows = front_table(TRIALS, [DOSE, BITS])
    assert [row["trial"] for row in rows] == [0, 4, 3]
    assert rows[1]["values"] == {"dose_per_area": 20.0, "information": 0.9}
    assert rows[1]["params"] == dict(TRIALS[4].params)
    assert json.loads(json.dumps(rows)) == rows


def test_front_csv_reads_back() -> None:
    rows = front_table(TRIALS, [DOSE, BITS])
    back = list(csv.reader(io.StringIO(front_csv(rows, [DOSE, BITS]))))
    head = ["trial", "dose_per_area [e/Å²]", "information [bits/Å²]", "semiangle_cutoff [mrad]", "defocus [Å]"]
    assert back[0] == head
    assert [[float(v) for v in line] for line in back[1:]] == [
        [0, 10, 0.4, 5, 0], [4, 20, 0.9, 9, 400], [3, 100, 1.2, 8, 300],
    ]  # fmt: skip


def test_front_text_is_aligned_and_survives_nothing() -> None:
    lines = front_text(front_table(TRIALS, [DOSE, BITS]), [DOSE, BITS]).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert front_text([], [DOSE, BITS]) == "trial  dose_per_area [e/Å²]  information [bits/Å²]"
    assert front_csv([], [DOSE, BITS]) == "trial,dose_per_area [e/Å²],information [bits/Å²]\n"


def test_no_pyplot_and_no_global_settings() -> None:
    import subprocess
    import sys

    code = "import sys, beamopt.report.page, beamopt.report.card_page; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
