"""Lens aberrations against abTEM's, and what they do to a probe by ray optics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from beamopt import physics
from beamopt.aberrations import NONE, Aberrations
from beamopt.acquisition import Acquisition, ActualAcquisition

LENSES = {
    "C12": {"C12": 35.0, "phi12": 0.4},
    "C21": {"C21": 900.0, "phi21": -1.1},
    "C23": {"C23": 700.0, "phi23": 0.8},
    "C30": {"C30": 1.2e7},
    "all": {"C12": 20.0, "phi12": 1.3, "C21": 300.0, "phi21": 0.2, "C23": -400.0, "phi23": 2.0, "C30": -3e4},
}

sizes = st.floats(-1e3, 1e3)


def setting(**given: float) -> dict[str, float]:
    knobs = {"energy": 200e3, "semiangle_cutoff": 12.0, "defocus": 150.0, "detector_outer": 20.0}
    return knobs | {"scan_sampling": 1.0, "dose_per_area": 100.0} | given


@pytest.mark.parametrize("lens", LENSES.values(), ids=list(LENSES))
def test_phase_is_abtems(lens: dict[str, float]) -> None:
    abtem = pytest.importorskip("abtem")
    actual = ActualAcquisition(**setting(), residual=Aberrations(**lens))
    theirs = abtem.CTF(energy=200e3, semiangle_cutoff=12.0, defocus=150.0, soft=False, **lens)
    alpha, phi = (a.ravel() for a in np.meshgrid(np.linspace(0, 11.5e-3, 24), np.linspace(-3, 3, 25)))
    k = alpha / actual.wavelength
    ours = np.exp(-1j * actual.beam_phase(k * np.cos(phi), k * np.sin(phi)))
    np.testing.assert_allclose(ours, theirs._evaluate_from_angular_grid(alpha, phi), atol=1e-5)


def test_probe_is_abtems() -> None:
    """The simulated probe of an uncorrected column with residual aberrations, beam by beam."""
    abtem = pytest.importorskip("abtem")
    from beamopt.simulate.lattice import illuminate

    lens = LENSES["all"]
    actual = ActualAcquisition(
        **setting(spherical_aberration=1.2e7, defocus=600.0), residual=Aberrations(**(lens | {"C30": 0.0}))
    )
    block, ours = illuminate(actual, (40.0, 36.0))
    probe = abtem.Probe(
        energy=200e3,
        semiangle_cutoff=12.0,
        defocus=600.0,
        extent=(40.0, 36.0),
        gpts=(200, 180),
        **(lens | {"C30": 1.2e7}),
    )
    wave = np.asarray(probe.build(scan=(0.0, 0.0), lazy=False).array, np.complex128)
    beams = np.fft.fft2(wave)[np.ix_(block.orders(0) % 200, block.orders(1) % 180)]
    assert np.max(np.abs(beams - ours)) < 1e-5


@given(sizes, sizes, sizes, sizes, st.floats(-3, 3))
def test_phases_add_and_turn_with_the_lens(c12: float, c21: float, c23: float, c30: float, turn: float) -> None:
    kx, ky = np.array([0.3, -0.1, 0.0]), np.array([0.1, 0.4, 0.0])
    whole = Aberrations(C12=c12, C21=c21, C23=c23, C30=c30).phase(kx, ky, 300e3)
    parts = [
        Aberrations(**{n: v}).phase(kx, ky, 300e3)
        for n, v in zip(("C12", "C21", "C23", "C30"), (c12, c21, c23, c30), strict=True)
    ]
    np.testing.assert_allclose(whole, sum(parts), atol=1e-9)
    turned = Aberrations(C12=c12, C21=c21, C23=c23, C30=c30, phi12=turn, phi21=turn, phi23=turn)
    c, s = np.cos(turn), np.sin(turn)
    np.testing.assert_allclose(turned.phase(c * kx - s * ky, s * kx + c * ky, 300e3), whole, atol=1e-9)
    assert whole[2] == 0


def test_no_residual_is_the_acquisition_itself() -> None:
    k = np.linspace(0, 0.5, 7)
    plain, actual = Acquisition(**setting()), ActualAcquisition(**setting(), residual=NONE)
    np.testing.assert_array_equal(plain.beam_phase(k, 0 * k), actual.beam_phase(k, 0 * k))
    assert ActualAcquisition.knobs() == Acquisition.knobs()
    assert "spherical_aberration" not in Acquisition.knobs()


@given(st.floats(2, 20), st.floats(-2e3, 2e3), st.floats(-2e7, 2e7))
def test_rays_reach_as_far_as_the_slope_of_the_phase(semiangle: float, defocus: float, cs: float) -> None:
    """A ray at k lands at ∇χ/2π; tangent for angle makes 0.02 % at 20 mrad."""
    k = np.linspace(0, semiangle * 1e-3 / physics.wavelength(200e3), 4001)
    chi = physics.aberration_phase(k, 200e3, defocus, cs)
    farthest = np.max(np.abs(np.gradient(chi, k))) / (2 * np.pi)
    assert physics.ray_radius(semiangle, defocus, cs) == pytest.approx(farthest, rel=5e-3, abs=0.05)


def test_spherical_aberration_widens_the_probe_that_overlaps() -> None:
    assert Acquisition(**setting(defocus=0.0, spherical_aberration=1.2e7)).probe_radius == pytest.approx(
        1.2e7 * np.tan(12e-3) ** 3
    )
    with pytest.raises(ValidationError):
        Acquisition(**setting(spherical_aberration=float("nan")))
