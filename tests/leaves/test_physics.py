"""Closed forms against cited values and against another code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt import physics

# Reimer & Kohl, Transmission Electron Microscopy, 5th ed., table 2.2: wavelengths in pm.
REIMER = {80e3: 4.1757, 100e3: 3.7014, 200e3: 2.5079, 300e3: 1.9687}


@pytest.mark.parametrize(("energy", "picometre"), REIMER.items())
def test_wavelength_is_the_tabulated_one(energy: float, picometre: float) -> None:
    assert physics.wavelength(energy) * 100 == pytest.approx(picometre, rel=1e-4)


def test_optics_agree_with_ase_and_abtem() -> None:
    abtem = pytest.importorskip("abtem")
    for energy in REIMER:
        assert physics.wavelength(energy) == pytest.approx(abtem.core.energy.energy2wavelength(energy), rel=1e-6)
        assert physics.interaction_parameter(energy) == pytest.approx(abtem.core.energy.energy2sigma(energy), rel=1e-6)


@pytest.mark.parametrize(("energy", "beta2"), [(80e3, 0.252), (120e3, 0.344), (200e3, 0.4835), (300e3, 0.603)])
def test_speed(energy: float, beta2: float) -> None:
    assert physics.beta_squared(energy) == pytest.approx(beta2, abs=6e-4)


def test_underfocus_turns_the_phase_the_way_abtem_does() -> None:
    abtem = pytest.importorskip("abtem")
    transfer = abtem.CTF(energy=300e3, defocus=200.0, semiangle_cutoff=20)
    alpha = np.array([0.0, 5e-3, 1e-2])
    theirs = np.angle(transfer._evaluate_from_angular_grid(alpha, np.zeros_like(alpha)))
    ours = -physics.aberration_phase(alpha / physics.wavelength(300e3), 300e3, defocus=200.0)
    np.testing.assert_allclose(np.exp(1j * ours), np.exp(1j * theirs), atol=1e-4)


@given(st.floats(0, 2))
def test_disc_overlap_is_the_counted_overlap(x: float) -> None:
    n = 401
    y, z = np.mgrid[-1 : 1 : n * 1j, -1 : 1 : n * 1j]
    first = y**2 + z**2 < 1
    both = first & ((y - x) ** 2 + z**2 < 1)
    assert physics.disc_overlap(x) == pytest.approx(both.sum() / first.sum(), abs=5e-3)


@pytest.mark.parametrize("energy", REIMER)
def test_spherical_aberration_has_scherzer_balance(energy: float) -> None:
    """At k² = 2·defocus/(Cs·λ²) defocus and Cs cancel."""
    cs, defocus = 1.2e7, 600.0
    k = np.sqrt(2 * defocus / (cs * physics.wavelength(energy) ** 2))
    assert physics.aberration_phase(k, energy, defocus, cs) == pytest.approx(0, abs=1e-6)
