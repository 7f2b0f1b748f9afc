"""Laws of fading, the optimum by calculus and by brute force, and cited values."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from beamopt import damage, physics
from beamopt.catalogue import load_sample, sample_names

doses = st.floats(1e-6, 1e6)
critical = st.floats(1e-2, 1e6)
energies = st.floats(20e3, 1e6)


@given(doses, critical)
def test_damage_never_adds_signal(dose: float, de: float) -> None:
    effective = float(damage.effective_dose(dose, de))
    assert 0 < effective <= dose * (1 + 1e-12)
    assert effective == pytest.approx(dose * float(damage.amplitude_attenuation(dose, de)) ** 2)


@given(doses, critical)
def test_attenuation_is_the_mean_of_the_fading_amplitude(dose: float, de: float) -> None:
    """The definition, integrated over the exposure in units of the fluence."""
    end = min(1.0, 80 * de / dose)  # nothing is left beyond: exp(-40)
    mean, _ = quad(lambda t: np.exp(-t * dose / (2 * de)), 0, end, epsabs=0, epsrel=1e-9)
    assert float(damage.amplitude_attenuation(dose, de)) == pytest.approx(mean, rel=1e-6)


@given(doses)
def test_a_sample_that_does_not_fade_keeps_every_electron(dose: float) -> None:
    assert float(damage.effective_dose(dose, np.inf)) == dose
    assert float(damage.effective_dose(dose, 1e7 * dose)) == pytest.approx(dose, rel=1e-6)


@given(critical, st.lists(st.floats(0.01, 100), min_size=3, max_size=20, unique=True))
def test_more_dose_helps_up_to_the_optimum_and_harms_beyond(de: float, shares: list[float]) -> None:
    best = float(damage.optimal_dose(de))
    below = best * np.sort([share for share in [*shares, 1.0] if share <= 1])
    above = best * np.sort([share for share in [*shares, 1.0] if share >= 1])
    rounding = 1e-12 * best
    assert np.all(np.diff(damage.effective_dose(below, de)) >= -rounding)
    assert np.all(np.diff(damage.effective_dose(above, de)) <= rounding)


@given(critical)
def test_the_best_exposure_is_worth_four_fifths_of_the_critical_one(de: float) -> None:
    """Hayward & Glaeser 1979: 2.5 De, where the signal is that of 0.8145 De."""
    assert float(damage.effective_dose(damage.optimal_dose(de), de)) == pytest.approx(0.8145 * de, rel=1e-4)


def test_the_optimum_is_where_a_search_finds_it() -> None:
    found = minimize_scalar(lambda x: -((1 - np.exp(-x / 2)) ** 2) / x, bounds=(0.1, 20), options={"xatol": 1e-9})
    assert pytest.approx(found.x, abs=1e-5) == damage.OPTIMUM
    assert pytest.approx(2.5129, abs=5e-5) == damage.OPTIMUM


def test_the_small_fluence_branch_joins_smoothly() -> None:
    dose = np.array([0.0, 1.999e-9, 2.001e-9, 1e-6])
    np.testing.assert_allclose(damage.amplitude_attenuation(dose, 1.0), 1 - dose / 4, rtol=1e-12)
    assert float(damage.effective_dose(0.0, 1.0)) == 0.0


def test_every_frequency_has_its_own_tolerance() -> None:
    q = np.array([[0.1, 0.2, 0.5], [1.0, 0.0, 0.3]])
    de = 4.3 * damage.shape_grant_grigorieff(q, 1 / 3)
    effective = damage.effective_dose(20.0, de)
    assert effective.shape == q.shape
    assert effective[1, 1] == 20.0
    assert effective[0, 0] > effective[0, 1] > effective[0, 2] > effective[1, 0]


@pytest.mark.parametrize(("dose", "de"), [(-1.0, 5.0), (1.0, 0.0), (float("nan"), 5.0), (1.0, float("nan"))])
def test_impossible_fluences_are_refused(dose: float, de: float) -> None:
    with pytest.raises(ValueError, match="dose must be at least 0"):
        damage.effective_dose(dose, de)


@given(energies, energies, st.floats(0.1, 1.5))
def test_voltage_factor_is_one_at_the_reference_and_rises(a: float, b: float, exponent: float) -> None:
    assert damage.voltage_factor(a, a, exponent) == 1.0
    if b > a * (1 + 1e-6):
        assert damage.voltage_factor(b, a, exponent) > 1
    assert damage.voltage_factor(a, b, exponent) * damage.voltage_factor(b, a, exponent) == pytest.approx(1)


def test_voltage_factor_at_two_hundred() -> None:
    """β² alone gives the 0.8 that cryo-EM codes use between 300 and 200 kV; the measured exponent gives 0.867."""
    assert damage.voltage_factor(200e3, 300e3, exponent=1.0) == pytest.approx(0.802, abs=1e-3)
    assert damage.voltage_factor(200e3, 300e3) == pytest.approx(0.867, abs=1e-3)


@pytest.mark.parametrize(("spacing", "fluence"), [(10.0, 14.1), (5.0, 6.4), (3.0, 4.3), (2.0, 3.6), (1.0, 3.1)])
def test_protein_shape_through_its_own_values(spacing: float, fluence: float) -> None:
    """Grant & Grigorieff 2015 at 300 kV; anchored at 3 Å, where their curve gives 4.34 e/Å²."""
    assert 4.336 * float(damage.shape_grant_grigorieff(1 / spacing, 1 / 3)) == pytest.approx(fluence, abs=0.06)


@given(st.floats(0.01, 3), st.floats(0.01, 3))
def test_shapes_are_one_at_the_reference_and_fall(q: float, reference: float) -> None:
    for shape in (damage.shape_grant_grigorieff, damage.shape_power):
        assert float(shape(reference, reference)) == pytest.approx(1)
        assert float(shape(q, reference)) >= float(shape(q * 1.01, reference))
    fine, coarse = max(q, reference), min(q, reference)
    assert damage.shape_power(fine, coarse) <= damage.shape_grant_grigorieff(fine, coarse) * (1 + 1e-12)


def test_fading_of_a_constant_scales_with_the_voltage_alone() -> None:
    fading = damage.Fading(value=17.0, energy=300e3, source="test", status="guess")
    q = np.linspace(0, 1, 5)
    np.testing.assert_allclose(fading.critical_dose(q, 300e3), 17.0)
    ratio = physics.beta_squared(80e3) / physics.beta_squared(300e3)
    np.testing.assert_allclose(fading.critical_dose(q, 80e3), 17.0 * ratio**0.65)
    assert fading.critical_dose(0.3, 80e3).shape == ()


def test_fading_of_unknown_voltage_is_left_alone() -> None:
    fading = damage.Fading(value=80.0, source="test", status="measured")
    assert float(fading.critical_dose(0.5, 60e3)) == 80.0


def test_fading_with_a_shape_holds_its_value_at_the_reference() -> None:
    cases: tuple[tuple[Literal["protein", "power"], float], ...] = (("protein", 3.055 / 3.587), ("power", 2.0**-1.7))
    for shape, ratio in cases:
        fading = damage.Fading(value=10.0, energy=200e3, shape=shape, reference=0.5, source="test", status="guess")
        assert float(fading.critical_dose(0.5, 200e3)) == pytest.approx(10.0)
        assert float(fading.critical_dose(1.0, 200e3)) == pytest.approx(10.0 * ratio, rel=1e-3)
        assert float(fading.critical_dose(0.0, 200e3)) == np.inf


@pytest.mark.parametrize(
    "given_fields",
    [
        {"shape": "protein"},
        {"reference": 0.5},
        {"value": 0.0},
        {"value": float("inf")},
        {"status": "sure"},
        {"De": 1.0},
    ],
)
def test_fading_refuses_half_a_law(given_fields: dict[str, object]) -> None:
    fields: dict[str, object] = {"value": 10.0, "energy": 300e3, "source": "test", "status": "guess"}
    with pytest.raises((ValidationError, ValueError)):
        damage.Fading(**(fields | given_fields))  # type: ignore[arg-type]


def test_every_tolerance_of_the_catalogue_makes_a_law() -> None:
    tolerances = [found for name in sample_names() if (found := load_sample(name).tolerance)]
    assert len(tolerances) > 10
    for found in tolerances:
        fading = damage.Fading(value=found.value, energy=found.energy, source=found.source, status=found.status)
        at_home = fading.critical_dose(0.5, found.energy or 300e3)
        assert float(at_home) == pytest.approx(found.value)
