"""Patterns at scattered positions: on a raster they are the folded scan, off it what either engine computes there."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.damage import Fading
from beamopt.errors import InfeasibleError
from beamopt.measurement import Expectation
from beamopt.potential import Potential
from beamopt.simulate import PERFECT, Imperfections
from beamopt.simulate.crystal import CrystalEngine, build_matrix
from beamopt.simulate.multislice import MultisliceEngine
from simulate.simulate_cases import lopsided, perovskite, prepare, setting

ACQUISITION = setting(scan_sampling=1.0)


SESSIONS = {
    "perfect": PERFECT,
    "source and focal spread": Imperfections(source_size=0.2, focal_spread=20.0),
    "fading": Imperfections(fading=Fading(value=100.0, energy=300e3, source="nobody", status="guess")),
    "all of it": Imperfections(
        source_size=0.15,
        fading=Fading(value=100.0, energy=300e3, shape="power", reference=0.5, source="nobody", status="guess"),
        point_spread=0.7,
    ),
}


def raster(found: Expectation) -> NDArray[np.float64]:
    """Every position of the held block, and once more a cell further."""
    x, y = (np.arange(n) * step for n, step in zip(found.array.shape[:2], found.scan_sampling, strict=True))
    return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("potential", [lopsided(), perovskite()], ids=["lopsided", "perovskite"])
@pytest.mark.parametrize("session", SESSIONS.values(), ids=list(SESSIONS))
def test_on_the_raster_it_is_the_folded_scan(potential: Potential, session: Imperfections) -> None:
    """To float32 where both go the same way; the waves of a source leave 3e-3 of the electrons' interference out."""
    setup = prepare(potential)
    engine = CrystalEngine(setup, build_matrix(setup))
    folded = engine.expectation(ACQUISITION, session)
    points = raster(folded)
    found = engine.patterns(ACQUISITION, points, session).reshape(folded.array.shape)
    tolerance = 5e-6 if session is PERFECT else 1e-2
    assert np.abs(found - folded.array).max() < tolerance * folded.array.max()
    assert found.sum() == pytest.approx(folded.array.sum(), rel=5e-4)
    further = engine.patterns(ACQUISITION, points[:7] + np.array(potential.cell), session)
    alike = 5e-6 if session is PERFECT else 1e-2
    assert np.abs(further - found.reshape(-1, *found.shape[2:])[:7]).max() < alike * found.max()


def test_anywhere_both_engines_agree() -> None:
    setup = prepare(lopsided())
    points = np.random.default_rng(5).uniform(-3, 12, (9, 2))
    crystal = CrystalEngine(setup, build_matrix(setup)).patterns(ACQUISITION, points)
    multislice = MultisliceEngine(setup).patterns(ACQUISITION, points)
    assert np.abs(crystal - multislice).max() < 1e-5 * multislice.max()
    one = CrystalEngine(setup, build_matrix(setup)).patterns(ACQUISITION, points[4:5])
    np.testing.assert_allclose(one[0], crystal[4], atol=1e-6 * float(crystal.max()))
    assert crystal.std(axis=0).max() > 0.02 * crystal.max()


def test_a_summed_pattern_is_the_pattern_there() -> None:
    """Between the positions of a fine scan: sums of its patterns against waves sent there with the same source."""
    setup = prepare(perovskite())
    engine = CrystalEngine(setup, build_matrix(setup))
    points = np.random.default_rng(6).uniform(0, 8, (400, 2))
    blurred = Imperfections(source_size=0.05)
    many, few = engine.patterns(ACQUISITION, points, blurred), engine.patterns(ACQUISITION, points[:3], blurred)
    assert np.abs(many[:3] - few).max() < 1e-2 * many.max()


def test_angles_beyond_the_engine_are_refused() -> None:
    setup = prepare(perovskite())
    with pytest.raises(InfeasibleError, match="semiangle_cutoff=16 mrad is beyond"):
        MultisliceEngine(setup).patterns(replace(ACQUISITION, semiangle_cutoff=16.0), np.zeros((1, 2)))
