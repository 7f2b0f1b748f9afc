"""The object's grid: it reaches as far as the camera sees, and what the camera did not measure stays what it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition, wave_pixels
from beamopt.measurement import Counts
from beamopt.reconstruct.descent import descend
from beamopt.reconstruct.probe import known_probe, mean_electrons
from beamopt.reconstruct.raster import Raster
from beamopt.reconstruct.shifted_probe import ShiftedProbe
from reconstruct.forward_model import acquisition, exposed


@settings(max_examples=50, deadline=None)
@given(alpha=st.floats(2.0, 40.0), outer=st.floats(5.0, 60.0), half=st.integers(8, 128))
def test_waves_hold_what_the_camera_sees_and_little_more(alpha: float, outer: float, half: int) -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=alpha, defocus=0, detector_outer=outer, scan_sampling=1, dose_per_area=1
    )
    pixel = outer / half
    found = wave_pixels(a, 2 * half, pixel)
    reach = found / 2 * pixel
    assert reach >= (alpha + outer) * (1 - 1e-9), "α + β"
    assert reach <= 1.35 * (alpha + outer) + 8 * pixel
    assert found % 16 == 0


def one_update(counts: Counts, a: Acquisition) -> tuple[NDArray[np.complex64], NDArray[np.complex128]]:
    """The descent's first step, and the same step written plainly on whole transforms."""
    raster = Raster.of(counts, a)
    rows, columns, camera, _ = counts.array.shape
    n = raster.pixels
    probe = known_probe(a, n, counts.angular_sampling, defocus=a.defocus, electrons=mean_electrons(counts))
    shifted = ShiftedProbe.of(probe, raster, (rows, columns), camera)
    # Of a flat object the dark field is rounding alone, whose phase is nobody's.
    start = np.exp(0.3j * np.random.default_rng(2).standard_normal(raster.shape)).astype(np.complex64)
    ours, errors = descend(
        counts.array, raster, shifted, start, iterations=1, step_size=0.5, batch=rows * columns, floor=1.0,
        object_type="complex", tolerance=0.0, rng=np.random.RandomState(0),
    )  # fmt: skip
    k = np.fft.fftfreq(n)
    spectrum = np.fft.fft2(probe.astype(np.complex128))
    disc = np.fft.fftshift(np.abs(spectrum) > 1e-4 * np.abs(spectrum).max())
    rim = (n - camera) // 2
    inside = slice(rim, rim + camera)
    total, light = np.zeros(raster.shape, np.complex128), np.zeros(raster.shape)
    misfit = 0.0
    for place, measured in zip(raster.positions, counts.array.reshape(-1, camera, camera), strict=True):
        whole = np.rint(place).astype(int)
        part = tuple(slice(c - n // 2, c + n - n // 2) for c in whole)
        ramp = np.exp(-2j * np.pi * np.add.outer(k * (place - whole)[0], k * (place - whole)[1]))
        here = np.fft.fftshift(np.fft.ifft2(spectrum * ramp))
        wave_here = here * start[part]
        before = np.fft.fftshift(np.fft.fft2(np.fft.ifftshift(wave_here)))
        after = np.where(disc, before, 0)  # the probe's own disc is free, all else beside the camera dark
        seen = before[inside, inside]
        after[inside, inside] = np.sqrt(measured) * seen / np.maximum(np.abs(seen), 1e-30)
        misfit += np.sum(np.abs(after - before) ** 2)
        change = np.fft.fftshift(np.fft.ifft2(np.fft.ifftshift(after - before)))
        total[part] += here.conj() * change
        light[part] += np.abs(here) ** 2
    assert errors[0] == pytest.approx(misfit / counts.array.sum(), rel=2e-4)
    moved = start + 0.5 * total / light.max()
    return ours, moved / np.maximum(np.abs(moved), 1)


@pytest.mark.parametrize("semiangle", [15.0, 26.0], ids=["the camera holds the disc", "the camera cuts the disc"])
def test_the_first_step_is_the_plain_one(semiangle: float) -> None:
    """Pruned transforms and the dark rim against whole ones, in double precision."""
    a = acquisition(150.0, dose=300.0)
    counts = exposed(a, (0.9, 1.1), (5, 4), np.random.default_rng(1), height=0.3)
    believed = Acquisition(**(a.named() | {"semiangle_cutoff": semiangle}))
    outer = counts.array.shape[-1] * counts.angular_sampling / 2
    assert (outer < semiangle) == (semiangle > 20), "one of each"
    ours, plainly = one_update(counts, believed)
    assert np.abs(ours - plainly).max() < 1e-4
