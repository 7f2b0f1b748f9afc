"""What must not change a score, and what must."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.measurement import METRICS, Scores
from beamopt.score import score, scored_region

PIXELS, SAMPLING, STEP = 126, 0.33, 1.0
SIDE = PIXELS * SAMPLING


@dataclass(frozen=True, repr=False)
class Bench:
    """A truth, a noisy image of it, and the judge."""

    crystal: Any
    image: Any
    truth: NDArray[np.complex128]
    noise: NDArray[np.float64]

    @property
    def noisy(self) -> NDArray[np.complex128]:
        """The image that is judged."""
        return np.asarray(self.truth * np.exp(1j * self.noise))

    def judge(self, transmission: Any, truth: Any = None) -> Scores:
        """Score a transmission."""
        found = self.image(transmission, SAMPLING)
        region = scored_region(found, (SIDE, SIDE), 4.0)
        return score(found, self.truth if truth is None else truth, region=region, scan_sampling=(STEP, STEP))


@pytest.fixture(scope="module")
def bench(crystal: Any, image: Any, white: Any) -> Bench:
    noise = 0.2 * white(np.random.default_rng(5), PIXELS)
    return Bench(crystal=crystal, image=image, truth=crystal(PIXELS, SAMPLING), noise=noise)


@pytest.fixture(scope="module")
def plain(bench: Bench) -> Scores:
    return bench.judge(bench.noisy)


def same(a: Scores, b: Scores, within: float = 0.01) -> bool:
    names = ("information", "frc_resolution", "phase_nrmse")
    return all(a.metrics[name] == pytest.approx(b.metrics[name], rel=within) for name in names)


def test_every_metric_of_the_table_is_scored_and_finite(plain: Scores) -> None:
    assert set(plain.metrics) == set(METRICS) - {"information_exit_wave"}, "which wants the other truth"
    assert np.isfinite(list(plain.metrics.values())).all()
    assert (np.diff(plain.frequency) > 0).all()
    assert plain.frequency.shape == plain.frc.shape


def test_the_other_truth_is_scored_like_the_first(bench: Bench, plain: Scores) -> None:
    """The same truth twice scores the same twice, another one less; the first is judged as ever."""
    found = bench.image(bench.noisy, SAMPLING)
    region = scored_region(found, (SIDE, SIDE), 4.0)
    for wave, least, most in ((bench.truth, 1.0, 1.0), (np.roll(bench.truth, PIXELS // 3, axis=0), -0.1, 0.6)):
        both = score(found, bench.truth, region=region, scan_sampling=(STEP, STEP), exit_wave=wave).metrics
        assert both["information"] == plain.metrics["information"]
        share = both["information_exit_wave"] / both["information"]
        assert least - 1e-12 <= share <= most + 1e-12


quick = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
steps = st.floats(-0.95, 0.95)


@quick
@given(angle=st.floats(-np.pi, np.pi), tilt=st.tuples(st.floats(-0.08, 0.08), st.floats(-0.08, 0.08)))
def test_constant_phase_and_ramp_are_gauge(angle: float, tilt: tuple[float, float], bench: Bench) -> None:
    x = np.arange(PIXELS) * SAMPLING
    turn = np.exp(1j * (angle + tilt[0] * x[:, None] + tilt[1] * x[None, :]))
    assert same(bench.judge(bench.noisy * turn), bench.judge(bench.noisy))


@quick
@given(shift=st.tuples(steps, steps), angle=st.floats(-np.pi, np.pi))
def test_a_shift_of_less_than_a_step_is_gauge(shift: tuple[float, float], angle: float, bench: Bench) -> None:
    """An image that its pixels resolve, moved by Fourier."""
    smooth = bench.crystal(PIXELS, SAMPLING, width=0.5)
    noisy = smooth * np.exp(1j * bench.noise)
    q = np.fft.fftfreq(PIXELS, SAMPLING)
    phase = np.exp(2j * np.pi * (q[:, None] * shift[0] + q[None, :] * shift[1]))
    moved = np.fft.ifft2(np.fft.fft2(noisy) * phase) * np.exp(1j * angle)
    assert same(bench.judge(moved, smooth), bench.judge(noisy, smooth))


@quick
@given(shift=st.tuples(steps, steps))
def test_a_shift_is_undone_exactly(shift: tuple[float, float], bench: Bench) -> None:
    """The specimen itself is sampled elsewhere; nothing is interpolated but by the score."""
    smooth, moved = (bench.crystal(PIXELS, SAMPLING, width=0.7, offset=o) for o in ((0.0, 0.0), shift))
    found, perfect = bench.judge(moved, smooth), bench.judge(smooth, smooth)
    assert found.metrics["phase_nrmse"] < 5e-3
    assert found.metrics["information"] == pytest.approx(perfect.metrics["information"], rel=0.01)


def test_a_shift_beyond_a_step_is_an_error(bench: Bench, plain: Scores) -> None:
    far = bench.judge(bench.crystal(PIXELS, SAMPLING, offset=(2.5, 0.0)))
    assert far.metrics["information"] < 0.1 * plain.metrics["information"]


def test_sign_rotation_mirror_and_transposition_are_not_gauge(bench: Bench, plain: Scores) -> None:
    found = bench.truth * np.exp(1j * bench.noise)
    wrong = {"sign": found.conj(), "rotation": np.rot90(found), "mirror": found[::-1], "transposed": found.T}
    for name, transmission in wrong.items():
        scored = bench.judge(transmission)
        # The cosine of a reversed phase is right: what a strong phase has of it is information.
        assert scored.metrics["information"] < 0.1 * plain.metrics["information"], name
        assert scored.metrics["phase_nrmse"] > 1.2, name
        assert scored.metrics["frc_resolution"] > 10, name


def test_contrast_reversal_has_negative_frc(bench: Bench) -> None:
    weak = bench.crystal(PIXELS, SAMPLING, spread=0.02)
    for angle in (0.0, 1.0, np.pi):
        scored = bench.judge(weak.conj() * np.exp(1j * angle), truth=weak)
        assert scored.frc[1:][scored.frequency[1:] < 0.8].max() < -0.9
        assert scored.metrics["information"] < 0.1


def test_scale_is_not_gauge(bench: Bench) -> None:
    half = bench.judge(np.exp(0.5j * np.angle(bench.truth)))
    assert half.metrics["phase_nrmse"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("spread", [0.05, 0.3, 1.5, 4.0])
def test_a_perfect_image_is_perfect_however_its_phase_wraps(spread: float, bench: Bench) -> None:
    strong = bench.crystal(PIXELS, SAMPLING, spread=spread)
    scored = bench.judge(strong, truth=strong)
    weak = bench.judge(bench.crystal(PIXELS, SAMPLING, spread=0.05), truth=bench.crystal(PIXELS, SAMPLING, spread=0.05))
    assert np.allclose(scored.frc, 1)
    assert scored.metrics["phase_nrmse"] < 1e-6
    assert scored.metrics["ssim"] == pytest.approx(1)
    assert np.isfinite(scored.metrics["psnr"])
    assert scored.metrics["information"] == pytest.approx(weak.metrics["information"], rel=0.3)
    nyquist = 0.5 / SAMPLING
    assert scored.metrics["information"] <= 0.5 * np.log2(1e4 + 1) * np.pi * nyquist**2 * 1.01


def test_wraps_of_the_image_alone_do_no_harm(bench: Bench) -> None:
    strong = bench.crystal(PIXELS, SAMPLING, spread=2.0)
    assert np.ptp(np.angle(strong)) > 6
    direct = bench.judge(strong * np.exp(0.5j * bench.noise), truth=strong)
    wrapped = bench.judge(strong * np.exp(1j * (0.5 * bench.noise + 3.0)), truth=strong * np.exp(3.0j))
    assert same(direct, wrapped, 1e-4)
    assert direct.metrics["ssim"] == pytest.approx(wrapped.metrics["ssim"], rel=1e-3)


def test_information_rises_with_signal_to_noise(bench: Bench) -> None:
    ladder = [
        bench.judge(bench.truth * np.exp(1j * bench.noise * a)).metrics["information"] for a in (16, 8, 4, 2, 1, 0.5)
    ]
    assert (np.diff(ladder) > 0).all()
