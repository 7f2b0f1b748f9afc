"""The probe's beams against abTEM's probe."""

import abtem
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.acquisition import Acquisition
from beamopt.simulate.lattice import Block, aperture, block_for, illuminate, lit_orders


@pytest.mark.parametrize("defocus", [-250.0, 0.0, 400.0])
def test_probe_is_abtems(defocus: float) -> None:
    window, grid = (31.0, 24.0), (160, 128)
    acquisition = Acquisition(
        energy=200e3, semiangle_cutoff=12, defocus=defocus, detector_outer=20, scan_sampling=1, dose_per_area=1
    )
    block, ours = illuminate(acquisition, window)
    ours = ours * block.ramps(0, np.array([2.0])).T * block.ramps(1, np.array([5.0]))
    probe = abtem.Probe(energy=200e3, semiangle_cutoff=12, defocus=defocus, extent=window, gpts=grid)
    theirs = np.fft.fft2(probe.build(scan=(2.0, 5.0), lazy=False).array.squeeze())
    theirs = theirs[np.ix_(block.orders(0) % grid[0], block.orders(1) % grid[1])]
    np.testing.assert_allclose(ours, theirs / np.linalg.norm(theirs), atol=2e-5)


@given(cutoff=st.floats(0.1, 1.5), wx=st.floats(8, 60), wy=st.floats(8, 60))
def test_aperture_passes_the_area_of_the_disc(cutoff: float, wx: float, wy: float) -> None:
    half = (int(cutoff * wx) + 3, int(cutoff * wy) + 3)
    block = Block((wx, wy), half)
    values = aperture(block.frequencies(0)[:, None], block.frequencies(1), cutoff, (1 / wx, 1 / wy))
    beams_on_the_rim = 2 * np.pi * cutoff * max(wx, wy)
    assert abs(values.sum() - np.pi * cutoff**2 * wx * wy) < 3 + 0.1 * beams_on_the_rim


@given(cutoff=st.floats(0.1, 1.5), wx=st.floats(8, 60), wy=st.floats(8, 60))
def test_lit_beams_come_from_the_centre_outwards_and_are_all(cutoff: float, wx: float, wy: float) -> None:
    orders = lit_orders(cutoff, (wx, wy))
    radius = np.hypot(*(orders / np.array([wx, wy])).T)
    assert np.all(np.diff(radius) >= 0)
    assert len(np.unique(orders, axis=0)) == len(orders)
    assert {tuple(-h) for h in orders} == {tuple(h) for h in orders}
    inside = np.argwhere(np.hypot(*np.meshgrid(np.arange(100) / wx, np.arange(100) / wy, indexing="ij")) < cutoff)
    assert {tuple(h) for h in inside} <= {tuple(h) for h in orders}


def test_block_reaches_beyond_the_camera_but_not_beyond_the_grid() -> None:
    block = block_for((40.0, 20.0), (240, 60), 300e3, 20.0, 64)
    edge = 20e-3 / 0.0196875
    assert block.frequencies(0)[-1] > edge
    assert block.half[1] == 29  # 30 would be the Nyquist frequency of 60 pixels
