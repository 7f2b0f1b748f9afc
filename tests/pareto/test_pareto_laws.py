"""Fronts against brute force, hypervolumes against counting and against closed forms."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.pareto import front, hypervolume, hypervolume_history, reference_point

Values = NDArray[np.float64]
WAYS = ("minimize", "maximize")


@st.composite
def problems(draw: st.DrawFn, most: int = 4, finite: bool = False) -> tuple[Values, list[str]]:  # noqa: FBT001, FBT002
    """Rows of small whole numbers, so that ties and duplicates are common, with some that are not finite."""
    m = draw(st.integers(1, most))
    numbers = [float(i) for i in range(5)]
    cell = st.sampled_from(numbers if finite else [*numbers, np.nan, np.inf, -np.inf])
    rows = draw(st.lists(st.tuples(*[cell] * m), max_size=14))
    ways = draw(st.lists(st.sampled_from(WAYS), min_size=m, max_size=m))
    return np.array(rows, dtype=float).reshape(len(rows), m), ways


def costs(values: Values, ways: list[str]) -> Values:
    return np.asarray(values * [1.0 if way == "minimize" else -1.0 for way in ways])


def beats(a: Values, b: Values) -> bool:
    return bool((a <= b).all() and (a < b).any())


@given(problems())
def test_front_is_what_brute_force_finds(problem: tuple[Values, list[str]]) -> None:
    values, ways = problem
    finite = [i for i in range(len(values)) if np.isfinite(values[i]).all()]
    cost = costs(values, ways)
    best = [i for i in finite if not any(beats(cost[j], cost[i]) for j in finite)]
    first = {tuple(values[i]): i for i in reversed(best)}
    assert sorted(front(values, ways)) == sorted(first.values())


@given(problems())
def test_front_is_in_order_of_the_first_objective(problem: tuple[Values, list[str]]) -> None:
    values, ways = problem
    assert (np.diff(values[front(values, ways), 0]) >= 0).all()


@given(problems(finite=True), st.randoms(use_true_random=False))
def test_front_does_not_depend_on_the_order_of_the_rows(problem: tuple[Values, list[str]], random: object) -> None:
    values, ways = problem
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    points = {tuple(values[i]) for i in front(values, ways)}
    assert {tuple(values[order][i]) for i in front(values[order], ways)} == points


@given(problems(most=3))
def test_hypervolume_counts_the_cells_it_dominates(problem: tuple[Values, list[str]]) -> None:
    """Whole-number rows and a whole-number corner: the volume is the number of unit cells that some row dominates."""
    values, ways = problem
    worst = reference_point([(0.0, 4.0)] * len(ways), ways)
    cost = costs(values[np.isfinite(values).all(axis=1)], ways)
    corner = costs(np.array([worst]), ways)[0]
    cells = itertools.product(*(range(int(c) - 4, int(c)) for c in corner))
    dominated = sum(any((row <= np.array(cell)).all() for row in cost) for cell in cells)
    assert hypervolume(values, ways, worst) == pytest.approx(dominated)


@given(problems())
def test_history_never_falls_and_ends_at_the_whole(problem: tuple[Values, list[str]]) -> None:
    values, ways = problem
    worst = reference_point([(-1.0, 5.0)] * len(ways), ways)
    grown = hypervolume_history(values, ways, worst)
    assert len(grown) == len(values)
    assert (np.diff(grown) >= 0).all()
    for n, volume in enumerate(grown, start=1):
        assert volume == pytest.approx(hypervolume(values[:n], ways, worst))


@given(problems(finite=True))
def test_what_lies_beyond_the_reference_adds_nothing(problem: tuple[Values, list[str]]) -> None:
    values, ways = problem
    worst = reference_point([(0.0, 4.0)] * len(ways), ways)
    beyond = [100.0 if way == "minimize" else -100.0 for way in ways]
    assert hypervolume(np.vstack([values, beyond]), ways, worst) == pytest.approx(hypervolume(values, ways, worst))


def test_reference_is_the_worst_corner() -> None:
    assert reference_point([(5, 500), (0, 8), (0.5, 40)], ["minimize", "maximize", "minimize"]) == (500.0, 0.0, 40.0)


def test_one_objective_has_one_best() -> None:
    values = np.array([[3.0], [1.0], [2.0], [1.0]])
    assert front(values, ["minimize"]) == [1]
    assert front(values, ["maximize"]) == [0]
    assert hypervolume(values, ["maximize"], [0.5]) == 2.5


@pytest.mark.parametrize("directions", [["minimize"], ["minimize", "least"], ["minimize"] * 3])
def test_directions_must_fit_the_columns(directions: list[str]) -> None:
    with pytest.raises(ValueError, match="per column"):
        front(np.zeros((2, 2)), directions)


def test_nothing_is_changed() -> None:
    values = np.array([[1.0, 2.0], [np.nan, 1.0]])
    before = values.copy()
    hypervolume_history(values, ["minimize", "maximize"], [3.0, 0.0])
    assert np.array_equal(values, before, equal_nan=True)
