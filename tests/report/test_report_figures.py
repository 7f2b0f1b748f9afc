"""Every figure of the library, read back from what it drew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import Circle, Rectangle

from beamopt.acquisition import Acquisition
from beamopt.front import halves, spread
from beamopt.limit import Curve, Limits, icom, linear
from beamopt.measurement import Scores
from beamopt.report import (
    frc_figure,
    front_figure,
    halving_figure,
    importance_figure,
    limit_points,
    pacbed_figure,
    png,
    probe_figure,
    probe_intensity,
    tolerance_figure,
    transfer_figure,
)
from beamopt.sessions import Robustness
from beamopt.spec import Objective
from beamopt.trial import Trial
from report.studies import drawn, spec, trials

OBJECTIVES = spec().objectives
NOISE = {"ptychography.information_std": 0.05, "replicates": 4.0}
WIDE = 3.18245 * 0.05 / 2  # Student's 97.5 % point of 3 degrees of freedom (any table of t)


def acquisition(**changes: float) -> Acquisition:
    plain = {"semiangle_cutoff": 20.0, "defocus": 0.0, "detector_outer": 25.0, "scan_sampling": 0.5}
    return Acquisition(energy=300e3, dose_per_area=100.0, **(plain | changes))


def test_front_draws_spread_and_limits_where_trials_carry_them() -> None:
    made = trials(spec(), 12, {**NOISE, "limit.linear": 2.0, "limit.quantum": 4.0})
    figure = front_figure(made, spec())
    at = [t for t in made if t.state == "finished"]
    doses = sorted(t.values[0] for t in at)
    assert drawn(figure, "limit linear").get_xydata().tolist() == [[dose, 2.0] for dose in doses]
    assert drawn(figure, "limit quantum").get_ydata().tolist() == [4.0] * len(at)
    bars = drawn(figure, "spread").get_segments()
    assert np.ptp([bar[:, 1] for bar in bars], axis=1) == pytest.approx([2 * WIDE] * len(at), rel=1e-5)
    (legend,) = figure.legends
    assert [t.get_text() for t in legend.get_texts()] == [
        "quantum limit, 4 to 4 bits/Å²",
        "linear limit, 2 to 2 bits/Å²",
        "95 % interval of the mean",
    ]
    best = max(t.values[1] for t in at)
    assert figure.axes[0].get_ylim() == pytest.approx((0, 1.05 * min(4.0, 2 * best)))


def test_the_best_possible_never_falls_with_the_dose_and_no_trial_lies_above_it() -> None:
    rng = np.random.default_rng(3)
    made = [
        Trial(number=n, state="finished", params={}, values=(dose, share * limit), metrics={"limit.full": limit})
        for n, (dose, limit, share) in enumerate(rng.uniform((1, 1, 0), (100, 5, 1), (40, 3)).tolist())
    ]
    curve = dict(limit_points(made, OBJECTIVES)["full"])
    for trial in made:
        no_dearer = [t for t in made if t.values[0] <= trial.values[0]]
        assert curve[trial.values[0]] == max(t.metrics["limit.full"] for t in no_dearer) >= trial.values[1]
    assert not limit_points(made, OBJECTIVES[:1])


def test_front_draws_neither_where_nobody_measured_them() -> None:
    figure = front_figure(trials(spec(), 12), spec())
    assert not [a for a in figure.findobj() if str(a.get_gid()).startswith(("spread", "limit"))]
    assert not figure.legends


def test_spread_belongs_to_the_method_of_the_objective() -> None:
    trial = Trial(
        number=0,
        state="finished",
        params={},
        metrics={"icom.information": 1.0, "parallax.information": 1.0, "parallax.information_std": 0.3},
    )
    assert spread(trial, "icom.information") is None
    assert spread(trial, "parallax.information") == 0.3
    assert spread(trial, "dose_per_area") is None


@settings(max_examples=20)
@given(st.floats(5, 30), st.floats(-300, 300))
def test_a_probe_holds_all_its_electrons_and_is_even(semiangle: float, defocus: float) -> None:
    probe = probe_intensity(acquisition(semiangle_cutoff=semiangle, defocus=defocus), extent=64.0, pixels=128)
    assert probe.sum() == pytest.approx(1)
    np.testing.assert_allclose(probe[1:, 1:], probe[1:, 1:][::-1, ::-1], atol=1e-9)
    opposite = probe_intensity(acquisition(semiangle_cutoff=semiangle, defocus=-defocus), extent=64.0, pixels=128)
    np.testing.assert_allclose(probe, opposite, atol=1e-9)


def test_a_defocused_probe_fills_its_ray_optics_disc() -> None:
    a = acquisition(defocus=2000.0)
    extent, pixels = 400.0, 1024
    probe = probe_intensity(a, extent, pixels)
    x = (np.arange(pixels) - pixels // 2) * extent / pixels
    inside = np.hypot(x[:, None], x[None, :]) <= a.geometric_radius
    assert probe[inside].sum() == pytest.approx(1, abs=0.05)


def test_probe_figure_is_in_angstrom_and_shows_the_radius() -> None:
    a = acquisition(defocus=300.0)
    figure = probe_figure(a)
    image, cut = drawn(figure, "probe"), drawn(figure, "cut")
    left, right, bottom, top = image.get_extent()
    assert -left == pytest.approx(2.2 * a.probe_radius, rel=0.05)
    assert (right - left, left) == pytest.approx((top - bottom, bottom))
    pixel = (right - left) / image.get_array().shape[0]
    assert 0.9 < float(image.get_array().sum()) * pixel**2 <= 1, "fractions of the beam per Å²"
    (circle,) = figure.axes[0].patches
    assert isinstance(circle, Circle)
    assert circle.get_radius() == a.probe_radius
    assert {figure.axes[0].get_xlabel(), figure.axes[1].get_xlabel()} == {"x [Å]"}
    assert cut.axes.get_yscale() == "log"
    middle = image.get_array()[:, image.get_array().shape[1] // 2]
    assert max(cut.get_ydata()) == pytest.approx(float(middle.max()), rel=0.05)


def test_pacbed_is_logarithmic_in_mrad_and_says_what_is_caught() -> None:
    mean = np.full((16, 16), 1e-4)
    mean[8, 8] = 0.9
    figure = pacbed_figure(mean, acquisition(semiangle_cutoff=3.0), 0.5)
    image = drawn(figure, "pacbed")
    assert list(image.get_extent()) == [-4.25, 3.75, -4.25, 3.75]
    assert type(image.norm).__name__ == "LogNorm"
    assert image.norm.vmax / image.norm.vmin == pytest.approx(1e4)
    assert drawn(figure, "aperture").get_radius() == 3.0
    assert "92.5 %" in figure.axes[0].get_title(loc="left")
    assert figure.axes[0].get_ylabel() == "angle y [mrad]"


def test_transfer_curves_are_those_of_the_limits() -> None:
    a = acquisition(defocus=150.0)
    figure = transfer_figure(a, title="20 mrad")
    line = drawn(figure, "optimum bright field")
    np.testing.assert_array_equal(line.get_ydata(), linear(a, line.get_xdata()))
    np.testing.assert_array_equal(drawn(figure, "in-focus iCOM").get_ydata(), icom(a, line.get_xdata()))
    assert line.get_xdata()[-1] == pytest.approx(2.05 * a.cutoff)
    assert figure.axes[0].get_xlabel() == "spatial frequency [Å⁻¹]"
    assert max(line.get_ydata()) <= drawn(figure, "quantum").get_ydata()[0] == 4


def test_frc_has_the_limits_beside_it_where_the_specimen_has_signal() -> None:
    q = np.array([0.1, 0.2, 0.3])

    def curve(ssnr: list[float]) -> Curve:
        found = np.array(ssnr)
        frc = np.sqrt(found / (1 + found))
        return Curve(fisher=np.ones(3), ssnr=found, frc=frc, information=1.0, scored=1.0, resolution=2.0)

    bounds = Limits(frequency=q, quantum=curve([9.0, 0.0, 1.0]), linear=curve([1.0, 0.0, 0.0]))
    score = Scores(metrics={"frc_resolution": 5.0}, frequency=q, frc=np.array([0.9, 0.5, 0.1]))
    figure = frc_figure({"icom": score}, bounds)
    np.testing.assert_allclose(drawn(figure, "limit quantum").get_xydata(), [[0.1, 0.9**0.5], [0.3, 0.5**0.5]])
    np.testing.assert_allclose(drawn(figure, "limit linear").get_xydata(), [[0.1, 0.5**0.5]])
    assert not [a for a in figure.findobj() if a.get_gid() == "limit full"]
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["icom: 5.00 Å", "quantum limit", "linear limit"]


def test_half_the_dose_is_read_from_the_studys_own_front() -> None:
    goals = [
        Objective(metric="dose_per_area", direction="minimize"),
        Objective(metric="information", direction="maximize"),
    ]
    made = [
        Trial(number=n, state="finished", params={"dose_per_area": d}, values=(d, bits))
        for n, (d, bits) in enumerate([(10.0, 1.0), (19.0, 1.5), (40.0, 2.0), (30.0, 1.2)])
    ]
    found = halves(made, goals)
    assert [(h.trial.number, h.half and h.half.number) for h in found] == [(0, None), (1, None), (2, 1)]
    assert found[2].kept == pytest.approx(0.75)
    figure = halving_figure(made, goals)
    assert drawn(figure, "front").get_xydata().tolist() == [[10, 1], [19, 1.5], [40, 2]]
    assert drawn(figure, "half").get_xydata().tolist() == [[40, 1.5]]
    assert figure.axes[0].get_xlabel() == "dose per area [e/Å²]"


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 64), st.integers(1, 30)), min_size=1, max_size=12))
def test_half_is_the_best_of_all_that_are_gentle_enough(points: list[tuple[int, int]]) -> None:
    goals = [
        Objective(metric="dose_per_area", direction="minimize"),
        Objective(metric="information", direction="maximize"),
    ]
    made = [
        Trial(number=n, state="finished", params={}, values=(float(d), float(bits)))
        for n, (d, bits) in enumerate(points)
    ]
    for one in halves(made, goals):
        gentle = [bits for d, bits in points if d <= one.dose / 2]
        assert (max(gentle) if gentle else None) == (None if one.half is None else one.half_value)


def test_a_study_without_dose_has_no_half() -> None:
    only = [Objective(metric="information", direction="maximize")]
    assert halves([Trial(number=0, state="finished", params={}, values=(1.0,))], only) == ()


def test_importances_are_bars_longest_first() -> None:
    figure = importance_figure({"information": {"defocus": 0.25, "semiangle_cutoff": 0.75}})
    bars = [a for a in figure.findobj(Rectangle) if a.get_gid() == "importance information"]
    assert [bar.get_width() for bar in bars if isinstance(bar, Rectangle)] == [0.75, 0.25]
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["semiangle cutoff", "defocus"]
    assert png(importance_figure({})).startswith(b"\x89PNG")


def robustness() -> Robustness:
    from pydantic import TypeAdapter

    said = {"told": "as it says", "source": "invented"}
    return TypeAdapter(Robustness).validate_python(
        {
            "trial": 3,
            "replicates": 4,
            "metric": "information",
            "method": "ptychography",
            "calm": {"mean": 1.0, "std": 0.1},
            "disturbed": [
                {"name": "thickness +10 %", "mean": 0.9, "std": 0.05, **said},
                {"name": "defocus -20 Å", "mean": 0.5, "std": 0.02, **said},
            ],
            "expected": {"mean": 0.8, "std": 0.2},
            "worst": {"name": "defocus -20 Å", "mean": 0.5},
            "tolerances": {
                "defocus": {"low": -12.0, "high": 20.0, "unit": "Å", "low_is_beyond": True},
                "semiangle_cutoff": {"low": None, "high": 0.5, "unit": "mrad"},
            },
        }
    )


def test_tolerance_shows_what_each_disturbance_leaves() -> None:
    figure = tolerance_figure(robustness(), title="trial 3")
    assert drawn(figure, "disturbed").get_xydata().tolist() == [[0.9, 0], [0.5, 1]]
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["thickness +10 %", "defocus -20 Å"]
    assert drawn(figure, "calm").get_xdata() == [1.0, 1.0]
    assert drawn(figure, "expected").get_xdata() == [0.8, 0.8]
    assert figure.axes[0].get_xlabel() == "ptychography: information [bits/Å²]"
