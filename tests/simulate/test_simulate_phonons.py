"""Frozen phonons: at rest the crystal, in the mean Debye-Waller, and scattering between the Bragg beams besides."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from ase import Atoms
from numpy.typing import NDArray

from beamopt.cache import Cache
from beamopt.potential import Potential, build_potential, frozen_potential
from beamopt.simulate.crystal import CrystalEngine, build_matrix
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.simulate.phonons import FrozenPhononEngine
from beamopt.specimen import Specimen
from simulate.simulate_cases import prepare, setting

PLACES = [(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)]
SETTINGS: dict[str, Any] = {"sampling": 0.2, "slice_thickness": 2.0, "parametrization": "lobato", "window": 11.0}
MOTION = {"Sr": 0.09, "Ti": 0.08, "O": 0.1}
ASKED: dict[str, Any] = {"energy": 300e3, "semiangle_cutoff": 15.0, "detector_outer": 25.0, "pixels": 48}


@cache
def cell(repeats: int, formula: str = "SrTiO3") -> Specimen:
    atoms = Atoms(formula, scaled_positions=PLACES, cell=[3.905] * 3, pbc=True)
    return Specimen(name=formula, atoms=atoms, repeats=repeats)


def frozen(
    repeats: int, count: int, motion: dict[str, float] | float = 0.0, seed: int = 1, formula: str = "SrTiO3"
) -> list[Potential]:
    standing = build_potential(cell(repeats, formula), **SETTINGS)
    return [
        frozen_potential(
            cell(repeats, formula),
            standing,
            displacement=motion,
            parametrization="lobato",
            rng=np.random.default_rng([seed, number]),
            cache=Cache(),
        )
        for number in range(count)
    ]


def engine(potentials: list[Potential], **more: Any) -> FrozenPhononEngine:
    return FrozenPhononEngine(potentials, **(ASKED | {"field": potentials[0].window} | more))


def test_at_rest_it_is_the_crystal_engine_without_debye_waller_factors() -> None:
    """Exit beams within 2e-5 of the strongest, patterns within 1e-4 of the brightest pixel."""
    setup = prepare(build_potential(cell(4), **SETTINGS))
    crystal, still = CrystalEngine(setup, build_matrix(setup)), engine(frozen(4, 2))
    acquisition = setting(scan_sampling=3.905 / 4)
    x = y = np.array([0.0, 1.3])
    block = setup.block(acquisition.detector_outer)
    wanted = crystal.exit_beams(acquisition, x, y, block)
    assert np.abs(still.exit_beams(acquisition, x, y, block) - wanted).max() < 2e-5 * np.abs(wanted).max()
    whole, folded = still.expectation(acquisition), crystal.expectation(acquisition)
    assert whole.repeats == (1, 1)
    assert whole.scan_shape == folded.scan_shape == (12, 12)
    tiled = np.tile(folded.array, (*folded.repeats, 1, 1))
    assert np.abs(whole.array - tiled).max() < 1e-4 * tiled.max()


def test_the_mean_wave_tends_to_that_of_the_debye_waller_potential() -> None:
    """One cell of light atoms scatters nearly in proportion; the difference falls as one over √configurations."""
    acquisition, motion = setting(semiangle_cutoff=15.0, defocus=0.0), 0.2
    smeared, still = (build_potential(cell(1, "LiBe4"), displacement=u, **SETTINGS) for u in (motion, 0.0))
    x = y = np.array([0.0, 1.95])
    block = prepare(smeared).block(25.0)
    wanted, without = (MultisliceEngine(prepare(p)).exit_beams(acquisition, x, y, block) for p in (smeared, still))
    waves = [engine([one]).exit_beams(acquisition, x, y, block) for one in frozen(1, 96, motion, formula="LiBe4")]
    few = np.mean([np.linalg.norm(np.mean(waves[i : i + 8], axis=0) - wanted) for i in range(0, 96, 8)])
    many = np.linalg.norm(np.mean(waves, axis=0) - wanted)
    assert many == pytest.approx(few / np.sqrt(96 / 8), rel=0.3)
    assert many < 0.5 * np.linalg.norm(without - wanted)


def diffuse(beams: NDArray[np.complex64], cells: tuple[int, int], half: tuple[int, int]) -> float:
    """Share of a plane wave's intensity that leaves between the Bragg beams."""
    intensity = np.abs(beams[0, 0].astype(np.complex128)) ** 2
    bragg = [np.arange(-h, h + 1) % m == 0 for h, m in zip(half, cells, strict=True)]
    on = intensity[np.ix_(*bragg)].sum()
    return float((intensity.sum() - on) / intensity.sum())


def test_thermal_diffuse_scattering_leaves_between_the_bragg_beams() -> None:
    """A plane wave on a crystal leaves in Bragg beams alone; displaced atoms send a part between, as u² while small."""
    plane = setting(semiangle_cutoff=0.5, defocus=0.0)
    still, moving = (frozen(4, 1, u)[0] for u in (0.0, MOTION))
    shares = []
    for potential in (still, moving, *frozen(4, 3, {"Sr": 0.18, "Ti": 0.16, "O": 0.2})):
        setup = prepare(potential)
        block = setup.block(25.0)
        beams = MultisliceEngine(setup).exit_beams(plane, np.zeros(1), np.zeros(1), block)
        shares.append(diffuse(beams, (3, 3), block.half))
    assert shares[0] < 1e-8
    assert shares[1] > 1e-3
    assert 2 * shares[1] < np.mean(shares[2:]) < 6 * shares[1]


def test_patterns_are_the_incoherent_mean_and_keep_their_electrons() -> None:
    potentials = frozen(2, 3, MOTION)
    acquisition = setting(scan_sampling=3.0)
    alone = [engine([one]).expectation(acquisition).array for one in potentials]
    together = engine(potentials).expectation(acquisition).array
    np.testing.assert_allclose(together, np.mean(alone, axis=0), atol=1e-7)
    assert np.all(together.sum(axis=(2, 3)) <= 1 + 1e-4)
    assert np.ptp(alone[0] - alone[1]) > 0


def test_configurations_follow_from_the_seed_alone() -> None:
    first, again, other = (frozen(1, 1, MOTION, seed=seed)[0].slices for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1 * first.max()


def test_the_engine_says_which_it_is() -> None:
    assert engine(frozen(1, 2, 0.1)).name == "multislice, 2 frozen phonon configurations"
