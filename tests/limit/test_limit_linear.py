"""The linear limit against closed forms, its laws, and a direct sum over beams."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.limit import IDEAL, Conditions, full, icom, linear, linear_many, probe_limit, single_sideband

Make = Callable[..., Acquisition]
TINY = Conditions(angular_sampling=1e-9)  # forces the quadrature where the closed form would serve


def acquisition(alpha: float, defocus: float, outer: float = 60.0, energy: float = 300e3) -> Acquisition:
    return Acquisition(
        energy=energy, semiangle_cutoff=alpha, defocus=defocus, detector_outer=outer, scan_sampling=0.3, dose_per_area=1
    )


def test_zero_at_the_origin_and_beyond_twice_the_aperture(setting: Make) -> None:
    for defocus in (0.0, 500.0):
        a = setting(defocus=defocus)
        q = np.array([0.0, 2.001, 3.0]) * a.cutoff
        for conditions in (IDEAL, TINY, Conditions(spherical_aberration=1e7, thickness=50)):
            assert np.all(np.abs(linear(a, q, conditions)) < 1e-12)


def test_in_focus_peak(setting: Make) -> None:
    a = setting()
    x = np.linspace(0, 2, 4001)
    transfer = linear(a, x * a.cutoff)
    assert transfer.max() == pytest.approx(0.819, abs=5e-4)
    assert x[transfer.argmax()] == pytest.approx(0.894, abs=2e-3)


def test_icom_peak(setting: Make) -> None:
    a = setting()
    x = np.linspace(0, 2, 4001)
    transfer = icom(a, x * a.cutoff)
    assert transfer.max() == pytest.approx(0.654, abs=5e-4)
    assert x[transfer.argmax()] == pytest.approx(0.836, abs=2e-3)


@pytest.mark.parametrize("defocus", [0.0, 120.0, 900.0, -900.0])
def test_quadrature_equals_the_closed_form(setting: Make, defocus: float) -> None:
    a = setting(defocus=defocus)
    q = np.linspace(0, 2, 41) * a.cutoff
    assert np.allclose(linear(a, q, TINY), linear(a, q), atol=1e-9)


@pytest.mark.parametrize("k0", [13, 20, 31])
@pytest.mark.parametrize("curvature", [0.0, 0.01, 0.4])
def test_closed_form_is_the_sum_over_beams(
    disc: Callable[..., NDArray[np.complex128]], k0: int, curvature: float
) -> None:
    """2[O(x) - O(2x)·cos 2χ_q] against Σ_k |Γ|²/|a|² beam by beam, in rings, as a hard disc on a lattice jumps."""
    a = disc(4 * k0 + 4, k0, curvature)
    shifts = np.array([(i, j) for i in range(2 * k0) for j in range(2 * k0) if 0 < np.hypot(i, j) < 2 * k0])
    q = np.hypot(*shifts.T)
    area = np.count_nonzero(a) / np.pi  # the lattice's own disc
    x = q / np.sqrt(area)
    closed = 2 * (physics.disc_overlap(x) - physics.disc_overlap(2 * x) * np.cos(2 * curvature * q**2))
    difference = full(a[None], shifts).linear - closed
    ring = q.astype(int)
    mean = np.bincount(ring, difference)[1:] / np.bincount(ring)[1:]
    assert np.abs(mean).max() < 0.015


def test_strongly_defocused_is_twice_the_overlap(setting: Make) -> None:
    a = setting(defocus=200_000.0)
    x = np.linspace(0.1, 1.9, 19)
    nearby = (x[:, None] + np.linspace(-0.04, 0.04, 8001)) * a.cutoff
    mean = np.average(linear(a, nearby), axis=1, weights=np.hanning(8001))
    assert np.allclose(mean, 2 * physics.disc_overlap(x), atol=0.015)


@given(
    st.floats(2, 40),
    st.floats(-3000, 3000),
    st.floats(-1e7, 1e7),
    st.floats(0, 300),
    st.floats(0, 200),
    st.floats(4, 60),
)
def test_never_above_what_the_probe_allows(
    alpha: float, defocus: float, cs: float, thickness: float, spread: float, outer: float
) -> None:
    a = acquisition(alpha, defocus, outer)
    q = np.linspace(0.02, 2.2, 23) * a.cutoff
    found = linear(a, q, Conditions(spherical_aberration=cs, thickness=thickness, focal_spread=spread))
    assert np.all(found > -1e-12)
    coherent = linear(a, q, Conditions(spherical_aberration=cs))
    # Two sidebands of one sign cannot exceed twice the amplitude: |Γ|² ≤ 4 on the triple overlap.
    assert np.all(coherent <= 4 + 1e-9)
    assert np.all(found <= 2 * (physics.disc_overlap(q / a.cutoff) + physics.disc_overlap(2 * q / a.cutoff)) + 1e-9)


@given(st.floats(2, 40), st.floats(-1500, 1500))
def test_order_of_the_methods(alpha: float, defocus: float) -> None:
    """SSB ≤ OBF at any defocus, iCOM ≤ OBF in focus, OBF ≤ this probe ≤ 4."""
    a = acquisition(alpha, defocus)
    q = np.linspace(0.01, 2.2, 60) * a.cutoff
    assert np.all(single_sideband(a, q) <= linear(a, q) + 1e-12)
    assert np.all(linear(a, q) <= probe_limit(a, q) + 1e-6)
    assert np.all(probe_limit(a, q) <= 4)
    focused = acquisition(alpha, 0.0)
    assert np.all(icom(focused, q) <= linear(focused, q) + 1e-12)


@given(st.floats(0, 1.0), st.floats(-800, 800), st.floats(0, 100))
def test_source_size_is_a_factor(size: float, defocus: float, thickness: float) -> None:
    a = acquisition(10.0, defocus)
    q = np.linspace(0.05, 1.9, 20) * a.cutoff
    point = linear(a, q, Conditions(thickness=thickness))
    wide = linear(a, q, Conditions(thickness=thickness, source_size=size))
    assert np.allclose(wide, point * np.exp(-4 * np.pi**2 * size**2 * q**2), atol=1e-12)


def test_focal_spread_is_the_average_over_defocus(setting: Make) -> None:
    """Γ averaged over a Gaussian of defocus, then squared, on a fine grid of the disc."""
    a, spread, q = setting(defocus=150.0), 60.0, 0.45
    k = (np.arange(-400, 400) + 0.5) / 400 * a.cutoff
    kx, ky = k[:, None], k[None, :]
    inside = np.hypot(kx, ky) <= a.cutoff
    minus, plus = (np.hypot(kx + s * q, ky) <= a.cutoff for s in (-1, 1))
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    gamma = np.zeros(inside.shape, dtype=np.complex128)
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        c = -np.pi * a.wavelength * (a.defocus + spread * node)
        gamma += weight * (minus * np.exp(1j * c * (2 * kx * q - q * q)) - plus * np.exp(1j * c * (2 * kx * q + q * q)))
    expected = np.sum(np.abs(gamma[inside]) ** 2) / inside.sum()
    assert float(linear(a, q, Conditions(focal_spread=spread))) == pytest.approx(expected, abs=0.005)


def test_thickness_is_the_average_over_depth(setting: Make) -> None:
    """Every depth is a thin object at its own defocus; their Γ add coherently."""
    a, thickness, q = setting(defocus=200.0), 300.0, 0.5
    k = (np.arange(-300, 300) + 0.5) / 300 * a.cutoff
    kx, ky = k[:, None], k[None, :]
    inside = np.hypot(kx, ky) <= a.cutoff
    minus, plus = (np.hypot(kx + s * q, ky) <= a.cutoff for s in (-1, 1))
    gamma = np.zeros(inside.shape, dtype=np.complex128)
    for z in (np.arange(200) + 0.5) / 200 * thickness:
        c = -np.pi * a.wavelength * (a.defocus - z)
        gamma += minus * np.exp(1j * c * (2 * kx * q - q * q)) - plus * np.exp(1j * c * (2 * kx * q + q * q))
    expected = np.sum(np.abs(gamma[inside] / 200) ** 2) / inside.sum()
    assert float(linear(a, q, Conditions(thickness=thickness))) == pytest.approx(expected, abs=0.005)


def test_camera_pixel_is_the_average_over_it(setting: Make) -> None:
    """Γ summed over square pixels, squared, over the pixel's counts, for one direction of q at a time."""
    a, sampling = setting(defocus=400.0), 1.3
    q, fine, per = 0.4, 640, 40
    pixel = sampling * 1e-3 / a.wavelength
    k = (np.arange(fine) + 0.5 - fine / 2) * pixel / per
    kx, ky = k[:, None], k[None, :]
    inside = np.hypot(kx, ky) <= a.cutoff
    assert a.cutoff < k[-1]
    found = []
    for turn in (np.arange(12) + 0.5) * np.pi / 24:
        qx, qy = q * np.cos(turn), q * np.sin(turn)
        gamma = np.zeros(inside.shape, dtype=np.complex128)
        for sign in (-1, 1):
            there = inside & (np.hypot(kx + sign * qx, ky + sign * qy) <= a.cutoff)
            c = -np.pi * a.wavelength * a.defocus
            gamma -= sign * there * np.exp(1j * c * (2 * (kx * qx + ky * qy) + sign * q * q))
        binned = gamma.reshape(fine // per, per, -1, per).sum(axis=(1, 3))
        counts = inside.reshape(fine // per, per, -1, per).sum(axis=(1, 3))
        found.append(np.sum(np.abs(binned[counts > 0]) ** 2 / counts[counts > 0]) / inside.sum())
    # A pixel that an edge of the overlap crosses loses more than one inside, so 64 pixels across show a few per cent.
    model = float(linear(a, q, Conditions(angular_sampling=sampling)))
    assert model == pytest.approx(np.mean(found), rel=0.08)
    assert model < 0.97 * float(linear(a, q))


def test_a_camera_inside_the_disc_sees_less(setting: Make) -> None:
    q = np.linspace(0.05, 1.9, 30) * setting().cutoff
    whole = linear(setting(detector_outer=10.0), q)
    cut = [linear(setting(detector_outer=outer), q) for outer in (8.0, 5.0, 2.0)]
    assert np.all(cut[0] <= whole + 0.02)
    assert np.all(cut[1] <= cut[0] + 0.02)
    assert np.all(cut[2] <= cut[1] + 0.02)
    # The square of half width 2 mrad inside a disc of 10 mrad catches 16/100π of the beam and at most 4 per electron.
    assert np.all(cut[2] <= 4 * 16 / (100 * np.pi) + 0.01)


def test_background_shares_the_noise(setting: Make) -> None:
    a = setting(defocus=100.0)
    assert np.allclose(linear(a, 0.5, Conditions(background=1.0)), linear(a, 0.5) / 2)


def test_many_equals_one_by_one(setting: Make) -> None:
    many = [
        setting(semiangle_cutoff=a, defocus=d, detector_outer=o)
        for a, d, o in ((5, 0, 15), (12, 700, 20), (20, 300, 15))
    ]
    q = np.linspace(0, 1.2, 40)
    for conditions, tolerance in ((IDEAL, 0.05), (Conditions(thickness=100.0, source_size=0.3), 0.05)):
        single = np.stack([linear(a, q, conditions) for a in many])
        found = linear_many(many, q, conditions, threads=2)
        assert np.abs(found - single)[:2].max() < 1e-4
        assert np.abs(found - single).max() < tolerance
