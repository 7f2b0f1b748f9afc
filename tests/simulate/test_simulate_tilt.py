"""A crystal a few mrad off its zone axis, against abTEM and against a beam that is tilted instead."""

from dataclasses import replace
from typing import Any

import abtem
import numpy as np
import pytest
from ase import Atoms

from beamopt.potential import build_potential
from beamopt.simulate.crystal import CrystalEngine, build_matrix
from beamopt.simulate.lattice import illuminate
from beamopt.simulate.mirror import mirrors
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.specimen import Specimen
from simulate.simulate_cases import lopsided, perovskite, prepare, setting

PLACE = np.array([1.3]), np.array([2.1])
PLACES = [(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)]


@pytest.mark.parametrize("tilt", [(4.0, 0.0), (0.0, -3.0), (2.0, 5.0)])
def test_both_engines_tilt_alike_and_as_abtem_does(tilt: tuple[float, float]) -> None:
    potential = replace(lopsided(), tilt=tilt)
    setup, acquisition = prepare(potential), setting()
    block = setup.block(acquisition.detector_outer)
    multislice = MultisliceEngine(setup).exit_beams(acquisition, *PLACE, block)[0, 0]
    crystal = CrystalEngine(setup, build_matrix(setup)).exit_beams(acquisition, *PLACE, block)[0, 0]
    (nx, ny), (mx, my) = potential.grid, potential.supercell
    array = abtem.PotentialArray(
        np.tile(potential.slices, (potential.repeats, mx, my)),
        slice_thickness=potential.slice_thickness * potential.repeats,
        extent=potential.window,
    )
    probe = abtem.Probe(
        energy=300e3, semiangle_cutoff=15.0, defocus=100.0, extent=potential.window, gpts=(nx * mx, ny * my), tilt=tilt
    )
    waves: Any = probe.multislice(array, scan=(float(PLACE[0][0]), float(PLACE[1][0])), lazy=False)
    wave = np.fft.fft2(np.asarray(waves.array, dtype=np.complex128).reshape(nx * mx, ny * my))
    theirs = wave[np.ix_(block.orders(0) % (nx * mx), block.orders(1) % (ny * my))]
    largest = np.max(np.abs(theirs))
    assert np.max(np.abs(crystal - multislice)) < 2e-5 * largest
    assert np.max(np.abs(multislice - theirs)) < 2e-5 * largest
    straight = MultisliceEngine(prepare(lopsided())).exit_beams(acquisition, *PLACE, block)[0, 0]
    assert np.max(np.abs(multislice - straight)) > 1e-2 * largest


def test_a_tilted_crystal_is_a_tilted_beam() -> None:
    """Tilting by n beams of the window is sending the probe in n beams aside and looking n beams aside.

    The two differ in which beams the grid cuts: 3e-3 at 0.18 Å pixels, 3e-4 at 0.1 Å, 1e-4 at 0.07 Å.
    """
    atoms = Atoms("SrTiO3", scaled_positions=PLACES, cell=[3.905] * 3, pbc=True)
    specimen = Specimen(name="SrTiO3", atoms=atoms, repeats=5)
    potential = build_potential(specimen, sampling=0.1, slice_thickness=2.0, parametrization="lobato", window=15.0)
    acquisition, n = setting(), 3
    setup = prepare(potential)
    block = setup.block(25.0)
    angle = float(np.arctan(n * acquisition.wavelength / potential.window[0])) * 1e3
    ours = MultisliceEngine(prepare(replace(potential, tilt=(angle, 0.0)))).exit_beams(acquisition, *PLACE, block)[0, 0]
    nx, ny = setup.grid
    lit, amplitudes = illuminate(acquisition, potential.window)
    wave = np.zeros((1, nx, ny), np.complex64)
    ramp = lit.ramps(0, PLACE[0])[0][:, None] * lit.ramps(1, PLACE[1])[0][None, :]
    wave[0][np.ix_((lit.orders(0) + n) % nx, lit.orders(1) % ny)] = amplitudes * ramp
    theirs = MultisliceEngine(setup)._propagate(wave)[0][np.ix_((block.orders(0) + n) % nx, block.orders(1) % ny)]
    turn = np.vdot(theirs, ours)
    k = np.hypot(block.frequencies(0)[:, None], block.frequencies(1)[None, :])
    difference = np.abs(ours - theirs * turn / abs(turn))[k * acquisition.wavelength < 25e-3]
    assert np.max(difference) < 5e-4 * np.max(np.abs(ours))


def test_a_tilt_breaks_the_mirror_across_its_axis_alone() -> None:
    upright, along_x = perovskite(), replace(perovskite(), tilt=(2.0, 0.0))
    assert {m.axis for m in mirrors(upright)} == {0, 1}
    assert {m.axis for m in mirrors(along_x)} == {1}
    one, other = (
        CrystalEngine(s, build_matrix(s)).expectation(setting()).array
        for s in (prepare(along_x), prepare(replace(perovskite(), tilt=(-2.0, 0.0))))
    )
    # The mirror image of one tilt is the other: positions and camera turn over along x.
    np.testing.assert_allclose(one[0, :, 1:], other[0, :, :0:-1], atol=2e-5 * float(one.max()))
    assert np.max(np.abs(one - other)) > 1e-3 * float(one.max())
