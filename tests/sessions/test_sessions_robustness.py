"""Sessions that are not what the operator believes: laws of each disturbance, of the tolerance, and of known Cs."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from beamopt.aberrations import Aberrations
from beamopt.errors import InfeasibleError
from beamopt.evaluation import Evaluator
from beamopt.evaluation.clock import Clock, silent
from beamopt.instrument import fitted
from beamopt.measurement import Expectation
from beamopt.potential import true_transmission
from beamopt.sessions.disturbance import KINDS, Actual, Disturbance, disturbances
from beamopt.sessions.patterns import expected_in, measured_in, moved_aside, striking, wider_than
from beamopt.sessions.tolerance import DRIFTS, Mean, sides, tolerance
from beamopt.sessions.wander import Wander
from beamopt.spec import Proposal, RobustnessSpec, load_study

SMALL: dict[str, object] = {
    "sample.thickness": 20.0,
    "sample.window": 19.0,
    "sample.field": 15.0,
    "camera.pixels": 32,
    "methods": ["ptychography", "icom"],
}
WIDE: dict[str, object] = {"sample.window": 31.0, "sample.field": 23.0, "camera.pixels": 48}
KNOBS = {
    "semiangle_cutoff": 18.0,
    "defocus": 120.0,
    "detector_outer": 26.0,
    "scan_sampling": 0.65,
    "dose_per_area": 2e4,
}


@cache
def evaluator() -> Evaluator:
    return Evaluator.prepare(load_study("srtio3_quick", SMALL))


def proposal(method: str = "ptychography", **knobs: float) -> Proposal:
    whole = evaluator().spec.propose(KNOBS | knobs)
    return Proposal(acquisition=whole.acquisition, settings={method: whole.settings[method]})


def calm() -> Actual:
    return Actual.calm(proposal().acquisition, evaluator().potential)


def scores(actual: Actual, method: str = "ptychography", replicates: int = 3) -> np.ndarray:
    found = measured_in(
        evaluator(), actual, proposal(method), trial=0, replicates=range(replicates), clock=Clock(silent)
    )
    return np.array([one.metrics["information"] for one in found.methods[method].scores])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_wrong_is_the_calm_session(kind: str) -> None:
    for way in KINDS[kind].ways:
        assert Disturbance(kind=kind, size=0.0, way=way).strike(calm()) is not None
        assert Disturbance(kind=kind, size=0.0, way=way).strike(calm()) == calm()


def test_a_calm_session_is_the_evaluation_bit_for_bit() -> None:
    engine = evaluator().engine()
    plain = engine.expectation(proposal().acquisition, evaluator().imperfections)
    session = expected_in(evaluator(), calm(), proposal().acquisition)
    np.testing.assert_array_equal(session.array, plain.array)
    assert (session.angular_sampling, session.scan_sampling) == (plain.angular_sampling, plain.scan_sampling)
    evaluated = evaluator().evaluate(proposal(), trial=0, replicates=2).methods["ptychography"]
    assert [s.metrics["information"] for s in evaluated.scores] == scores(calm(), replicates=2).tolist()


def test_a_probe_that_wanders_nowhere_sees_the_folded_scan() -> None:
    """Every position on its own, against one period of them repeated; likewise with a source and fading."""
    study = Evaluator.prepare(
        load_study(
            "srtio3_quick", SMALL | {"coherence.source_size": 0.5, "damage": {"critical_dose": 1e5, "energy": 300e3}}
        )
    )
    for one, alike in ((evaluator(), 5e-6), (study, 1e-2)):
        actual = replace(calm(), wander=Wander(jitter=1e-9))
        wandering = expected_in(one, actual, proposal().acquisition)
        folded = expected_in(one, calm(), proposal().acquisition)
        assert wandering.repeats == (1, 1)
        assert wandering.scan_shape == folded.scan_shape
        whole = np.tile(folded.array, (*folded.repeats, 1, 1))
        assert np.abs(wandering.array - whole).max() < alike * whole.max()


def test_wandering_is_drawn_from_seed_and_trial() -> None:
    shaken = Disturbance(kind="position_jitter", size=0.5, way="").strike(calm())
    one, same, other = (expected_in(evaluator(), shaken, proposal().acquisition, trial=n).array for n in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-2 * one.max()
    places = Wander(jitter=0.5).places(np.arange(60.0), np.arange(60.0), np.random.default_rng(1))
    off = places - np.stack(np.meshgrid(np.arange(60.0), np.arange(60.0), indexing="ij"), axis=-1)
    assert off.std() == pytest.approx(0.5, rel=0.03)
    assert abs(off.mean()) < 0.03


def test_drift_is_steady_and_neither_drift_nor_scale_moves_the_field() -> None:
    at = Wander(drift=(2.0, 1.0), scale=1.1).places(np.arange(4.0), np.arange(5.0), np.random.default_rng(0))
    np.testing.assert_allclose(at.mean(axis=(0, 1)), (1.5, 2.0))
    np.testing.assert_allclose(at[-1, -1] - at[0, 0], (1.1 * 3 + 2.0, 1.1 * 4 + 1.0))
    steps = np.diff(at.reshape(-1, 2), axis=0)[:4]
    np.testing.assert_allclose(steps, np.tile((2.0 / 19, 1.1 + 1.0 / 19), (4, 1)))


def test_a_probe_that_leaves_the_window_is_refused_and_not_looked_at() -> None:
    """Periodic images of a probe that overlap would be believed."""
    believed = proposal().acquisition
    far = replace(calm(), acquisition=replace(believed, defocus=1e4))
    with pytest.raises(InfeasibleError, match="leaves the"):
        expected_in(evaluator(), far, believed)
    near_edge = replace(believed, defocus=0.45 * min(evaluator().potential.window) / believed.semiangle_cutoff * 1e3)
    low, high = sides(evaluator(), near_edge)["defocus"]
    assert high < low
    assert not wider_than(evaluator().potential, replace(near_edge, defocus=near_edge.defocus + high))


def test_every_disturbance_changes_the_patterns_and_no_label() -> None:
    """The operator's raster and camera stay what they are believed to be."""
    plain = expected_in(evaluator(), calm(), proposal().acquisition)
    for one in striking(evaluator(), proposal().acquisition):
        struck = expected_in(evaluator(), one.strike(calm()), proposal().acquisition)
        assert struck.scan_shape == plain.scan_shape
        assert struck.scan_sampling == plain.scan_sampling
        assert struck.angular_sampling == plain.angular_sampling
        whole = np.tile(plain.array, (*plain.repeats, 1, 1))
        difference = np.abs(np.tile(struck.array, (*struck.repeats, 1, 1)) - whole).max() / whole.max()
        assert difference > 1e-3, one.name


