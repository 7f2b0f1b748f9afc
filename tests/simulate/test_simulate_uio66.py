"""The real thing: UiO-66 along [110] against a plain abTEM script, pixel by pixel, and what a larger window changes."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.potential import Potential, build_potential
from beamopt.simulate import make_engine
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.simulate.setup import Setup
from beamopt.spec import SampleSpec
from beamopt.specimen import specimen_of
from simulate.simulate_cases import abtem_patterns, setting

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def framework() -> Potential:
    specimen = specimen_of(SampleSpec(name="UiO-66", zone_axis=(1, 1, 0), thickness=44.0, window=40.0))
    return build_potential(specimen, sampling=0.165, slice_thickness=2.5, parametrization="lobato", window=40.0)


def relative(a: NDArray[np.float32], b: NDArray[np.floating]) -> float:
    return float(np.abs(a - b).sum() / b.sum())


@pytest.mark.parametrize(("semiangle_cutoff", "defocus"), [(10.0, 300.0), (15.0, 0.0)])
def test_crystal_engine_is_abtems_scan(framework: Potential, semiangle_cutoff: float, defocus: float) -> None:
    acquisition = setting(
        semiangle_cutoff=semiangle_cutoff, defocus=defocus, detector_outer=20.0, scan_sampling=framework.cell[0] / 3
    )
    engine = make_engine(
        framework, energy=300e3, semiangle_cutoff=15.0, detector_outer=20.0, pixels=64, field=framework.cell
    )
    expected = engine.expectation(acquisition)
    assert engine.name == "crystal"
    x, y = (step * np.arange(n) for step, n in zip(expected.scan_sampling, expected.array.shape[:2], strict=True))
    theirs = abtem_patterns(framework, acquisition, x, y, pixels=64)
    assert np.max(np.abs(expected.array - theirs)) < 2e-4 * np.max(theirs)
    assert relative(expected.array, theirs) < 2e-4


def test_window_doubled_once(framework: Potential) -> None:
    # 3.4 % of the electrons move to another pixel, half of them on the rim of the disc.
    acquisition = setting(semiangle_cutoff=10.0, defocus=300.0, detector_outer=15.0, scan_sampling=7.5)
    one, two = (
        MultisliceEngine(
            Setup(
                potential=replace(framework, supercell=supercell),
                energy=300e3,
                semiangle_cutoff=10.0,
                detector_outer=15.0,
                pixels=128,
                field=(15.0, 15.0),
            )
        )
        .expectation(acquisition)
        .array
        for supercell in ((3, 2), (6, 4))
    )
    at = (np.arange(128) - 64) * 30 / 128
    off_rim = np.abs(np.hypot(at[:, None], at[None, :]) - 10) > 1
    assert relative(one, two) < 0.04
    assert relative(one[..., off_rim], two[..., off_rim]) < 0.02
