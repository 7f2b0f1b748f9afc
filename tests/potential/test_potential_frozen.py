"""Frozen configurations against the crystal at rest, against Debye-Waller factors, and for their statistics."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from beamopt.cache import Cache
from beamopt.catalogue import load_sample
from beamopt.errors import InputError
from beamopt.potential import Potential, build_potential, frozen_potential
from beamopt.specimen import Specimen, build_specimen

SETTINGS: dict[str, Any] = {"sampling": 0.2, "slice_thickness": 2.5, "parametrization": "lobato", "window": 20.0}
MOTION = load_sample("UiO-66").thermal.displacement


def mof() -> Specimen:
    """Atoms beside the pixels of the grid, two cells thick, two by one cells wide."""
    return build_specimen(load_sample("UiO-66"), zone_axis=(1, 1, 0), thickness=29.0)


def frozen(displacement: Any, standing: Potential, seed: int = 0, cache: Cache | None = None) -> Potential:
    rng = np.random.default_rng(seed)
    return frozen_potential(
        mof(), standing, displacement=displacement, parametrization="lobato", rng=rng, cache=cache or Cache()
    )


@pytest.fixture(scope="module")
def standing() -> Potential:
    return build_potential(mof(), **SETTINGS)


def test_at_rest_it_is_the_crystal_repeated(standing: Potential) -> None:
    found = frozen(0.0, standing)
    whole = np.tile(standing.slices, (standing.repeats, *standing.supercell))
    assert (standing.repeats, standing.supercell) == (2, (2, 1))
    np.testing.assert_allclose(found.slices, whole, atol=4e-6 * float(whole.max()))
    assert found.window == pytest.approx(standing.window)
    assert found.thickness == pytest.approx(standing.thickness)
    assert found.sampling == pytest.approx(standing.sampling)
    assert found.supercell == (1, 1)


def test_the_mean_over_displacements_is_the_debye_waller_potential(standing: Potential) -> None:
    """Every Fourier coefficient within five standard errors, for sixteen configurations of 912 atoms."""
    smeared = build_potential(mof(), displacement=MOTION, **SETTINGS)
    whole = np.tile(smeared.slices, (smeared.repeats, *smeared.supercell)).sum(0, dtype=np.float64)
    many = np.fft.fft2([frozen(MOTION, standing, seed).slices.sum(0, dtype=np.float64) for seed in range(16)])
    off = np.abs(many.mean(0) - np.fft.fft2(whole))
    error = np.sqrt(np.mean(np.abs(many - many.mean(0)) ** 2, axis=0) / 15)
    usual = np.maximum(error, np.median(error))
    assert np.mean((off / usual) ** 2) == pytest.approx(1, abs=0.3)
    assert np.max(off / usual) < 6
    at_rest = np.tile(standing.slices, (standing.repeats, *standing.supercell)).sum(0, dtype=np.float64)
    assert np.linalg.norm(np.fft.fft2(at_rest - whole)) > 3 * np.linalg.norm(off)


def test_the_same_draws_give_the_same_bits_stored_or_not(standing: Potential, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    first = frozen(MOTION, standing, 3, cache).slices
    entries = len(cache.entries())
    np.testing.assert_array_equal(first, frozen(MOTION, standing, 3, cache).slices)
    assert len(cache.entries()) == entries
    np.testing.assert_array_equal(first, frozen(MOTION, standing, 3).slices)
    assert np.abs(first - frozen(MOTION, standing, 4).slices).max() > 0.1 * first.max()


def test_an_element_without_a_displacement_is_refused(standing: Potential) -> None:
    with pytest.raises(InputError, match="which is given none"):
        frozen({"Zr": 0.1}, standing)
