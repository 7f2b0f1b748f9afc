"""The sliced potential against abTEM building the whole thing, and against closed forms."""

from typing import Any

import abtem
import numpy as np
import pytest
from abtem.antialias import antialias_aperture
from abtem.parametrizations import LobatoParametrization
from ase import Atoms
from hypothesis import given
from hypothesis import strategies as st

from beamopt.potential import Potential, build_potential
from beamopt.potential.build import fft_friendly
from beamopt.specimen import Specimen


def perovskite(repeats: int = 2, lift: float = 0.0) -> Specimen:
    """SrTiO3 with its atoms moved along the beam by a fraction of the cell, wrapped back into it."""
    places = np.array([(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)])
    places[:, 2] = (places[:, 2] + lift) % 1
    atoms = Atoms("SrTiO3", scaled_positions=places, cell=[3.905] * 3, pbc=True)
    return Specimen(name="SrTiO3", atoms=atoms, repeats=repeats)


def built(specimen: Specimen, **changes: float) -> Potential:
    settings: dict[str, Any] = {"sampling": 0.2, "slice_thickness": 1.5, "window": 10.0} | changes
    return build_potential(specimen, parametrization="lobato", **settings)


def test_one_cell_repeated_is_abtems_whole_block() -> None:
    specimen = perovskite()
    potential = built(specimen)
    whole = abtem.Potential(
        specimen.atoms * (3, 3, 2),
        gpts=(3 * potential.grid[0], 3 * potential.grid[1]),
        slice_thickness=potential.slice_thickness * 2,
        parametrization="lobato",
    ).build(lazy=False)
    tiled = np.tile(potential.slices, (2, 3, 3))
    assert potential.supercell == (3, 3)
    assert np.max(np.abs(tiled - whole.array)) < 2e-5 * np.max(tiled)


@given(lift=st.floats(0, 1, exclude_max=True))
def test_atoms_at_the_top_and_bottom_of_the_cell_are_never_lost(lift: float) -> None:
    still, lifted = built(perovskite()), built(perovskite(lift=lift))
    np.testing.assert_allclose(lifted.slices.sum(0), still.slices.sum(0), rtol=0, atol=2e-5 * still.slices.sum(0).max())


def test_mean_potential_is_the_forward_scattering_factor() -> None:
    # ∫V dr = (h²/2πme)·Σf(0) = 47.878 V Å² · Σf(0) (Kirkland, Advanced Computing in EM, eq. 5.9).
    potential = built(perovskite())
    lobato = LobatoParametrization()
    symbols = ("Sr", "Ti", "O", "O", "O")
    forward = sum(float(lobato.scattering_factor(symbol)(np.array(0.0))) for symbol in symbols)
    area = potential.cell[0] * potential.cell[1]
    assert potential.slices.sum(0).mean() * area == pytest.approx(47.878 * forward, rel=1e-3)


@given(at_least=st.floats(1, 2000))
def test_grid_is_the_smallest_even_smooth_number(at_least: float) -> None:
    smooth = sorted(
        2**a * 3**b * 5**c * 7**d for a in range(1, 13) for b in range(8) for c in range(6) for d in range(5)
    )
    assert fft_friendly(at_least) == next(n for n in smooth if n >= at_least - 1e-9)


@given(sampling=st.floats(0.1, 0.6), slice_thickness=st.floats(0.5, 9), window=st.floats(1, 60))
def test_wanted_sizes_are_met_by_whole_pixels_slices_and_cells(
    sampling: float, slice_thickness: float, window: float
) -> None:
    potential = built(perovskite(), sampling=sampling, slice_thickness=slice_thickness, window=window)
    assert max(potential.sampling) <= sampling * (1 + 1e-9)
    assert max(potential.slice_thickness) <= slice_thickness * (1 + 1e-9)
    assert potential.thickness == pytest.approx(2 * 3.905)
    assert all(
        window <= side + 1e-6 and side - cell < window
        for side, cell in zip(potential.window, potential.cell, strict=True)
    )


def test_antialias_limit_is_abtems() -> None:
    potential = built(perovskite())
    frequencies = [np.fft.fftfreq(n, d) for n, d in zip((300, 200), potential.sampling, strict=True)]
    ours = potential.antialias(np.hypot(frequencies[0][:, None], frequencies[1][None, :]))
    np.testing.assert_allclose(ours, antialias_aperture((300, 200), potential.sampling, xp=np), atol=2e-4)


def test_carried_angle_is_where_the_limit_begins() -> None:
    potential = built(perovskite())
    edge = potential.max_angle(300e3) * 1e-3 / 0.0196875
    assert potential.antialias(np.array([edge * 0.9999])) == 1
    assert potential.antialias(np.array([edge * 1.01])) < 1


def test_slices_without_their_thicknesses_are_refused() -> None:
    with pytest.raises(ValueError, match="thicknesses"):
        Potential(
            slices=np.zeros((2, 4, 4), np.float32), slice_thickness=(1.0,), cell=(1, 1), repeats=1, supercell=(1, 1)
        )