def test_astigmatism_turned_by_a_right_angle_is_the_session_turned() -> None:
    """SrTiO3 along [001] looks the same when x and y change places."""
    along_x, along_y = (
        expected_in(evaluator(), replace(calm(), aberrations=Aberrations(C12=60.0, phi12=phi)), proposal().acquisition)
        for phi in (0.0, np.pi / 2)
    )
    turned = along_y.array.transpose(1, 0, 3, 2)
    assert np.abs(along_x.array - turned).max() < 1e-5 * along_x.array.max()
    assert np.abs(along_x.array - along_y.array).max() > 1e-2 * along_x.array.max()


WORSE = [
    ("defocus", "-", (25.0, 80.0)),
    ("astigmatism", "", (80.0, 300.0)),
    ("coma", "", (3e3, 1.2e4)),
    ("position_jitter", "", (0.3, 1.0)),
    ("drift", "", (3.0, 9.0)),
]


@pytest.mark.parametrize(("kind", "way", "sizes"), WORSE, ids=[kind for kind, *_ in WORSE])
def test_larger_errors_are_never_better(kind: str, way: str, sizes: tuple[float, float]) -> None:
    """Beyond twice the standard error; the largest one costs more than a tenth."""
    draws = [scores(calm()), *(scores(Disturbance(kind=kind, size=s, way=way).strike(calm())) for s in sizes)]
    errors = [float(np.std(d, ddof=1)) / np.sqrt(len(d)) for d in draws]
    means = [float(np.mean(d)) for d in draws]
    for n in (0, 1):
        assert means[n + 1] <= means[n] + 2 * np.hypot(errors[n], errors[n + 1])
    assert means[2] < 0.9 * means[0]


