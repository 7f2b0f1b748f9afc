"""From Fisher information to bits: definitions, spectra, fading, aliasing, the pre-scan, values from theory."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.acquisition import Acquisition
from beamopt.errors import InputError
from beamopt.limit import (
    BEST_DOSE,
    Conditions,
    Spectrum,
    curve,
    is_fine,
    limits,
    linear,
    prescan,
    spectrum_of,
    surviving_fraction,
    unmixed,
)

Make = Callable[..., Acquisition]


@pytest.fixture
def spectrum() -> Spectrum:
    return Spectrum(edges=np.linspace(0, 1.5, 16), power=0.04 * np.exp(-3 * np.linspace(0, 1.4, 15)))


def test_information_of_a_flat_band() -> None:
    """SSNR = 3 on the disc |q| < 1: one bit per real mode, one real mode per d²q and area, π bits/Å²."""
    q = (np.arange(200) + 0.5) / 200
    found = curve(q, np.full(200, 1.5), np.full(200, 2.0))
    assert found.information == pytest.approx(np.pi, rel=1e-9)
    assert found.frc[0] == pytest.approx(np.sqrt(3 / 4))
    assert found.resolution == pytest.approx(1.0, abs=0.01)


def test_nothing_passes_half_a_bit() -> None:
    q = (np.arange(10) + 0.5) / 10
    assert curve(q, np.full(10, 1.0), np.full(10, 0.1)).resolution == float("inf")


def test_order_and_growth_with_dose(setting: Make, spectrum: Spectrum) -> None:
    last = 0.0
    for dose in (1, 10, 100, 1000):
        found = limits(setting(defocus=250.0, dose_per_area=dose), spectrum)
        assert found.linear.information < found.probe.information <= found.quantum.information
        assert found.linear.information > last
        last = found.linear.information
        assert found.full is None


def test_full_samples_become_a_curve(setting: Make, spectrum: Spectrum) -> None:
    q = np.array([0.9, 0.1, 0.5, 0.5])
    found = limits(setting(), spectrum, full=(q, np.array([2.0, 1.0, 1.4, 1.6]))).full
    assert found is not None
    at = found.fisher[np.argmin(np.abs(limits(setting(), spectrum).frequency - 0.3))]
    assert at == pytest.approx(1.25, abs=0.01)
    with pytest.raises(InputError, match="do not match"):
        limits(setting(), spectrum, full=(q, np.ones(3)))


def test_spectrum_of_white_noise_is_its_variance_times_the_pixel() -> None:
    rng = np.random.default_rng(3)
    phase = 0.05 * rng.standard_normal((240, 200))
    found = spectrum_of(np.exp(1j * phase), (0.4, 0.5))
    assert found.furthest == 1.0
    assert np.allclose(found.power, 0.05**2 * 0.4 * 0.5, rtol=0.12)
    taper = np.outer(np.hanning(240), np.hanning(200))
    assert np.allclose(spectrum_of(np.exp(1j * phase), (0.4, 0.5), window=taper).power[1:], 5e-4, rtol=0.25)


def test_spectrum_does_not_depend_on_the_pixel() -> None:
    """The same smooth object on two grids."""
    x = np.arange(96) * 0.25
    wave = 0.1 * np.cos(2 * np.pi * x / 4.0)[:, None] + 0.05 * np.sin(2 * np.pi * x / 3.0)[None, :]
    fine, coarse = spectrum_of(np.exp(1j * wave), (0.25, 0.25)), spectrum_of(np.exp(1j * wave[::2, ::2]), (0.5, 0.5))
    assert np.allclose(fine.power[:4], coarse.power[:4], rtol=1e-3, atol=1e-6)


def test_spectrum_refuses_what_is_none() -> None:
    with pytest.raises(InputError, match="must rise"):
        Spectrum(edges=np.array([0.0, 0.2, 0.1]), power=np.ones(2))
    with pytest.raises(InputError, match="at least 0"):
        Spectrum(edges=np.array([0.0, 0.2]), power=np.array([np.nan]))
    with pytest.raises(InputError, match="no frequency"):
        spectrum_of(np.ones((1, 1), dtype=complex), (1.0, 1.0))


def test_best_dose_of_a_fading_spot() -> None:
    """Hayward & Glaeser 1979: 2.5129·De, and there 0.8145·De of undamaged electrons."""
    dose = np.linspace(0.1, 10, 99_001)
    useful = dose * surviving_fraction(dose, 1.0)
    assert dose[useful.argmax()] == pytest.approx(BEST_DOSE, abs=1e-3)
    assert useful.max() == pytest.approx(0.8145, abs=1e-4)
    assert float(surviving_fraction(1e-9, 1.0)) == pytest.approx(1.0)


def test_fading_lowers_every_curve(setting: Make, spectrum: Spectrum) -> None:
    a = setting(defocus=250.0)
    whole = limits(a, spectrum)
    faded = limits(a, spectrum, fading=lambda q: surviving_fraction(a.dose_per_area, 50 * np.exp(-q)))
    assert faded.linear.information < whole.linear.information
    assert faded.quantum.information < whole.quantum.information


@given(st.floats(-3.1, 3.1), st.floats(0.1, 0.95), st.floats(0, 600))
def test_a_fine_step_confuses_nothing(direction: float, x: float, defocus: float) -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=defocus, detector_outer=15, scan_sampling=0.49, dose_per_area=1
    )
    q = x * a.cutoff * np.array([np.cos(direction), np.sin(direction)])
    assert is_fine(a)
    assert unmixed(a, q) == pytest.approx(float(linear(a, np.hypot(*q))), abs=0.04)


def test_a_coarse_step_costs_information_least_where_probes_overlap(setting: Make) -> None:
    q = np.array([0.45, 0.1])
    focused = [unmixed(setting(scan_sampling=s), q) for s in (0.45, 1.0, 2.0)]
    defocused = [unmixed(setting(scan_sampling=s, defocus=1000.0), q) for s in (0.45, 1.0, 2.0)]
    assert focused[0] > focused[1] > focused[2]
    assert focused[2] < 0.25 * focused[0]
    assert defocused[2] > 0.95 * defocused[0]


def test_unmixed_is_zero_where_nothing_is_transferred(setting: Make) -> None:
    assert unmixed(setting(), np.array([1.2, 0.0])) == 0.0


def _random(count: int, seed: int = 0) -> list[Acquisition]:
    rng = np.random.default_rng(seed)
    u = rng.random((count, 5))
    return [
        Acquisition(
            energy=300e3,
            semiangle_cutoff=4 * 6.25**a,
            defocus=1500 * b,
            detector_outer=8 + 17 * c,
            scan_sampling=0.5 * 8**d,
            dose_per_area=5 * 100**e,
        )
        for a, b, c, d, e in u
    ]


def test_prescan_equals_the_limit_at_fine_steps(setting: Make, spectrum: Spectrum) -> None:
    many = [setting(defocus=d, semiangle_cutoff=a) for d, a in ((0, 10), (300, 6), (600, 12))]
    expected = [limits(a, spectrum).linear.information for a in many]
    assert np.allclose(prescan(many, spectrum, threads=1), expected, rtol=0.03)


def test_prescan_charges_for_coarse_steps(setting: Make, spectrum: Spectrum) -> None:
    steps = (0.5, 1.0, 2.0, 4.0)
    focused = prescan([setting(scan_sampling=s) for s in steps], spectrum)
    assert np.all(np.diff(focused) < 0)
    assert focused[3] < 0.4 * focused[0]
    wide = prescan([setting(scan_sampling=s, defocus=1200.0) for s in steps], spectrum)
    assert wide[1] > 0.9 * wide[0]
    fine = limits(setting(scan_sampling=0.45, defocus=1200.0), spectrum).linear.information
    assert wide[0] == pytest.approx(fine, rel=0.08)


def test_prescan_of_4096_acquisitions(spectrum: Spectrum) -> None:
    """Ten seconds on two cores; a quarter of them here, in processor time."""
    many = _random(1024)
    prescan(many[:2], spectrum)
    start = time.process_time()
    bits = prescan(many, spectrum, Conditions(thickness=100.0, angular_sampling=0.25))
    assert time.process_time() - start < 5.0
    assert np.all(np.isfinite(bits))
    assert bits.min() >= 0
    assert bits.max() > 3 * np.median(bits)
