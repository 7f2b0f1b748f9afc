"""Laws of imaging that the whole chain must obey: real crystal, real multislice, real counts, real reconstruction."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt import physics
from beamopt.acquisition import Acquisition
from beamopt.evaluation import Evaluator
from beamopt.expose import expose
from beamopt.measurement import Expectation, Reconstruction
from beamopt.reconstruct import reconstruct
from beamopt.spec import StudySpec, load_study

WEAK: dict[str, object] = {
    "sample": {"name": "graphene", "thickness": 10.0, "window": 29.0, "field": 29.0},
    "methods": ["icom"],
    "camera.pixels": 48,
}
"""Graphene is a weak phase object one atom thick; its (100) planes are 2.13 Å apart."""

Params = Mapping[str, float]


@pytest.fixture(scope="module")
def weak() -> Evaluator:
    spec = load_study("srtio3_quick", WEAK | {"semiangle_cutoff": {"low": 5.0, "high": 25.0}})
    return Evaluator.prepare(spec)


@lru_cache
def expectation(evaluator: Evaluator, acquisition: Acquisition) -> Expectation:
    """Noise-free patterns, which no dose changes."""
    return evaluator.engine().expectation(acquisition)


def icom(
    evaluator: Evaluator, *, dose: float, seed: int = 0, semiangle: float = 15.0, step: float = 0.5, outer: float = 25.0
) -> Reconstruction:
    """In-focus iCOM image of one noise draw."""
    params = {"semiangle_cutoff": semiangle, "defocus": 0.0, "detector_outer": outer}
    proposal = evaluator.spec.propose(params | {"scan_sampling": step, "dose_per_area": dose})
    expected = expectation(evaluator, replace(proposal.acquisition, dose_per_area=1.0))
    counted = expose(expected, dose, np.random.default_rng(seed))
    settings = proposal.settings["icom"]
    return reconstruct(counted, proposal.acquisition, "icom", settings, thickness=0.0, seed=seed)


def spectrum(image: Reconstruction) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Spatial frequency [Å⁻¹] and Fourier transform of the phase."""
    phase = np.angle(image.transmission)
    q = [np.fft.fftfreq(n, s) for n, s in zip(phase.shape, image.sampling, strict=True)]
    return np.hypot(q[0][:, None], q[1][None, :]), np.fft.fft2(phase - phase.mean())


