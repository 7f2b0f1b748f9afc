"""Two fronts side by side, read back from rows and figure."""

from typing import Any

import numpy as np
import pytest

from beamopt.errors import InputError
from beamopt.report.compare import Run, best_within, compare_figure, compare_rows, round_doses
from beamopt.spec import load_study
from beamopt.trial import Trial


def run(name: str, *points: tuple[float, float, float]) -> Run:
    """A study of trials given as dose, information and semi-angle."""
    spec = load_study("mof_coherent", {"name": name})
    trials = tuple(
        Trial(
            number=number,
            state="finished",
            params={"semiangle_cutoff": angle, "dose_per_area": dose},
            values=(dose, gain),
        )
        for number, (dose, gain, angle) in enumerate(points)
    )
    return Run(spec, trials)


WIDE = run("wide", (10.0, 0.5, 12.0), (40.0, 0.4, 5.0), (100.0, 2.0, 18.0))
REAL = run("real", (30.0, 0.3, 7.0), (60.0, 0.6, 8.0), (300.0, 0.5, 20.0))


def test_the_best_within_a_dose_is_the_front_below_it() -> None:
    assert best_within(WIDE, 9.0) is None
    for dose, number in ((10.0, 0), (99.0, 0), (100.0, 2), (1e6, 2)):
        found = best_within(WIDE, dose)
        assert found is not None
        assert found.number == number


def test_rows_hold_the_best_setting_of_each_at_the_same_dose() -> None:
    low, high = compare_rows((WIDE, REAL), (20.0, 200.0))
    assert low["dose_per_area"] == 20.0
    assert low["real"] is None
    assert low["wide"]["params"]["semiangle_cutoff"] == 12.0
    assert high["wide"]["values"] == {"dose_per_area": 100.0, "information": 2.0}
    assert high["real"]["trial"] == 1
    assert high["real"]["params"]["semiangle_cutoff"] == 8.0


def test_round_doses_span_both_fronts() -> None:
    assert round_doses((WIDE, REAL)) == (10.0, 20.0, 50.0, 100.0)
    assert round_doses((run("a"), run("b"))) == ()


def drawn(figure: Any, gid: str) -> Any:
    (found,) = [artist for artist in figure.findobj() if artist.get_gid() == gid]
    return found


def test_the_figure_shows_both_fronts_coloured_on_one_scale() -> None:
    figure = compare_figure((WIDE, REAL), title="two")
    np.testing.assert_allclose(drawn(figure, "front wide").get_offsets(), [[10, 0.5], [100, 2.0]])
    np.testing.assert_allclose(drawn(figure, "front real").get_offsets(), [[30, 0.3], [60, 0.6]])
    np.testing.assert_allclose(drawn(figure, "front real").get_array(), [7.0, 8.0])
    assert drawn(figure, "front wide").get_clim() == drawn(figure, "front real").get_clim() == (7.0, 18.0)
    assert len(drawn(figure, "trials wide").get_offsets()) == 3
    path = drawn(figure, "staircase real").get_xydata()
    assert path[0].tolist() == [30.0, 0.0]
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["wide", "real"]
    assert figure.axes[0].get_xlabel() == "dose per area [e/Å²]"


def test_a_study_without_a_front_is_drawn_empty() -> None:
    figure = compare_figure((WIDE, run("none")))
    assert [a for a in figure.findobj() if a.get_gid() == "front none"] == []


def test_what_cannot_be_compared_is_refused() -> None:
    other = Run(load_study("mof_coherent", {"name": "o", "objectives": [_goal("icom.information")] * 2}), ())
    for pair, complaint in (
        ((WIDE, WIDE), "compared with itself"),
        ((WIDE, other), "compare like with like"),
        ((other, Run(other.spec.model_copy(update={"name": "p"}), ())), "does not trade dose_per_area"),
    ):
        with pytest.raises(InputError, match=complaint):
            compare_rows(pair, (1.0,))


def _goal(metric: str) -> dict[str, str]:
    return {"metric": metric, "direction": "maximize"}
