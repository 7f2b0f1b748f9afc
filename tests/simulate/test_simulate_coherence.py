"""A partially coherent probe as a few waves: against its density matrix, the fine scan, both engines and itself."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.damage import Fading
from beamopt.errors import InfeasibleError
from beamopt.potential import Potential
from beamopt.simulate import PERFECT, Imperfections
from beamopt.simulate.crystal import CrystalEngine, build_matrix
from beamopt.simulate.expectation import expectation, routes
from beamopt.simulate.lattice import Block, illuminate
from beamopt.simulate.modes import TOLERANCE, partially_coherent
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.simulate.orbit import orbits
from beamopt.simulate.probe import Probe, coherent, symmetric
from beamopt.simulate.routes import Direct, Filtered
from simulate.simulate_cases import lopsided, perovskite, prepare, setting

FADING = Fading(value=40.0, source="test", status="guess")
BY_FREQUENCY = Fading(value=40.0, shape="protein", reference=0.3, source="test", status="guess")
SESSION = Imperfections(source_size=0.2, focal_spread=21.0)


@cache
def engine(name: str) -> CrystalEngine:
    setup = prepare({"perovskite": perovskite, "lopsided": lopsided}[name]())
    return CrystalEngine(setup, build_matrix(setup))


def relative(found: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    """Electrons in the wrong pixel."""
    return float(np.sum(np.abs(found - wanted), dtype=np.float64) / np.sum(wanted, dtype=np.float64))


def both(
    name: str, acquisition: Acquisition, imperfections: Imperfections
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Patterns by modes and by a fine scan, at positions that fit the cell and at some that do not."""
    found = engine(name)
    wanted = np.array([0.0, 1.1, 2.7, 3.3]), np.array([0.0, 0.9, 2.2])
    direct, filtered = routes(found.setup, acquisition, found.scatter, imperfections, wanted)
    assert isinstance(direct, Direct)
    assert isinstance(filtered, Filtered)
    return direct.patterns(), filtered.patterns()


@settings(max_examples=20, deadline=None)
@given(
    semiangle=st.floats(3, 25),
    defocus=st.floats(-800, 800),
    source_size=st.floats(0, 0.4),
    focal_spread=st.floats(0, 60),
)
def test_waves_have_the_density_matrix_of_source_and_focal_spread(
    semiangle: float, defocus: float, source_size: float, focal_spread: float
) -> None:
    acquisition, window = setting(semiangle_cutoff=semiangle, defocus=defocus), (15.0, 12.0)
    probe = partially_coherent(acquisition, window, source_size=source_size, focal_spread=focal_spread)
    assume(probe is not None)  # None says that modes would be too many; `Filtered` serves there
    assert probe is not None
    block, amplitudes = illuminate(acquisition, window)
    k = np.stack(np.broadcast_arrays(block.frequencies(0)[:, None], block.frequencies(1)[None, :])).reshape(2, -1)
    apart = np.sum((k[:, :, None] - k[:, None, :]) ** 2, axis=0)
    k2 = np.sum(k**2, axis=0)
    turns = np.pi * acquisition.wavelength * focal_spread * (k2[:, None] - k2[None, :])
    a = amplitudes.ravel()
    wanted = np.exp(-2 * np.pi**2 * source_size**2 * apart - turns**2 / 2) * a[:, None] * a.conj()
    waves = probe.modes.reshape(len(probe.modes), -1)
    found = waves.T @ waves.conj()
    np.testing.assert_allclose(np.diag(found).real, np.abs(a) ** 2, rtol=1e-5, atol=1e-12)
    assert np.linalg.norm(found - wanted) < 2 * TOLERANCE * np.linalg.norm(wanted)


def test_a_point_source_at_one_focus_is_one_wave_to_the_last_bit() -> None:
    acquisition, window = setting(), (15.0, 12.0)
    probe = partially_coherent(acquisition, window, source_size=0.0, focal_spread=0.0)
    assert probe is not None
    np.testing.assert_array_equal(probe.modes, coherent(acquisition, window).modes)


def test_more_waves_than_could_be_of_use_are_refused() -> None:
    assert partially_coherent(setting(), (15.0, 12.0), source_size=5.0, focal_spread=0.0) is None


@pytest.mark.parametrize("name", ["perovskite", "lopsided"])
@pytest.mark.parametrize(("semiangle", "defocus"), [(6.0, 50.0), (10.0, -250.0), (15.0, 300.0), (15.0, 0.0)])
def test_waves_give_what_the_fine_scan_gives(name: str, semiangle: float, defocus: float) -> None:
    acquisition = setting(semiangle_cutoff=semiangle, defocus=defocus)
    for imperfections in (SESSION, replace(SESSION, fading=FADING)):
        direct, filtered = both(name, acquisition, imperfections)
        assert relative(direct, filtered) < 2 * TOLERANCE
        assert np.max(np.abs(direct - filtered)) < 4 * TOLERANCE * np.max(filtered)
        np.testing.assert_allclose(direct.sum((2, 3)), filtered.sum((2, 3)), rtol=3e-4)


def test_the_source_is_seen_at_all() -> None:
    acquisition = setting(semiangle_cutoff=15.0, defocus=300.0)
    direct, filtered = both("perovskite", acquisition, SESSION)
    sharp, _ = both("perovskite", acquisition, replace(SESSION, source_size=0.02))
    assert relative(sharp, filtered) > 10 * relative(direct, filtered)