def noise_of(make: Callable[..., Reconstruction], draws: int = 6) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Root-mean-square noise amplitude of every Fourier coefficient over pairs of draws."""
    spectra = [spectrum(make(seed=seed)) for seed in range(draws)]
    stack = np.array([s for _, s in spectra])
    return spectra[0][0], np.sqrt(np.mean(np.abs(stack - stack.mean(axis=0)) ** 2, axis=0) * draws / (draws - 1))


def test_counts_are_dose_times_step_squared(weak: Evaluator) -> None:
    params = {"semiangle_cutoff": 15.0, "defocus": 0.0, "detector_outer": 25.0, "scan_sampling": 0.7}
    result = weak.evaluate(weak.spec.propose(params | {"dose_per_area": 2e4}), trial=0)
    sx, sy = result.expected.scan_sampling
    caught = result.expected.array.sum(axis=(2, 3)).mean()
    assert result.counted.array.sum(axis=(2, 3)).mean() == pytest.approx(2e4 * sx * sy * caught, rel=0.01)
    assert caught == pytest.approx(1, abs=0.02)


def test_icom_noise_falls_as_one_over_q_and_with_the_root_of_dose(weak: Evaluator) -> None:
    q, low = noise_of(partial(icom, weak, dose=1e4))
    _, high = noise_of(partial(icom, weak, dose=1e5))
    band = (q > 0.1) & (q < 0.8)
    slope = np.polyfit(np.log(q[band]), np.log(low[band]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.1)
    assert np.median(low[band] / high[band]) == pytest.approx(np.sqrt(10), rel=0.1)


def test_step_does_not_matter_at_the_same_dose_until_it_aliases(weak: Evaluator) -> None:
    """Up to λ/(4α), here 0.49 Å at 10 mrad, the spectral signal-to-noise ratio is that of the dose alone."""
    spacing = 2.131
    ratios = []
    for step in (0.25, 0.48):
        q, noise = noise_of(partial(icom, weak, dose=1e4, semiangle=10.0, step=step))
        _, clean = spectrum(icom(weak, dose=1e12, semiangle=10.0, step=step))
        ring = np.abs(q - 1 / spacing) < 0.02
        bragg = ring & (np.abs(clean) > 0.5 * np.abs(clean[ring]).max())
        near = (np.abs(q - 1 / spacing) < 0.06) & (np.abs(clean) < 0.02 * np.abs(clean[bragg]).max())
        ratios.append(np.abs(clean[bragg]).mean() / np.sqrt(np.mean(noise[near] ** 2)))
    # Fourier coefficients of n samples: signal grows as n, white noise of n samples at dose·step² electrons as n too.
    assert ratios[0] == pytest.approx(ratios[1], rel=0.15)


def test_best_aperture_for_a_spacing(weak: Evaluator) -> None:
    """In-focus iCOM resolves 2.13 Å best near 1.196·λ/d = 11.0 mrad (Fisher information 4x²O(x)²)."""
    spacing = 2.131
    best = 1.196 * physics.wavelength(300e3) / spacing * 1e3
    quality = {}
    for semiangle in (6.0, best, 20.0):
        q, noise = noise_of(partial(icom, weak, dose=1e4, semiangle=semiangle, step=0.4))
        _, clean = spectrum(icom(weak, dose=1e12, semiangle=semiangle, step=0.4))
        ring = np.abs(q - 1 / spacing) < 0.02
        near = np.abs(q - 1 / spacing) < 0.08
        quality[semiangle] = np.abs(clean[ring]).max() / np.sqrt(np.median(noise[near] ** 2))
    x = {a: physics.wavelength(300e3) / (a * 1e-3 * spacing) for a in quality}
    theory = {a: float(x[a] * physics.disc_overlap(x[a])) for a in quality}
    for semiangle in quality:
        assert quality[semiangle] / quality[best] == pytest.approx(theory[semiangle] / theory[best], abs=0.12)


def test_more_dose_tells_more(weak: Evaluator) -> None:
    params = {"semiangle_cutoff": 15.0, "defocus": 0.0, "detector_outer": 25.0, "scan_sampling": 0.5}
    told = [
        weak.evaluate(weak.spec.propose(params | {"dose_per_area": dose}), trial=0).value("information")
        for dose in (1e3, 1e4, 1e5, 1e6)
    ]
    assert told == sorted(told)


def test_same_trial_same_numbers_and_other_trial_other_noise(weak: Evaluator) -> None:
    params = {"semiangle_cutoff": 15.0, "defocus": 0.0, "detector_outer": 25.0, "scan_sampling": 0.7}
    proposal = weak.spec.propose(params | {"dose_per_area": 1e4})
    again = Evaluator.prepare(weak.spec)
    first, second, other = (e.evaluate(proposal, trial=t) for e, t in ((weak, 3), (again, 3), (weak, 4)))
    np.testing.assert_array_equal(first.counted.array, second.counted.array)
    assert first.methods["icom"].mean() == second.methods["icom"].mean()
    assert not np.array_equal(first.counted.array, other.counted.array)


def mof(**changes: object) -> StudySpec:
    return load_study("mof_coherent", {"methods": ["ptychography"], **changes})


@pytest.mark.slow
def test_noise_free_uio66_comes_back() -> None:
    """44 Å of UiO-66 at 10 mrad, 300 Å, 1 Å without noise: FRC above 0.9 from 0.25 to 0.65 Å⁻¹."""
    spec = mof(
        **{
            "sample.thickness": 44.0,
            "semiangle_cutoff": {"low": 5.0, "high": 10.0},
            "reconstruct.ptychography.iterations": 20,
        }
    )
    params = {"semiangle_cutoff": 10.0, "defocus": 300.0, "detector_outer": 20.0, "scan_sampling": 1.0}
    result = Evaluator.prepare(spec).evaluate(spec.propose(params | {"dose_per_area": 1e6}), trial=0)
    scores = result.methods["ptychography"].scores[0]
    band = (scores.frequency > 0.25) & (scores.frequency < 0.65)
    assert band.sum() > 8
    assert scores.frc[band].min() > 0.9


@pytest.mark.slow
def test_setting_matters_at_low_dose() -> None:
    """At 100 e/Å² a good setting tells several times as much as an arbitrary one."""
    spec = mof()
    evaluator = Evaluator.prepare(spec)

    def information(semiangle: float, defocus: float, outer: float) -> float:
        params = {"semiangle_cutoff": semiangle, "defocus": defocus, "detector_outer": outer}
        proposal = spec.propose(params | {"scan_sampling": 1.0, "dose_per_area": 100.0})
        return evaluator.evaluate(proposal, trial=0).value("information")

    assert information(10, 400, 15) > 2 * information(5, 50, 10)
