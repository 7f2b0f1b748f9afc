"""Thermal motion against the Debye-Waller factor, and at rest against nothing at all."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ase import Atoms
from hypothesis import given, settings
from hypothesis import strategies as st

from beamopt.cache import Cache
from beamopt.errors import InputError
from beamopt.potential import Potential, build_potential
from beamopt.specimen import Specimen

SETTINGS: dict[str, Any] = {
    "sampling": 0.2,
    "slice_thickness": 2.0,
    "parametrization": "lobato",
    "window": 6.0,
}


def crystal(symbols: str = "SrTi") -> Specimen:
    atoms = Atoms(symbols, scaled_positions=[(0, 0, 0), (0.5, 0.5, 0.6)], cell=[4.1, 5.2, 3.9], pbc=True)
    return Specimen(name="toy", atoms=atoms, repeats=1)


def bragg(
    potential: Potential,
) -> tuple[np.ndarray[Any, np.dtype[np.complex128]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Fourier series of the projected potential and the square of its frequencies [Å⁻²]."""
    q = [np.fft.fftfreq(n, d) for n, d in zip(potential.grid, potential.sampling, strict=True)]
    return np.fft.fft2(potential.slices.sum(0, dtype=np.float64)), q[0][:, None] ** 2 + q[1][None, :] ** 2


@settings(max_examples=8, deadline=None)
@given(u=st.floats(0.02, 0.3))
def test_kinematic_bragg_beams_fall_by_the_debye_waller_factor(u: float) -> None:
    """Intensity by exp(-2·B·s²) with B = 8π²u², s = q/2 (Kittel, Introduction to Solid State Physics, app. A)."""
    still, q2 = bragg(build_potential(crystal(), **SETTINGS))
    moving, _ = bragg(build_potential(crystal(), displacement=u, **SETTINGS))
    strong = (np.abs(still) > 1e-3 * np.abs(still[0, 0])) & (np.exp(-((2 * np.pi * u) ** 2) * q2) > 1e-4)
    assert strong.sum() > 5
    found = np.abs(moving[strong]) ** 2 / np.abs(still[strong]) ** 2
    np.testing.assert_allclose(found, np.exp(-2 * 8 * math.pi**2 * u**2 * q2[strong] / 4), rtol=3e-3)


def test_every_element_moves_by_its_own_amount() -> None:
    both = build_potential(crystal(), displacement={"Sr": 0.0, "Ti": 0.2}, **SETTINGS)
    still = build_potential(crystal(), **SETTINGS)
    nx, ny = still.grid
    at_sr, at_ti = (0, 0), (nx // 2, ny // 2)
    before, after = still.slices.sum(0), both.slices.sum(0)
    assert after[at_sr] == pytest.approx(before[at_sr], rel=0.01)
    assert after[at_ti] < 0.8 * before[at_ti]
    assert after.mean() == pytest.approx(before.mean(), rel=1e-5)


def test_at_rest_nothing_changes_to_the_last_bit() -> None:
    plain = build_potential(crystal(), **SETTINGS)
    for rest in (0.0, {"Sr": 0.0, "Ti": 0.0}):
        np.testing.assert_array_equal(plain.slices, build_potential(crystal(), displacement=rest, **SETTINGS).slices)


def test_motion_tends_to_rest() -> None:
    plain, slow = (build_potential(crystal(), displacement=u, **SETTINGS).slices for u in (0.0, 1e-4))
    np.testing.assert_allclose(slow, plain, atol=1e-5 * float(plain.max()))


def test_same_bits_again_and_another_entry_in_the_cache(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    first, again = (build_potential(crystal(), displacement=0.1, cache=c, **SETTINGS) for c in (cache, None))
    np.testing.assert_array_equal(first.slices, again.slices)
    build_potential(crystal(), displacement=0.2, cache=cache, **SETTINGS)
    build_potential(crystal(), cache=cache, **SETTINGS)
    assert len(cache.entries()) == 3
    kept = build_potential(crystal(), displacement=0.1, cache=cache, **SETTINGS)
    np.testing.assert_array_equal(first.slices, kept.slices)
    assert len(cache.entries()) == 3


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"Sr": 0.1}, "has Ti, which is given none"),
        ({"Sr": 0.1, "Ti": 0.1, "O": 0.1}, r"displacement\.O: toy has no O"),
    ],
)
def test_a_table_must_name_what_is_there(table: dict[str, float], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        build_potential(crystal(), displacement=table, **SETTINGS)
