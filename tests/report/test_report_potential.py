"""The picture of a projected potential: tiles in place, sides in Å, a bar of a round length."""

import numpy as np
import pytest

from beamopt.report import png, potential_figure


def test_cells_stand_side_by_side_in_angstrom() -> None:
    cell = np.arange(12.0).reshape(4, 3)
    figure = potential_figure(cell, (0.5, 1.0), (5, 2), title="a crystal")
    axes = figure.axes[0]
    image = axes.images[0]
    drawn = np.asarray(image.get_array())
    assert list(image.get_extent()) == [0, 10, 0, 6]
    np.testing.assert_array_equal(drawn.T, np.tile(cell, (5, 2)))
    (bar,) = [line for line in axes.lines if line.get_gid() == "scale bar"]
    assert np.ptp(np.asarray(bar.get_xdata(), dtype=float)) == pytest.approx(2)
    assert axes.get_title(loc="left") == "a crystal"
    assert "V Å" in figure.axes[1].get_ylabel()
    assert png(figure).startswith(b"\x89PNG")


def test_light_atoms_show_beside_a_heavy_one() -> None:
    cell = np.zeros((40, 40))
    cell[10:15, 10:15], cell[30, 30] = 1.0, 1000.0
    image = potential_figure(cell, (0.1, 0.1), (1, 1)).axes[0].images[0]
    assert image.get_clim() == (0.0, 1.0)
