"""The second truth: against abTEM, against the projected potential where that holds, and in the right plane."""

from dataclasses import replace
from typing import Any

import abtem
import numpy as np

from beamopt import physics
from beamopt.potential import true_transmission
from beamopt.simulate import exit_wave
from simulate.simulate_cases import lopsided, perovskite

ENERGY = 300e3


def test_it_is_abtems_plane_wave_brought_back_to_the_middle() -> None:
    potential = lopsided()
    array = abtem.PotentialArray(
        np.tile(potential.slices, (potential.repeats, 1, 1)),
        slice_thickness=potential.slice_thickness * potential.repeats,
        extent=potential.cell,
    )
    wave: Any = abtem.PlaneWave(energy=ENERGY, extent=potential.cell, gpts=potential.grid)
    theirs = np.fft.fft2(np.asarray(wave.multislice(array, lazy=False).array, np.complex128))
    theirs /= theirs[0, 0] / abs(theirs[0, 0])
    ours = exit_wave(potential, ENERGY)
    kx, ky = (np.fft.fftfreq(n, s / n) for n, s in zip(potential.grid, potential.cell, strict=True))
    forward = np.exp(-1j * np.pi * physics.wavelength(ENERGY) * potential.thickness / 2 * np.add.outer(kx**2, ky**2))
    behind = ours * forward
    behind /= behind[0, 0] / abs(behind[0, 0])
    scale = np.abs(behind[0, 0]) / np.abs(theirs[0, 0])
    assert np.abs(behind - scale * theirs).max() < 2e-5


def test_on_a_thin_specimen_it_is_the_projected_potential() -> None:
    thick = perovskite()
    thin = replace(thick, slices=thick.slices * np.float32(0.05), repeats=1)
    nx, ny = thin.grid
    projected = true_transmission(thin, ENERGY, sampling=thin.sampling, origin=(0, 0), shape=(nx, ny))
    low = np.ix_([0, 1, 2, 3, -3, -2, -1], [0, 1, 2, 3, -3, -2, -1])  # within the antialias limit
    wave, series = exit_wave(thin, ENERGY)[low], np.fft.fft2(projected, norm="forward")[low]
    contrast = np.abs(series).ravel()[1:].max()
    assert np.abs(wave - series).max() < 0.04 * contrast, "a slab of 2 Å is imaged half of it too high"


def test_a_mistilt_leaves_it_where_it_was() -> None:
    """Tilted, the columns lie along a slanted line whose middle stays; taking back half of the way keeps it."""
    thin = replace(perovskite(), slices=perovskite().slices * np.float32(0.05))
    straight, tilted = exit_wave(thin, ENERGY), exit_wave(replace(thin, tilt=(3.0, -2.0)), ENERGY)
    for order in ((1, 1), (2, 0), (0, 2)):
        assert abs(np.angle(tilted[order] / straight[order])) < 0.06


def test_vacuum_is_the_plane_wave_itself() -> None:
    empty = replace(perovskite(), slices=np.zeros_like(perovskite().slices))
    wave = exit_wave(empty, ENERGY)
    assert abs(wave[0, 0] - 1) < 1e-6
    assert np.abs(wave).sum() - np.abs(wave[0, 0]) < 1e-6
