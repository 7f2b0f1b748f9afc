"""The true image: exact at any pixel, band-limited like the image it is compared with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt import physics
from beamopt.potential import Potential, true_transmission

ENERGY = 300e3
CELL = (9.0, 12.0)


def smooth_potential(strength: float = 300.0, repeats: int = 2) -> Potential:
    """Two slices of a few low harmonics without any symmetry."""
    x, y = np.meshgrid(np.arange(36) / 36, np.arange(48) / 48, indexing="ij")
    one = np.cos(2 * np.pi * x) + 0.5 * np.sin(4 * np.pi * (x + y)) + 0.3 * np.cos(2 * np.pi * (2 * y - x) + 1)
    slices = strength * np.stack([one, 0.4 * np.roll(one, 5, axis=1)]).astype(np.float32)
    return Potential(slices=slices, slice_thickness=(2.0, 2.0), cell=CELL, repeats=repeats, supercell=(2, 2))


def exact(x: float, y: float, strength: float = 300.0) -> complex:
    """The same transmission in closed form."""

    def one(x: float, y: float) -> float:
        return float(
            np.cos(2 * np.pi * x) + 0.5 * np.sin(4 * np.pi * (x + y)) + 0.3 * np.cos(2 * np.pi * (2 * y - x) + 1)
        )

    u, v = x / CELL[0], y / CELL[1]
    potential = 2 * strength * (one(u, v) + 0.4 * one(u, v - 5 / 48))
    return complex(np.exp(1j * physics.interaction_parameter(ENERGY) * potential))


@given(
    origin=st.tuples(st.floats(-40, 40), st.floats(-40, 40)),
    sampling=st.tuples(st.floats(0.2, 0.35), st.floats(0.2, 0.35)),
)
def test_every_pixel_is_the_closed_form(origin: tuple[float, float], sampling: tuple[float, float]) -> None:
    image = true_transmission(smooth_potential(), ENERGY, sampling=sampling, origin=origin, shape=(3, 4))
    for i in range(3):
        for j in range(4):
            assert image[i, j] == pytest.approx(
                exact(origin[0] + i * sampling[0], origin[1] + j * sampling[1]), abs=1e-5
            )


def test_a_phase_of_many_radians_does_not_fold_over() -> None:
    strength, n = 5000.0, (36, 48)
    image = true_transmission(smooth_potential(strength), ENERGY, sampling=(0.5, 0.5), origin=(0, 0), shape=(18, 24))
    fine = np.array(
        [
            [exact(x, y, strength) for y in np.arange(4 * n[1]) * CELL[1] / (4 * n[1])]
            for x in np.arange(4 * n[0]) * CELL[0] / (4 * n[0])
        ]
    )
    assert np.ptp(np.angle(image)) > 6
    low = np.arange(-8, 9)
    np.testing.assert_allclose(
        np.fft.fft2(image, norm="forward")[np.ix_(low, low)],
        np.fft.fft2(fine, norm="forward")[np.ix_(low, low)],
        atol=1e-6,
    )


def test_repeats_multiply_the_phase() -> None:
    weak = smooth_potential(strength=1.0, repeats=1)
    thick = smooth_potential(strength=1.0, repeats=5)
    one, five = (
        np.angle(true_transmission(p, ENERGY, sampling=(0.25, 0.25), origin=(0, 0), shape=(36, 48)))
        for p in (weak, thick)
    )
    np.testing.assert_allclose(five, 5 * one, atol=1e-6)


def test_nothing_at_or_above_nyquist_of_the_pixels_is_left() -> None:
    coarse = (CELL[0] / 6, CELL[1] / 8)
    fine = true_transmission(smooth_potential(), ENERGY, sampling=(0.25, 0.25), origin=(0, 0), shape=(36, 48))
    image = true_transmission(smooth_potential(), ENERGY, sampling=coarse, origin=(0, 0), shape=(6, 8))
    spectrum, series = np.fft.fft2(image, norm="forward"), np.fft.fft2(fine, norm="forward")
    np.testing.assert_allclose(
        spectrum[np.ix_([0, 1, 2, -2, -1], [0, 1, 2, 3, -3, -2, -1])],
        series[np.ix_([0, 1, 2, -2, -1], [0, 1, 2, 3, -3, -2, -1])],
        atol=1e-6,
    )
    assert np.max(np.abs(spectrum[3])) < 1e-6
    assert np.max(np.abs(spectrum[:, 4])) < 1e-6


def test_vacuum_is_one() -> None:
    empty = Potential(
        slices=np.zeros((1, 8, 8), np.float32), slice_thickness=(1.0,), cell=(4.0, 4.0), repeats=3, supercell=(1, 1)
    )
    image = true_transmission(empty, ENERGY, sampling=(0.3, 0.7), origin=(0.1, -5), shape=(9, 5))
    np.testing.assert_allclose(image, 1, atol=1e-6)
    assert image.dtype == np.complex64
