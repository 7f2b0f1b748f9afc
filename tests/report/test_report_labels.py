"""Numbers on the front cover no point, no curve and no other number, and the legend lies outside."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from beamopt.front import Recommended
from beamopt.report import front_figure
from report.studies import drawn, fresh, spec, trials

OBJECTIVES = spec().objectives
NOISE = {"ptychography.information_std": 0.05, "replicates": 4.0, "limit.linear": 1.3, "limit.full": 2.0}


def numbers(figure: Figure) -> list[Text]:
    return [text for text in figure.axes[0].texts if text.get_text().isdigit()]


@pytest.mark.parametrize("count", [6, 25, 60])
def test_numbers_are_clear_of_points_curves_and_each_other(count: int) -> None:
    made = trials(spec(), count, NOISE)
    figure = front_figure(made, spec())
    figure.draw_without_rendering()
    axes, renderer = figure.axes[0], figure._get_renderer()  # type: ignore[attr-defined]
    boxes = [text.get_window_extent(renderer) for text in numbers(figure)]
    assert len(boxes) == len(drawn(figure, "front").get_offsets()) > 1
    points = axes.transData.transform(np.asarray(drawn(figure, "trials").get_offsets()))
    stairs = axes.transData.transform(np.asarray(drawn(figure, "staircase").get_xydata()))
    along = np.vstack([a + np.linspace(0, 1, 200)[:, None] * (b - a) for a, b in pairwise(stairs)])
    for place, box in enumerate(boxes):
        assert not box.count_contains(points)
        assert not box.count_contains(along)
        assert not box.count_overlaps(boxes[:place])


def test_the_legend_lies_outside_the_axes() -> None:
    figure = front_figure(trials(spec(), 25, NOISE), spec())
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert legend.get_window_extent().y1 < figure.axes[0].get_window_extent().y0


def test_fresh_noise_is_drawn_where_it_lies_and_not_where_the_search_recorded_it() -> None:
    made = trials(spec(), 25, NOISE)
    best = max((t for t in made if t.state == "finished"), key=lambda t: t.values[1])
    told = fresh(best.values[1])
    one = Recommended(trial=best, role="knee", score="ptychography.information", expected=told)
    figure = front_figure(made, spec(), recommended=(one,))
    assert drawn(figure, "fresh").get_xydata().tolist() == [[best.values[0], told["ptychography.information"].mean]]
    (bar,) = drawn(figure, "fresh interval").get_segments()
    expected = told["ptychography.information"]
    assert bar[:, 1].tolist() == pytest.approx([expected.low, expected.high])
