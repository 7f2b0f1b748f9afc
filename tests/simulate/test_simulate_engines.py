"""Both engines against each other, against a plain abTEM script, and against themselves cut up differently."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beamopt.simulate import make_engine
from beamopt.simulate.crystal import CrystalEngine, build_matrix, matrix_bytes
from beamopt.simulate.matrix import ScatteringMatrix
from beamopt.simulate.mirror import mirrors
from beamopt.simulate.multislice import MultisliceEngine
from beamopt.simulate.optics import steps
from simulate.simulate_cases import lopsided, perovskite, plain_abtem, prepare, setting

X, Y = np.array([0.0, 1.7, 9.2]), np.array([0.4, 5.0])


@pytest.mark.parametrize("defocus", [0.0, 150.0, -80.0])
@pytest.mark.parametrize("name", ["perovskite", "lopsided"])
def test_both_engines_give_abtems_exit_waves(name: str, defocus: float) -> None:
    setup, acquisition = prepare({"perovskite": perovskite, "lopsided": lopsided}[name]()), setting(defocus=defocus)
    block = setup.block(acquisition.detector_outer)
    theirs = plain_abtem(setup, acquisition, X, Y)
    for engine in (CrystalEngine(setup, build_matrix(setup)), MultisliceEngine(setup)):
        ours = engine.exit_beams(acquisition, X, Y, block)
        assert np.max(np.abs(ours - theirs)) < 2e-5 * np.max(np.abs(theirs)), engine.name


def test_engines_agree_on_every_pixel() -> None:
    setup = prepare(lopsided())
    crystal, slow = CrystalEngine(setup, build_matrix(setup)), MultisliceEngine(setup)
    for acquisition in (setting(), setting(semiangle_cutoff=6.0, detector_outer=14.0, defocus=-300.0)):
        a, b = crystal.expectation(acquisition), slow.expectation(acquisition)
        assert np.max(np.abs(a.array - b.array)) < 1e-5 * np.max(b.array)
        assert (a.scan_sampling, a.repeats, a.angular_sampling) == (b.scan_sampling, b.repeats, b.angular_sampling)


@pytest.mark.parametrize("mistake", ["defocus", "x"])
def test_a_wrong_sign_or_place_would_be_seen(mistake: str) -> None:
    setup, acquisition = prepare(lopsided()), setting()
    block = setup.block(acquisition.detector_outer)
    wrong = replace(acquisition, defocus=-acquisition.defocus) if mistake == "defocus" else acquisition
    x = X + (0.05 if mistake == "x" else 0.0)
    theirs, ours = plain_abtem(setup, wrong, x, Y), MultisliceEngine(setup).exit_beams(acquisition, X, Y, block)
    assert np.max(np.abs(np.abs(ours) - np.abs(theirs))) > 1e-2 * np.max(np.abs(theirs))


def test_empty_slices_are_skipped_without_a_trace() -> None:
    full = lopsided()
    empty = np.zeros_like(full.slices[:1])
    sheet = replace(
        full,
        slices=np.concatenate([empty, full.slices[:2], empty, empty, full.slices[2:], empty]),
        slice_thickness=(1.7,) * (len(full.slices) + 4),
    )
    setup, acquisition = prepare(sheet), setting()
    assert len(steps(sheet)) == 2 * len(full.slices) + 1
    theirs = plain_abtem(setup, acquisition, X, Y)
    for engine in (CrystalEngine(setup, build_matrix(setup)), MultisliceEngine(setup)):
        ours = engine.exit_beams(acquisition, X, Y, setup.block(25.0))
        assert np.max(np.abs(ours - theirs)) < 2e-5 * np.max(np.abs(theirs)), engine.name


def test_folded_scan_tiles_into_the_unfolded_one() -> None:
    engine = MultisliceEngine(prepare(lopsided(), field=(2 * 6.1, 2 * 7.3)))
    acquisition = setting(scan_sampling=1.22)
    folded = engine.expectation(acquisition)
    assert (folded.array.shape[:2], folded.repeats) == ((5, 6), (2, 2))
    x, y = (step * np.arange(2 * n) for step, n in zip(folded.scan_sampling, folded.array.shape[:2], strict=True))
    block = engine.setup.block(acquisition.detector_outer)
    whole = np.abs(engine.exit_beams(acquisition, x, y, block))
    np.testing.assert_allclose(whole, np.tile(whole[:5, :6], (2, 2, 1, 1)), atol=1e-5 * whole.max())


def test_repeats_along_the_beam_are_a_longer_potential() -> None:
    longer = replace(
        lopsided(),
        slices=np.tile(lopsided().slices, (2, 1, 1)),
        slice_thickness=lopsided().slice_thickness * 2,
        repeats=1,
    )
    block = prepare(lopsided()).block(25.0)
    one, two = (
        CrystalEngine(s, build_matrix(s)).exit_beams(setting(), X, Y, block)
        for s in (prepare(lopsided()), prepare(longer))
    )
    np.testing.assert_allclose(one, two, atol=1e-6 * np.max(np.abs(one)))


def test_bloch_classes_hold_every_lit_and_every_seen_beam_once() -> None:
    setup = prepare(lopsided())
    matrix = build_matrix(setup)
    block = setup.block(setup.detector_outer)
    seen = np.zeros(block.shape, int)
    for c in matrix.classes:
        hx, hy = (c.offset[i] + matrix.supercell[i] * np.array(c.outgoing[i]) + block.half[i] for i in (0, 1))
        seen[np.ix_(hx, hy)] += 1
    assert np.all(seen == 1)
    assert len(matrix.classes) == np.prod(matrix.supercell)
    assert matrix.nbytes <= matrix_bytes(setup) * 1.1


def test_no_electron_is_lost_inside_the_antialias_limit() -> None:
    # Thin and weak: nothing is scattered beyond the limit, and each incident beam must come out whole.
    weak = replace(lopsided(), slices=(lopsided().slices * 0.02).astype(np.float32))
    matrix = build_matrix(prepare(weak, detector_outer=30.0))
    for c in matrix.classes:
        out = np.sum(np.abs(c.elements) ** 2, axis=(2, 3))
        assert np.all((np.abs(out - 1) < 2e-4) | (out == 0))


def test_mirror_planes_are_found_and_give_the_same_matrix() -> None:
    shifted = replace(perovskite(), slices=np.roll(perovskite().slices, (3, 7), axis=(1, 2)))
    for potential in (perovskite(), shifted):
        setup = prepare(potential)
        assert len(mirrors(potential)) == 2
        for short, long in zip(build_matrix(setup).classes, build_matrix(setup, planes=()).classes, strict=True):
            assert short.offset == long.offset
            np.testing.assert_allclose(short.elements, long.elements, atol=1e-5)


def test_no_mirror_plane_is_found_where_there_is_none() -> None:
    assert mirrors(lopsided()) == ()


def test_matrix_survives_as_arrays() -> None:
    setup = prepare(lopsided())
    matrix = build_matrix(setup)
    again = ScatteringMatrix.from_arrays(matrix.to_arrays())
    block = setup.block(25.0)
    one, two = (CrystalEngine(setup, m).exit_beams(setting(), X, Y, block) for m in (matrix, again))
    np.testing.assert_array_equal(one, two)


@settings(max_examples=8)
@given(x=st.floats(-20, 20), y=st.floats(-20, 20))
def test_pattern_repeats_with_the_cell(x: float, y: float) -> None:
    engine = MultisliceEngine(prepare(lopsided()))
    block = engine.setup.block(25.0)
    here, next_cell = (
        np.abs(engine.exit_beams(setting(), np.array([x + a]), np.array([y + b]), block))
        for a, b in ((0.0, 0.0), (6.1, -7.3))
    )
    np.testing.assert_allclose(here, next_cell, atol=1e-5 * here.max())


def test_the_engine_that_fits_is_chosen_and_tells_its_progress() -> None:
    told: list[float] = []
    sizes: dict[str, Any] = {"energy": 300e3, "semiangle_cutoff": 12.0, "detector_outer": 20.0}
    crystal = make_engine(lopsided(), **sizes, pixels=32, field=(18.0, 14.0), progress=told.append)
    assert (crystal.name, told[-1], told == sorted(told)) == ("crystal", 1.0, True)
    assert make_engine(lopsided(), **sizes, pixels=32, field=(18.0, 14.0), memory=1e5).name == "multislice"
    sheet = replace(lopsided(), supercell=(1, 1), cell=(61.0, 73.0))
    assert make_engine(sheet, **sizes, pixels=32, field=(3.0, 3.0)).name == "multislice"
