"""What the patterns mean: energy, deflection, shadow images, direction."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt import physics
from beamopt.errors import InfeasibleError
from beamopt.potential import Potential
from beamopt.simulate.multislice import MultisliceEngine
from simulate.simulate_cases import perovskite, prepare, setting

SIDE = 32.0
GRID = 180


def sheet(projected: NDArray[np.float64]) -> Potential:
    return Potential(
        slices=projected[None].astype(np.float32),
        slice_thickness=(1.0,),
        cell=(SIDE, SIDE),
        repeats=1,
        supercell=(1, 1),
    )


def bump(x: float, y: float, width: float, phase: float) -> Potential:
    """A positive Gaussian phase [rad] at a place, periodic over the window."""
    at = np.arange(GRID) / GRID * SIDE
    gx, gy = (np.exp(-(((at - c + SIDE / 2) % SIDE - SIDE / 2) ** 2) / (2 * width**2)) for c in (x, y))
    return sheet(np.outer(gx, gy) * phase / physics.interaction_parameter(300e3))


def centre_of_mass(pattern: NDArray[np.float32], angular_sampling: float) -> tuple[float, float]:
    at = (np.arange(len(pattern)) - len(pattern) // 2) * angular_sampling
    total = float(pattern.sum())
    return float((pattern.sum(1) * at).sum() / total), float((pattern.sum(0) * at).sum() / total)


def test_pattern_sums_to_one_minus_what_leaves_the_camera() -> None:
    acquisition = setting(detector_outer=28.0)
    setup = prepare(perovskite(), detector_outer=28.0)
    engine = MultisliceEngine(setup)
    caught = engine.expectation(acquisition).array.sum(axis=(2, 3))
    beams = engine.exit_beams(acquisition, np.array([0.0]), np.array([0.0]), setup.block(28.0))
    edge = setup.block(28.0).frequencies(0) * physics.wavelength(300e3) * 1e3
    inside = np.abs(edge) < 28.0
    assert caught[0, 0] == pytest.approx(np.sum(np.abs(beams[0, 0][np.ix_(inside, inside)]) ** 2), abs=3e-3)
    assert np.all(caught < 1)
    assert np.all(caught > 0.9)


@pytest.mark.parametrize(("axis", "harmonics"), [(0, 4), (1, 4), (0, 10)])
def test_deflection_is_the_phase_gradient_times_the_overlap(axis: int, harmonics: int) -> None:
    # In focus a weak phase φ = ε·cos(2πqx) deflects by λ/2π·∇φ·O(q/k0), O the overlap of two discs.
    phase, q = 0.05, harmonics / SIDE
    at = np.arange(GRID) / GRID * SIDE
    wave = phase / physics.interaction_parameter(300e3) * np.cos(2 * np.pi * q * at)
    potential = sheet(np.broadcast_to(wave[:, None] if axis == 0 else wave[None, :], (GRID, GRID)))
    engine = MultisliceEngine(prepare(potential, pixels=64, field=(SIDE, SIDE)))
    place = [np.array([0.0]), np.array([0.0])]
    place[axis] = np.array([0.25 / q])
    acquisition = setting(defocus=0.0, semiangle_cutoff=12.0)
    block = engine.setup.block(acquisition.detector_outer)
    beams = np.abs(engine.exit_beams(acquisition, place[0], place[1], block)[0, 0]) ** 2
    angle = block.frequencies(axis) * physics.wavelength(300e3)
    found = float((beams.sum(1 - axis) * angle).sum() / beams.sum())
    gradient = -2 * np.pi * q * phase
    overlap = float(physics.disc_overlap(q / acquisition.cutoff))
    assert found == pytest.approx(physics.wavelength(300e3) / (2 * np.pi) * gradient * overlap, rel=0.03)


@pytest.mark.parametrize(("dx", "dy"), [(3.0, 0.0), (-3.0, 0.0), (0.0, 3.0), (0.0, -3.0)])
def test_the_beam_is_drawn_towards_matter(dx: float, dy: float) -> None:
    setup = prepare(bump(0.0 + dx, 0.0 + dy, 2.0, 0.5), field=(SIDE, SIDE))
    expected = MultisliceEngine(setup).expectation(setting(defocus=0.0, scan_sampling=16.0))
    mx, my = centre_of_mass(expected.array[0, 0], expected.angular_sampling)
    assert (np.sign(round(mx, 2)), np.sign(round(my, 2))) == (np.sign(dx), np.sign(dy))


def test_moving_the_matter_moves_the_scan() -> None:
    here, there = (
        MultisliceEngine(prepare(bump(x, 9.0, 1.5, 0.8), field=(SIDE, SIDE))).expectation(setting(scan_sampling=4.0))
        for x in (8.0, 12.0)
    )
    np.testing.assert_allclose(there.array, np.roll(here.array, 1, axis=0), atol=1e-5 * here.array.max())
    assert np.max(np.abs(there.array - np.roll(here.array, 1, axis=1))) > 0.01 * here.array.max()


@pytest.mark.parametrize("defocus", [1200.0, -1200.0])
def test_shadow_image_of_a_bump(defocus: float) -> None:
    # Rays of angle θ cross the specimen at r0 - θ·defocus. Behind a converging beam (underfocus) a focusing bump
    # spreads the rays, behind a diverging one it gathers them: density 1/(1 - defocus·λ/2π·φ'').
    aside, width, phase = 6.0, 2.5, 0.6
    acquisition = setting(defocus=defocus, semiangle_cutoff=10.0, detector_outer=12.0, scan_sampling=32.0)
    vacuum, lens = (
        MultisliceEngine(prepare(p, pixels=64, detector_outer=12.0)).expectation(acquisition).array[0, 0]
        for p in (sheet(np.zeros((GRID, GRID))), bump(aside, 0.0, width, phase))
    )
    at = (np.arange(64) - 32) * 24.0 / 64
    ratio = lens / vacuum
    middle = np.abs(at) < 1.0
    shadow = -1e3 * aside / defocus
    profile = ratio[:, middle].mean(axis=1)
    inside = np.abs(at) < 8.0
    strongest = at[inside][np.argmax(np.abs(profile[inside] - 1))]
    assert strongest == pytest.approx(shadow, abs=0.8)
    at_shadow = profile[np.argmin(np.abs(at - shadow))]
    assert (at_shadow < 0.95) if defocus > 0 else (at_shadow > 1.05)


def test_doubling_the_window_changes_little() -> None:
    acquisition = setting(defocus=60.0, scan_sampling=1.95)
    one, two = (
        MultisliceEngine(prepare(replace(perovskite(), supercell=(m, m)), field=(3.9, 3.9)))
        .expectation(acquisition)
        .array
        for m in (8, 16)
    )
    difference = np.abs(one - two).sum() / two.sum()
    assert difference < 0.05


def test_angles_beyond_the_engine_are_refused_in_one_line() -> None:
    engine = MultisliceEngine(prepare(perovskite()))
    with pytest.raises(InfeasibleError, match=r"detector_outer=26 mrad is beyond the 25 mrad .*; lower it"):
        engine.expectation(setting(detector_outer=26.0))
    with pytest.raises(ValueError, match="eV"):
        engine.expectation(setting(energy=200e3))