def test_the_truth_is_that_of_the_specimen_in_the_beam() -> None:
    thicker = Disturbance(kind="thickness", size=20.0, way="+").strike(calm())
    assert thicker.repeats == calm().repeats + 1
    found = [
        measured_in(evaluator(), actual, proposal("icom"), trial=0, replicates=range(1), clock=Clock(silent))
        for actual in (calm(), thicker)
    ]
    plain, struck = (one.methods["icom"] for one in found)
    image = struck.reconstruction
    truth = true_transmission(
        replace(evaluator().potential, repeats=thicker.repeats),
        300e3,
        sampling=image.sampling,
        origin=image.origin,
        shape=image.transmission.shape,
    )
    np.testing.assert_array_equal(struck.truth, truth)
    assert np.std(np.angle(struck.truth)) > 1.05 * np.std(np.angle(plain.truth))
    assert image.settings["thickness"] == plain.reconstruction.settings["thickness"]


def test_what_makes_no_difference_is_left_out() -> None:
    thin = Evaluator.prepare(load_study("srtio3_quick", SMALL | {"sample.thickness": 4.0}))
    kinds = {one.kind for one in striking(thin, proposal().acquisition)}
    assert "thickness" not in kinds
    assert "defocus" in kinds
    assert {one.kind for one in disturbances(RobustnessSpec())} == set(KINDS)
    assert {one.kind for one in disturbances(RobustnessSpec(coma=0.0, drift=0.0))} == set(KINDS) - {"coma", "drift"}


def test_focus_is_never_better_than_20_angstrom() -> None:
    """Else a search for robust settings would flee to focus, where 10 % of nothing is nothing."""
    focused = replace(calm(), acquisition=replace(calm().acquisition, defocus=0.0))
    over, under = (Disturbance(kind="defocus", size=10.0, way=way).strike(focused) for way in "+-")
    assert (over.acquisition.defocus, under.acquisition.defocus) == (20.0, -20.0)
    far = replace(calm(), acquisition=replace(calm().acquisition, defocus=-800.0))
    further, nearer = (Disturbance(kind="defocus", size=10.0, way=way).strike(far) for way in "+-")
    assert (further.acquisition.defocus, nearer.acquisition.defocus) == (-880.0, -720.0)


def test_a_wrong_step_is_told_as_a_magnification_of_a_field() -> None:
    """Half a per cent more of the step is half a per cent more of every position."""
    struck = DRIFTS["scan_sampling"](calm(), 0.5)
    assert struck.wander.scale == 1.005
    assert sides(evaluator(), proposal().acquisition)["scan_sampling"] == (10.0, 10.0)
    one = Mean(value=1.0)
    found = tolerance(lambda _off: one, calm=one, direction="maximize", reach=(1.0, 1.0), knob="scan_sampling")
    assert found.unit == "%"


@pytest.mark.parametrize("tilt", [(8.0, 0.0), (0.0, -8.0)])
def test_a_tilt_shifts_the_image_and_the_operator_moves_it_back(tilt: tuple[float, float]) -> None:
    """Centre-of-mass maps of the tilted and of the upright crystal lie on each other, but for dynamical scattering.

    Without moving back they would lie t/2·tan(tilt) apart, with the wrong sign twice that.
    """
    acquisition = replace(proposal().acquisition, defocus=evaluator().potential.thickness / 2)
    plain = replace(calm(), acquisition=acquisition)
    off = moved_aside(replace(evaluator().potential, tilt=tilt), evaluator().potential)
    axis = 0 if tilt[0] else 1
    assert abs(off[axis]) == pytest.approx(evaluator().potential.thickness / 2 * np.tan(8e-3))
    upright, tilted = (expected_in(evaluator(), one, acquisition) for one in (plain, replace(plain, tilt=tilt)))
    left = _shift(upright, tilted, axis)
    assert abs(left) < 0.4 * abs(off[axis])
    assert upright.scan_shape == tilted.scan_shape