@pytest.mark.parametrize("source_size", [0.1, 0.25])
def test_a_source_weakens_each_component_of_a_weak_object(source_size: float) -> None:
    """exp(-2π²s²q²), P. D. Nellist and J. M. Rodenburg, Ultramicroscopy 54, 61 (1994)."""
    weak = replace(lopsided(), slices=(lopsided().slices * 0.02).astype(np.float32))
    found = MultisliceEngine(prepare(weak))
    acquisition = setting(semiangle_cutoff=10.0, scan_sampling=0.45)  # finer than λ/(4α) = 0.49 Å
    n = tuple(round(side / 0.45) for side in weak.cell)
    wanted = np.arange(n[0]) * weak.cell[0] / n[0], np.arange(n[1]) * weak.cell[1] / n[1]
    before, after = (
        np.fft.fft2(
            routes(found.setup, acquisition, found.scatter, session, wanted)[0].patterns().astype(np.float64),
            axes=(0, 1),
        )
        for session in (PERFECT, Imperfections(source_size=source_size))
    )
    q = [np.fft.fftfreq(count, side / count) for count, side in zip(n, weak.cell, strict=True)]
    kept = np.exp(-2 * np.pi**2 * source_size**2 * (q[0][:, None] ** 2 + q[1][None, :] ** 2))
    error, effect = after - before * kept[:, :, None, None], before * (1 - kept[:, :, None, None])
    error[0, 0] = 0  # in a 15 Å window two beams 1/15 Å⁻¹ apart still overlap, and so even the mean pattern changes
    assert np.linalg.norm(error) < 0.1 * np.linalg.norm(effect)


def test_fading_alone_pulls_towards_the_mean_of_the_fine_scan() -> None:
    for semiangle in (8.0, 15.0):
        acquisition = setting(semiangle_cutoff=semiangle, defocus=200.0)
        direct, filtered = both("perovskite", acquisition, Imperfections(fading=FADING))
        assert relative(direct, filtered) < TOLERANCE


def test_imperfect_engines_agree() -> None:
    acquisition, session = setting(semiangle_cutoff=9.0), replace(SESSION, fading=FADING)
    crystal = engine("lopsided").expectation(acquisition, session)
    slow = MultisliceEngine(prepare(lopsided())).expectation(acquisition, session)
    assert np.max(np.abs(crystal.array - slow.array)) < 2e-5 * np.max(slow.array)


def test_the_same_session_gives_the_same_bits() -> None:
    session = replace(SESSION, fading=FADING)
    one, two = (engine("perovskite").expectation(setting(), session).array for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("session", [PERFECT, SESSION, Imperfections(fading=BY_FREQUENCY)])
def test_mirror_images_are_what_would_have_been_computed(session: Imperfections) -> None:
    for potential in (perovskite(), replace(perovskite(), slices=np.roll(perovskite().slices, (3, 7), axis=(1, 2)))):
        setup, acquisition = prepare(potential), setting(scan_sampling=potential.cell[0] / 4)
        plain = prepare(potential)
        plain.__dict__["mirrors"] = ()
        matrix = build_matrix(setup)
        assert len(setup.mirrors) == 2
        mirrored, whole = (CrystalEngine(s, matrix).expectation(acquisition, session).array for s in (setup, plain))
        assert np.max(np.abs(mirrored - whole)) < (5e-4 if session.fading else 1e-4) * np.max(whole)


def test_a_probe_without_symmetry_has_no_mirror_images() -> None:
    probe = coherent(setting(), (15.0, 12.0))
    slope = np.linspace(1, 1.001, probe.modes.shape[1], dtype=np.float32)
    tilted = Probe(probe.block, probe.modes * slope[:, None])
    assert [symmetric(probe, axis) for axis in (0, 1)] == [True, True]
    assert [symmetric(tilted, axis) for axis in (0, 1)] == [False, True]


@given(count=st.integers(1, 12), cells=st.integers(1, 3), total=st.floats(-5, 5), start=st.floats(-3, 3))
def test_every_position_is_a_first_or_an_image_of_one(count: int, cells: int, total: float, start: float) -> None:
    side = 4.0
    positions = start + np.arange(count) * cells * side / count
    for mirror in (None, total, 2 * start):
        found = orbits(positions, side, mirror)
        assert set(found.first) | set(found.image) == set(range(count))
        moved = found.first != found.image
        apart = (positions[found.first] + positions[found.image] - (mirror or 0.0))[moved] / side
        np.testing.assert_allclose(apart, np.round(apart), atol=1e-5)
    if math.gcd(count, cells) == 1:
        assert len(orbits(positions, side, 2 * start).first) == count // 2 + 1


def test_a_session_beyond_reach_is_refused_before_anything_is_computed() -> None:
    sheet: Potential = replace(lopsided(), supercell=(1, 1), cell=(61.0, 73.0))

    def never(
        probe: Probe, x: NDArray[np.float64], y: NDArray[np.float64], block: Block, beams: NDArray[np.complex64]
    ) -> None:
        raise AssertionError(f"{len(probe.modes)} waves at {len(x)} x {len(y)} in {block}, {beams.shape}")

    setup = prepare(sheet, semiangle_cutoff=20.0, field=(10.0, 10.0))
    acquisition = setting(semiangle_cutoff=20.0)
    with pytest.raises(InfeasibleError, match=r"fading at semiangle_cutoff=20 mrad .* patterns, .*; lower"):
        expectation(setup, acquisition, never, Imperfections(fading=BY_FREQUENCY))
    with pytest.raises(InfeasibleError, match="focal spread"):
        expectation(setup, acquisition, never, Imperfections(focal_spread=9e3))
