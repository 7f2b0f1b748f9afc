"""An uncorrected column: known spherical aberration in every method, on patterns of another room's making."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.limit import Conditions, linear
from beamopt.measurement import Counts
from beamopt.potential import Potential
from beamopt.reconstruct import reconstruct
from beamopt.reconstruct.direct import matched
from beamopt.reconstruct.probe import known_probe
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.simulate.setup import Setup
from beamopt.spec import METHODS

SIDE, GRID, POSITIONS, PIXELS = 36.0, 180, 45, 48
CS = 1.2e7
UNCORRECTED = Acquisition(
    energy=200e3,
    semiangle_cutoff=10.0,
    defocus=650.0,
    detector_outer=16.0,
    scan_sampling=SIDE / POSITIONS,
    dose_per_area=1e7,
    spherical_aberration=CS,
)
IGNORANT = replace(UNCORRECTED, spherical_aberration=0.0)


def weak_phase() -> NDArray[np.float64]:
    k = np.fft.fftfreq(GRID, SIDE / GRID)
    radius = np.hypot(k[:, None], k[None, :])
    white = np.fft.fft2(np.random.default_rng(3).standard_normal((GRID, GRID)))
    phase = np.fft.ifft2(white * np.exp(-((radius / 0.35) ** 2)) * (radius > 0.1)).real
    return np.asarray(0.03 * phase / phase.std())


@cache
def counts() -> Counts:
    """Noiseless counts of a weak phase in one thin sheet, the scan periodic as the sheet is."""
    slices = (weak_phase() / physics.interaction_parameter(200e3)).astype(np.float32)[None]
    sheet = Potential(slices=slices, slice_thickness=(1.0,), cell=(SIDE, SIDE), repeats=1, supercell=(1, 1))
    setup = Setup(
        potential=sheet, energy=200e3, semiangle_cutoff=10.0, detector_outer=16.0, pixels=PIXELS, field=(SIDE, SIDE)
    )
    expected = MultisliceEngine(setup).expectation(UNCORRECTED)
    assert expected.array.shape[:2] == (POSITIONS, POSITIONS)
    electrons = UNCORRECTED.electrons_per_pattern
    return Counts(
        array=np.rint(expected.array * electrons).astype(np.uint32),
        scan_sampling=expected.scan_sampling,
        angular_sampling=expected.angular_sampling,
        electrons_per_pattern=electrons,
    )


def modes(
    method: str, believed: Acquisition
) -> tuple[NDArray[np.complex128], NDArray[np.complex128], NDArray[np.float64]]:
    """Modes of the image's phase and of the true one, and their |q| [Å⁻¹]."""
    image = reconstruct(counts(), believed, method, METHODS[method](), thickness=0.0, seed=1)
    phase = np.angle(image.transmission * np.conj(image.transmission.mean())).astype(np.float64)
    rows = np.rint(np.fft.fftfreq(40, 1 / 40)).astype(int)
    found, true = (np.fft.fft2(p, norm="forward")[np.ix_(rows % len(p), rows % len(p))] for p in (phase, weak_phase()))
    return found, true, np.hypot(rows[:, None], rows[None, :]) / SIDE


@pytest.mark.parametrize("method", ["obf", "ssb"])
def test_what_is_known_is_made_good(method: str) -> None:
    """Correlation with the truth beyond the low frequencies, which need no lens."""
    likeness = []
    for believed in (UNCORRECTED, IGNORANT):
        found, true, q = modes(method, believed)
        seen = (q > 0.2) & (q < 0.6)
        likeness.append(
            np.vdot(true[seen], found[seen]).real / np.linalg.norm(true[seen]) / np.linalg.norm(found[seen])
        )
    assert likeness[0] > 0.99
    assert likeness[1] < 0.95


def test_parallax_has_the_transfer_of_theory() -> None:
    """Sum over the disc of sin(χ(k+q) - χ(k) - q·∇χ(k)), here by counting on a grid of its own; never negative."""
    found, true, q = modes("parallax", UNCORRECTED)
    at = np.linspace(-1, 1, 61) * UNCORRECTED.cutoff
    kx, ky = (k[np.hypot(*np.meshgrid(at, at)) <= UNCORRECTED.cutoff] for k in np.meshgrid(at, at))
    lam = UNCORRECTED.wavelength

    def chi(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        theta2 = lam**2 * (x**2 + y**2)
        return 2 * np.pi / lam * (CS * theta2**2 / 4 - UNCORRECTED.defocus * theta2 / 2)

    slope = 2 * np.pi * lam * (CS * lam**2 * (kx**2 + ky**2) - UNCORRECTED.defocus) * kx
    for low in np.arange(0.1, 0.55, 0.05):
        ring = (q >= low) & (q < low + 0.05)
        gain = np.vdot(true[ring], found[ring]).real / np.sum(np.abs(true[ring]) ** 2)
        passed = [
            np.where(
                np.hypot(kx + one, ky) <= UNCORRECTED.cutoff, np.sin(chi(kx + one, ky) - chi(kx, ky) - one * slope), 0
            )
            for one in q[ring]
        ]
        assert gain > 0
        assert gain == pytest.approx(np.abs(np.mean(passed, axis=1)).mean(), rel=0.2, abs=0.005)


def test_weights_are_the_linear_limit_with_the_same_aberration() -> None:
    """Σ|Γ|²/Ī of every mode against the quadrature, camera pixels included; ignorance gives other numbers."""
    q = np.hypot(
        *np.meshgrid(
            np.fft.fftfreq(POSITIONS, SIDE / POSITIONS), np.fft.rfftfreq(POSITIONS, SIDE / POSITIONS), indexing="ij"
        )
    )
    pixel = Conditions(angular_sampling=counts().angular_sampling)
    for believed in (UNCORRECTED, replace(UNCORRECTED, defocus=100.0)):
        found = matched(counts(), believed).overlap[..., 0, 0].real
        difference = (found - linear(believed, q, pixel))[q > 0.06]
        assert abs(difference.mean()) < 0.03
        assert np.abs(difference).max() < 0.2
        other = (found - linear(replace(believed, spherical_aberration=0.0), q, pixel))[q > 0.06]
        assert np.abs(other).max() > 0.3


def test_the_limit_takes_it_from_the_acquisition_or_the_conditions() -> None:
    q = np.linspace(0, 2, 31) * UNCORRECTED.cutoff
    np.testing.assert_allclose(
        linear(UNCORRECTED, q), linear(IGNORANT, q, Conditions(spherical_aberration=CS)), atol=1e-12
    )


def test_known_probe_is_as_wide_as_its_rays() -> None:
    """Nine tenths of the beam within the ray-optics radius, which forgets diffraction; far less with another Cs."""
    probe = np.abs(known_probe(UNCORRECTED, 256, 0.25, defocus=0.0, electrons=1.0)) ** 2
    pixel = UNCORRECTED.wavelength / (256 * 0.25e-3)
    at = np.fft.fftfreq(256, 1 / 256) * pixel
    within = np.hypot(at[:, None], at[None, :]) <= physics.ray_radius(10.0, 0.0, CS) + 1.0
    assert probe[within].sum() / probe.sum() > 0.9
    sharp = np.abs(known_probe(IGNORANT, 256, 0.25, defocus=0.0, electrons=1.0)) ** 2
    assert sharp.max() / sharp.sum() > 3 * probe.max() / probe.sum()
