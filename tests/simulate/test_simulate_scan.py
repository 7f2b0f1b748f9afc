"""Laws of scan folding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.simulate.scan import fold


@given(side=st.floats(2.5, 90), field=st.floats(5, 120), step=st.floats(0.2, 8))
def test_field_is_filled_and_the_step_is_kept(side: float, field: float, step: float) -> None:
    axis = fold(side, field, step)
    assert axis.count * axis.repeats * axis.step >= field * (1 - 1e-8)
    assert abs(axis.step - step) <= 0.02 * step * (1 + 1e-9)
    assert axis.positions[0] == 0
    assert len(axis.positions) == axis.count


@given(side=st.floats(2.5, 90), field=st.floats(5, 120), step=st.floats(0.2, 8))
def test_a_repeated_scan_holds_whole_cells(side: float, field: float, step: float) -> None:
    axis = fold(side, field, step)
    if axis.repeats > 1:
        cells = axis.count * axis.step / side
        assert cells == pytest.approx(round(cells), rel=1e-9)
        assert axis.count * axis.step <= field * (1 + 1e-6)


def test_a_cell_larger_than_the_field_is_not_scanned_whole() -> None:
    axis = fold(82.0, field=36.0, step=0.5)
    assert (axis.count, axis.step, axis.repeats) == (72, 0.5, 1)
