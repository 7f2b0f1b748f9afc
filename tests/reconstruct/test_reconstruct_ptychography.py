"""Ptychography's own settings: where it starts, what it keeps fixed, what it refuses."""

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.errors import InputError
from beamopt.measurement import Counts, Reconstruction
from beamopt.physics import disc_overlap
from beamopt.reconstruct import reconstruct
from beamopt.reconstruct.icom import centre_of_mass, integrated_phase
from beamopt.reconstruct.start import low_frequencies, momentum_noise, transfer
from beamopt.spec import PtychographySettings
from reconstruct.forward_model import acquisition, exposed, three_gaussians

STEPS = (0.9, 1.05)
SCAN = (26, 20)


def made(counts: Counts, defocus: float, **settings: object) -> Reconstruction:
    given = PtychographySettings.model_validate({"iterations": 5} | settings)
    return reconstruct(counts, acquisition(defocus), "ptychography", given, thickness=0, seed=2)


def low_pass(phase: NDArray[np.floating], sampling: tuple[float, float], highest: float) -> NDArray[np.float64]:
    qx, qy = (np.fft.fftfreq(n, d) for n, d in zip(phase.shape, sampling, strict=True))
    keep = np.hypot(qx[:, None], qy[None, :]) < highest
    low: NDArray[np.float64] = np.fft.ifft2(np.fft.fft2(phase - phase.mean()) * keep).real
    return low


def test_low_frequencies_come_sooner_from_icom() -> None:
    counts = exposed(acquisition(200.0, dose=1e5), STEPS, SCAN, width=2.5)
    errors = {}
    for start in ("flat", "icom"):
        image = made(counts, 200.0, start=start, iterations=5, normalization_min=1.0)
        x, y = (np.arange(image.transmission.shape[i]) * image.sampling[i] for i in (0, 1))
        truth = three_gaussians(x, y, counts.field, height=0.1, width=2.5)
        misfit = low_pass(np.angle(image.transmission) - truth, image.sampling, 0.15)
        errors[start] = misfit.std() / low_pass(truth, image.sampling, 0.15).std()
    assert errors["icom"] < 0.6 * errors["flat"]


def test_the_start_ignores_what_counting_noise_explains() -> None:
    a = acquisition(200.0, dose=20.0)
    vacuum = exposed(a, STEPS, SCAN, np.random.default_rng(1), height=0.0)
    specimen = exposed(acquisition(200.0, dose=1e5), STEPS, SCAN, np.random.default_rng(1), height=0.1, width=2.5)
    noise = low_frequencies(vacuum, a, defocus=200.0)
    signal = low_frequencies(specimen, a, defocus=200.0)
    assert signal.std() > 0.015
    assert noise.std() < 0.35 * integrated_phase(vacuum, a, 32)[0].std()


def test_momentum_noise_is_what_repeated_counting_scatters() -> None:
    a = acquisition(0.0, dose=50.0)
    vacuum = exposed(a, STEPS, SCAN, np.random.default_rng(1), height=0.0)
    com = centre_of_mass(vacuum, a)
    assert com.var() == pytest.approx(momentum_noise(vacuum, a), rel=0.15)


def test_transfer_in_focus_is_the_overlap_of_two_discs() -> None:
    a = acquisition(0.0)
    counts = exposed(a, STEPS, (2, 2), np.random.default_rng(1))
    q = np.linspace(0, 1.2 * a.cutoff, 7)
    assert transfer(q, a, counts, defocus=0.0) == pytest.approx(disc_overlap(q / a.cutoff), abs=0.02)


def test_a_blind_probe_takes_up_what_the_known_one_got_wrong() -> None:
    counts = exposed(acquisition(200.0, dose=1e5), STEPS, (14, 12), height=0.2)
    wrong = 260.0
    known = made(counts, wrong, iterations=8)
    blind = made(counts, wrong, iterations=8, blind_probe=True)
    assert blind.errors[-1] < 0.8 * known.errors[-1]
    assert "probe" in known.unsolved
    assert "probe" not in blind.unsolved


def test_the_settings_say_how_to_make_it_again() -> None:
    counts = exposed(acquisition(200.0, dose=100.0), STEPS, (8, 8), np.random.default_rng(1))
    first = made(counts, 200.0, step_size=0.3, batch=10, start="icom")
    again = {k: v for k, v in first.settings.items() if k in PtychographySettings.model_fields}
    second = made(counts, 200.0, **again)
    assert first.transmission.tobytes() == second.transmission.tobytes()


def test_an_odd_camera_is_refused() -> None:
    counts = Counts(
        array=np.ones((3, 3, 33, 33), dtype=np.uint8),
        scan_sampling=STEPS,
        angular_sampling=1.0,
        electrons_per_pattern=1e3,
    )
    with pytest.raises(InputError, match=r"camera\.pixels = 33 is odd"):
        made(counts, 0.0)
