"""Images keep their content and orientation."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from beamopt.record.pictures import grey, picture, sheets


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


def test_an_image_is_drawn_on_the_scale_of_its_truth() -> None:
    """Half the contrast looks like half the contrast, and no difference is the same grey everywhere."""
    truth = np.linspace(-1.0, 1.0, 10_000).reshape(100, 100)
    levels = grey(
        {"icom/truth": truth, "icom/phase": truth / 2, "icom/difference": 0 * truth, "pattern/counted": truth}
    )
    assert np.ptp(levels["icom/phase"].astype(int)) == pytest.approx(255 / 1.98, abs=2)
    assert set(np.unique(levels["icom/difference"])) == {127}
    assert np.ptp(levels["pattern/counted"].astype(int)) == 255
    assert grey({"icom/truth": np.full((3, 3), np.nan), "icom/phase": np.eye(3)})["icom/phase"].max() == 255


def test_a_sheet_holds_truth_image_and_difference_in_this_order() -> None:
    dark, half, light = (np.full((4, 6), level, np.uint8) for level in (0, 128, 200))
    found = sheets({"icom/phase": half, "icom/difference": light, "icom/truth": dark, "odd": dark})
    assert list(found) == ["icom"]
    row = np.asarray(Image.open(io.BytesIO(found["icom"])))[0]
    order = [int(level) for level, before in zip(row[1:], row[:-1], strict=True) if level != before]
    assert (int(row[0]), order) == (0, [255, 128, 255, 200])
    assert Image.open(io.BytesIO(found["icom"])).height >= 240
