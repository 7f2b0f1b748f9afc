"""Images, patterns, correlations and sentences, read back from the plotted data."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from beamopt.acquisition import Acquisition
from beamopt.measurement import Reconstruction, Scores
from beamopt.report import frc_figure, gains, images_figure, pattern_figure, png, sentence
from beamopt.spec import Objective


def drawn(figure: Figure, gid: str) -> Any:
    return next(artist for artist in figure.findobj() if artist.get_gid() == gid)


def panels(figure: Figure) -> list[Any]:
    return [axes.images[0] for axes in figure.axes if axes.images]


def brightest(panel: Any) -> tuple[int, ...]:
    values = panel.get_array()
    return tuple(int(i) for i in np.unravel_index(np.argmax(values), values.shape))


def image(method: str, phase: Any, sampling: tuple[float, float], origin: tuple[float, float]) -> Reconstruction:
    transmission = np.exp(1j * phase).astype(np.complex64)
    return Reconstruction(method=method, transmission=transmission, sampling=sampling, origin=origin, settings={})


def test_images_share_scale_and_place() -> None:
    rng = np.random.default_rng(0)
    fine = rng.normal(scale=0.2, size=(40, 30))
    coarse = rng.normal(scale=0.2, size=(20, 15))
    shown = [image("ptychography", fine + 2.0, (0.5, 0.4), (1.0, -2.0)), image("icom", coarse, (1.0, 0.8), (1.0, -2.0))]
    figure = images_figure(np.exp(1j * fine), shown, title="12 mrad")
    drawings = panels(figure)
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.images] == ["truth", "ptychography", "icom"]
    assert len({panel.get_clim() for panel in drawings}) == 1
    mean = np.angle(np.exp(1j * fine).mean())
    assert np.allclose(drawings[0].get_array(), (fine - mean).T, atol=1e-6)
    assert np.allclose(drawings[1].get_array(), (fine - mean).T, atol=1e-5), "a constant phase is not seen"
    assert drawings[1].get_extent() == pytest.approx([0.75, 20.75, -2.2, 9.8])
    assert drawings[2].get_extent() == pytest.approx([0.5, 20.5, -2.4, 9.6])
    assert {axes.get_xlim() for axes in figure.axes if axes.images} == {(0.75, 20.75)}
    assert figure.axes[-1].get_ylabel() == "phase [rad]"


def test_scale_bar_is_as_long_as_it_says() -> None:
    figure = images_figure(np.ones((64, 64), complex), [image("icom", np.zeros((64, 64)), (0.33, 0.33), (0.0, 0.0))])
    bar = drawn(figure, "scale bar").get_xdata()
    assert [t.get_text() for t in figure.axes[0].texts] == ["5 Å"]
    assert bar[1] - bar[0] == pytest.approx(5.0)
    assert png(figure).startswith(b"\x89PNG")


def test_first_axis_points_right_and_second_up() -> None:
    phase = np.zeros((10, 10))
    phase[8, 1] = 1.0
    figure = images_figure(np.exp(1j * phase), [image("icom", phase, (1.0, 1.0), (0.0, 0.0))])
    assert brightest(panels(figure)[0]) == (1, 8)
    assert panels(figure)[0].origin == "lower"


def test_pattern_puts_the_zero_angle_at_zero() -> None:
    expected, counted = np.zeros((16, 16), np.float32), np.zeros((16, 16), np.uint16)
    expected[8, 8], counted[8, 9] = 0.25, 3
    figure = pattern_figure(expected, counted, 0.5)
    left, right = panels(figure)
    assert list(left.get_extent()) == [-4.25, 3.75, -4.25, 3.75]
    assert left.get_array().max() == pytest.approx(0.5)
    assert brightest(right) == (9, 8)
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.images] == ["expected", "counted: 3 electrons"]
    assert figure.axes[0].get_xlabel() == "angle x [mrad]"


def scores(resolution: float, frc: list[float]) -> Scores:
    return Scores(metrics={"frc_resolution": resolution}, frequency=np.array([0.1, 0.2, 0.4]), frc=np.array(frc))


def test_frc_figure_has_a_line_per_method_and_units() -> None:
    figure = frc_figure({"ptychography": scores(2.5, [0.9, 0.8, 0.6]), "icom": scores(10.0, [0.6, 0.1, -0.5])})
    assert drawn(figure, "ptychography").get_xydata().tolist() == [[0.1, 0.9], [0.2, 0.8], [0.4, 0.6]]
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["ptychography: 2.50 Å", "icom: 10.00 Å"]
    axes = figure.axes[0]
    assert axes.get_xlabel() == "spatial frequency [Å⁻¹]"
    assert axes.get_ylim()[0] < -0.5
    assert png(figure).startswith(b"\x89PNG")
    assert png(frc_figure({})).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("defocus", "said"), [(410.4, "410 Å underfocus"), (-55.5, "55.5 Å overfocus"), (0.0, "in focus")]
)
def test_sentence_says_the_side_of_focus(defocus: float, said: str) -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=12.34, defocus=defocus, detector_outer=18, scan_sampling=0.9, dose_per_area=1e5
    )
    assert sentence(a) == f"12.3 mrad, {said}, camera to 18 mrad, step 0.9 Å, 100000 e/Å²"


def test_gains_name_metric_value_and_unit() -> None:
    goals = [Objective(metric="icom.information", direction="maximize"), Objective(metric="ssim", direction="maximize")]
    assert gains(goals, [0.98765, 0.5]) == "icom.information 0.988 bits/Å², ssim 0.5"