def _shift(one: Expectation, other: Expectation, axis: int) -> float:
    """Displacement of the centre-of-mass maps along an axis [Å], from the strongest of their frequencies there."""
    maps = []
    for expected in (one, other):
        array = np.tile(expected.array, (*expected.repeats, 1, 1)).astype(np.float64)
        k = np.arange(array.shape[-1]) - array.shape[-1] // 2
        moment = (array.sum(axis=3 - axis) * k).sum(axis=-1) / array.sum(axis=(2, 3))
        maps.append(np.fft.fft2(moment - moment.mean()))
    along = np.fft.fftfreq(maps[0].shape[axis], one.scan_sampling[axis])
    strength = np.abs(maps[0] * maps[1]) * np.expand_dims(along > 0, 1 - axis)
    place = np.unravel_index(int(np.argmax(strength)), strength.shape)
    turn = np.angle(maps[1][place] / maps[0][place])
    return float(-turn / (2 * np.pi * along[place[axis]]))


def test_drift_of_the_camera_length_moves_the_patterns_and_not_the_believed_angles() -> None:
    longer = expected_in(evaluator(), DRIFTS["detector_outer"](calm(), -2.0), proposal().acquisition)
    plain = expected_in(evaluator(), calm(), proposal().acquisition)
    assert longer.angular_sampling == plain.angular_sampling
    disc = [int((e.array.mean(axis=(0, 1)) > 0.5 * e.array.mean(axis=(0, 1)).max()).sum()) for e in (plain, longer)]
    assert disc[1] / disc[0] == pytest.approx((26.0 / 24.0) ** 2, rel=0.1)


def test_an_uncorrected_column_lends_its_spherical_aberration() -> None:
    tables = {"energy": 200e3, "instrument": {"column": "uncorrected-200", "detector": "EMPAD-G2"}, "camera.pixels": 64}
    spec = fitted(load_study("srtio3_quick", tables | {"semiangle_cutoff": {"low": 7.0, "high": 14.0}}))
    params = KNOBS | {"semiangle_cutoff": 9.6}
    assert spec.propose(params).acquisition.spherical_aberration == 1.2e7
    assert fitted(spec) == spec
    own = fitted(load_study("srtio3_quick", tables | {"instrument.spherical_aberration": 1e4}))
    assert own.propose(params).acquisition.spherical_aberration == 1e4
    assert load_study("srtio3_quick").propose(params).acquisition.spherical_aberration == 0


@pytest.mark.parametrize(("method", "gain"), [("ptychography", 1.2), ("obf", 1.2), ("parallax", 1.05)])
def test_spherical_aberration_that_is_known_is_made_good(method: str, gain: float) -> None:
    """Simulated with Cs = 1.2 mm; a reconstruction that knows it beats one that does not."""
    study = Evaluator.prepare(
        load_study("srtio3_quick", SMALL | WIDE | {"energy": 200e3, "methods": [method], "sample.thickness": 8.0})
    )
    knobs = KNOBS | {"semiangle_cutoff": 9.6, "defocus": 500.0, "detector_outer": 18.0}
    ignorant = study.spec.propose(knobs)
    knowing = replace(ignorant, acquisition=replace(ignorant.acquisition, spherical_aberration=1.2e7))
    actual = Actual.calm(knowing.acquisition, study.potential)
    told = [
        measured_in(study, actual, believed, trial=0, replicates=range(2), clock=Clock(silent)).methods[method].mean()
        for believed in (knowing, ignorant)
    ]
    assert told[0]["information"] > gain * told[1]["information"]


def test_engines_that_do_not_fit_go_and_come_back_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beamopt.evaluation.evaluator._HELD", 0.0)
    study = Evaluator.prepare(load_study("srtio3_quick", SMALL))
    tilted, thicker = (
        Disturbance(kind=kind, size=size, way=way).strike(calm())
        for kind, size, way in (("mistilt", 2.0, "along x"), ("thickness", 20.0, "+"))
    )
    own = study.engine()
    first = expected_in(study, tilted, proposal().acquisition).array
    expected_in(study, thicker, proposal().acquisition)
    assert len(study._engines) == 2
    assert study.engine() is own
    np.testing.assert_array_equal(expected_in(study, tilted, proposal().acquisition).array, first)
