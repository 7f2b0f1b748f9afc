"""From Fisher information to bits: definitions, spectra, fading, aliasing, the pre-scan, values from theory."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.acquisition import Acquisition
from beamopt.damage import amplitude_attenuation
from beamopt.errors import InputError
from beamopt.limit import (
    Conditions,
    Spectrum,
    curve,
    is_fine,
    limits,
    linear,
    pooled,
    prescan,
    spectrum_of,
    unmixed,
)
from beamopt.physics import interaction_parameter

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


def test_scored_information_pools_bands() -> None:
    """Equal to the information where nothing varies inside a band, above it for spots, below it for fringes."""
    q = (np.arange(1000) + 0.5) / 1000
    flat = np.full(1000, 2.0)
    even = curve(q, flat, flat)
    assert even.scored == pytest.approx(even.information, rel=1e-9)
    spots = curve(q, flat, np.where(np.arange(1000) % 20 < 2, 20.0, 0.0))
    assert spots.scored > 2 * spots.information
    fringes = curve(q, 1.9 * np.cos(np.arange(1000)) ** 2, flat)
    assert fringes.scored < fringes.information
    # One band by hand: half of it signal with SSNR 3, so FRC² = 3/4 and two half bits per mode of the whole disc.
    one = curve((np.arange(100) + 0.5) / 1000, np.ones(100), np.where(np.arange(100) % 2, 3.0, 0.0))
    assert one.scored == pytest.approx(np.pi * 0.1**2, rel=1e-9)


def test_hundred_angstrom_of_carbon() -> None:
    """Values worked out beforehand for 100 Å of organic matter at 300 kV [bits/Å²]: quantum, best in focus, linear.

    The spectrum that gives them: atoms of carbon placed at random, 2.0 g/cm³, B = 5 Å², Lobato's scattering factor
    (Lobato & Van Dyck, Acta Cryst. A 70, 636 (2014)), W = n·t·(λγf)²·exp(-Bq²/2).
    """
    parametrizations = pytest.importorskip("abtem.parametrizations")
    edges = np.linspace(0, 2.5, 1001)
    q = (edges[1:] + edges[:-1]) / 2
    f = np.asarray(parametrizations.LobatoParametrization().scattering_factor("C")(q**2))
    atoms = 2.0 * 0.602214 / 12.011  # per Å³
    phase = interaction_parameter(300e3) * 47.8780 * f  # h²/2πm_e = 47.878 V Å²
    spectrum = Spectrum(edges=edges, power=atoms * 100 * phase**2 * np.exp(-2.5 * q**2))

    def best(alphas: range, defoci: tuple[float, ...], dose: float) -> float:
        settings = (
            Acquisition(
                energy=300e3, semiangle_cutoff=a, defocus=d, detector_outer=60, scan_sampling=0.1, dose_per_area=dose
            )
            for a in alphas
            for d in defoci
        )
        return max(curve(q, linear(a, q), spectrum.power * dose).information for a in settings)

    for dose, quantum, focused, wide in ((10, 0.45, 0.083, 0.20), (100, 1.96, 0.59, 1.06), (1000, 5.43, 2.41, 3.43)):
        assert curve(q, np.full_like(q, 4.0), spectrum.power * dose).information == pytest.approx(quantum, rel=0.015)
        assert best(range(8, 17), (0.0,), dose) == pytest.approx(focused, rel=0.015)
        # The best linear setting is as wide and as defocused as allowed; 25 mrad come to the values given.
        assert best(range(25, 26), (2000.0, 3900.0), dose) == pytest.approx(wide, rel=0.05)


def test_nothing_passes_half_a_bit() -> None:
    q = (np.arange(10) + 0.5) / 10
    assert curve(q, np.full(10, 1.0), np.full(10, 0.1)).resolution == float("inf")


def test_order_and_growth_with_dose(setting: Make, spectrum: Spectrum) -> None:
    last = 0.0
    for dose in (1, 10, 100, 1000):
        found = limits(setting(defocus=250.0, dose_per_area=dose), spectrum)
        assert found.linear.information < found.quantum.information
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


def test_fading_lowers_every_curve(setting: Make, spectrum: Spectrum) -> None:
    a = setting(defocus=250.0)
    whole = limits(a, spectrum)
    faded = limits(a, spectrum, fading=lambda q: amplitude_attenuation(a.dose_per_area, 50 * np.exp(-q)) ** 2)
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


def test_a_limit_resolves_from_half_a_bit_on() -> None:
    """FRC = 0.541 is SSNR = 0.414; just below it nothing is resolved, just above it all is."""
    q = (np.arange(20) + 0.5) / 20
    blind, seeing = (curve(q, np.ones(20), np.full(20, 0.4142 * share)) for share in (0.97, 1.03))
    assert blind.resolution == np.inf
    assert seeing.resolution == pytest.approx(1 / q[-1])


def test_a_band_counts_from_a_millionth_of_the_strongest_on() -> None:
    q = (np.arange(40) + 0.5) / 200  # two bands of 0.1
    strong = np.where(q < 0.1, 1e3, 0.0)
    for share, counts in ((1e-4, True), (1e-7, False)):
        weak = np.where(q < 0.1, 0.0, 1e3 * share)
        both = pooled(q, np.where(q < 0.1, 1.0, 1e9), strong + weak)
        alone = pooled(q, np.where(q < 0.1, 1.0, 1e9), strong)
        assert (both > alone + 0.01) == counts
