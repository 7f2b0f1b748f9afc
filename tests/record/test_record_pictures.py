"""Images keep their content and orientation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from beamopt.record.pictures import picture


def test_x_points_right_and_y_up() -> None:
    image = np.zeros((30, 20))
    image[25:, :3] = 1.0  # large x, small y
    shown = picture(image)
    assert shown.shape == (20, 30)
    assert shown[17:, 25:].min() == 255
    assert shown[:17].max() == 0


@given(arrays(np.float64, (5, 7), elements=st.floats(-1e3, 1e3)), st.floats(0.1, 10), st.floats(-5, 5))
def test_scale_and_offset_do_not_show(image: np.ndarray, scale: float, offset: float) -> None:
    if np.ptp(image) > 1e-3:
        assert np.abs(picture(image * scale + offset).astype(int) - picture(image)).max() <= 1


def test_brightness_follows_the_value_and_a_hot_pixel_darkens_nothing() -> None:
    image = np.linspace(0, 1, 900).reshape(30, 30)
    flat = picture(image)[::-1].T.ravel()
    assert (np.diff(flat.astype(int)) >= 0).all()
    image[3, 4] = 1e9
    assert np.median(picture(image)) == pytest.approx(127, abs=3)


def test_what_is_not_finite_is_black_and_a_flat_image_is_drawable() -> None:
    assert picture(np.full((4, 4), np.nan)).max() == 0
    assert picture(np.array([[np.inf, 1.0], [2.0, 3.0]]))[1, 0] == 0
    assert picture(np.full((4, 4), 7.0)).shape == (4, 4)


@pytest.mark.parametrize("image", [np.zeros(3), np.zeros((2, 2, 2)), np.zeros((0, 3)), np.zeros((2, 2), complex)])
def test_anything_else_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="two axes of real numbers"):
        picture(image)
