"""First and last rings, one sharp edge of the camera, settings that must reach the place where they count."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

import numpy as np
import pytest
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.errors import InputError
from beamopt.limit import (
    IDEAL,
    Conditions,
    Spectrum,
    curve,
    linear,
    pooled,
    prescan,
    ring_shifts,
    rings_of,
    unconfused,
)
from beamopt.limit.linear import azimuths

Make = Callable[..., Acquisition]


@pytest.fixture
def spectrum() -> Spectrum:
    return Spectrum(edges=np.linspace(0, 1.5, 16), power=0.04 * np.exp(-3 * np.linspace(0, 1.4, 15)))


def test_a_curve_holds_signal_times_fisher_up_to_the_cap() -> None:
    q, fisher, signal = (np.arange(3) + 0.5) / 10, np.array([0.0, 1.5, 3.0]), np.array([7.0, 2.0, 5.0])
    assert curve(q, fisher, signal).ssnr.tolist() == [0.0, 3.0, 15.0]
    capped = curve(q, fisher, signal, largest_ssnr=4.0)
    assert capped.ssnr.tolist() == [0.0, 3.0, 4.0]
    assert capped.frc == pytest.approx(np.sqrt([0.0, 3 / 4, 4 / 5]))
    assert capped.fisher is fisher


def test_rings_that_transfer_nothing_are_no_part_of_the_image() -> None:
    """One ring of width 0.02 with SSNR 3: its area is π·0.02², each mode of it is worth a bit."""
    q, signal = (np.arange(4) + 0.5) / 50, np.ones(4)
    assert pooled(q, np.array([3.0, 0.0, 0.0, 0.0]), signal) == pytest.approx(np.pi * 0.02**2)
    assert pooled(q, np.full(4, 3.0), signal) == pytest.approx(np.pi * 0.08**2), "the last ring is part of it"
    assert pooled(q, np.zeros(4), signal) == 0


@pytest.mark.parametrize(("furthest", "bands", "rings"), [(2.5, 25, 525), (0.4, 4, 512), (3.0, 2, 512)])
def test_rings_fill_the_spectrum_and_divide_its_bands(furthest: float, bands: int, rings: int) -> None:
    """25 bands cannot share 512 rings: 21 each, and not one more than needed."""
    q = rings_of(Spectrum(edges=np.linspace(0, furthest, bands + 1), power=np.ones(bands)))
    assert len(q) == rings
    assert np.diff(q) == pytest.approx(furthest / rings)
    assert q[[0, -1]] == pytest.approx([furthest / rings / 2, furthest * (1 - 0.5 / rings)])


def test_rings_shorter_than_the_lattice_are_its_first_vector() -> None:
    assert ring_shifts((1.0, 1.0), np.array([0.1, 0.2]), 3).tolist() == [[1, 0]] * 6
    assert ring_shifts((1.0, 2.0), np.array([2.0]), 2).tolist() == [[2, 0], [0, 1]], "one zero is no zero vector"


def test_one_direction_stands_for_all_where_only_discs_enter(setting: Make) -> None:
    whole, cut, pixels = setting(detector_outer=10.0), setting(detector_outer=9.9), Conditions(angular_sampling=1.0)
    assert len(azimuths(whole, IDEAL)) == 1
    assert len(azimuths(cut, IDEAL)) == len(azimuths(whole, pixels)) == len(azimuths(cut, pixels)) == 3


def test_corners_of_a_square_camera_see_beyond_its_sides(setting: Make) -> None:
    """A camera of half width c inside the disc: a disc moved by k0 + x·c meets a side up to x = 1, a corner up to √2.

    The mean over directions therefore ends at √2, where a direction 7.5° from a side ends at 1.12.
    """
    a = setting(detector_outer=3.0)
    q = a.cutoff * (1 + 0.3 * np.array([0.9, 1.2, 1.42]))
    near, between, beyond = linear(a, q)
    assert near > between > 1e-4
    assert beyond == 0


def test_camera_pixels_dim_the_mean_over_all_directions(setting: Make) -> None:
    """A square pixel averages a phase that is linear in k, of slope 2πλ·defocus·q, so it dims by two sinc²."""
    a, sampling = setting(defocus=1200.0), 1.0
    q = np.array([0.3, 0.5, 0.7])
    turn = np.arange(360)[:, None] * 2 * np.pi / 360
    wide = a.defocus * q * sampling * 1e-3  # periods per pixel: λ cancels
    dim = np.mean((np.sinc(wide * np.cos(turn)) * np.sinc(wide * np.sin(turn))) ** 2, axis=0)
    assert dim[-1] < 0.7
    assert linear(a, q, Conditions(angular_sampling=sampling)) == pytest.approx(linear(a, q) * dim, rel=1e-3)


def test_prescan_fades_each_acquisition_at_each_frequency(setting: Make, spectrum: Spectrum) -> None:
    """Damage that leaves one electron per area up to 1 Å⁻¹ and none beyond, at a fine and at a coarse step."""

    def fading(acquisition: Acquisition, q: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(q < 1, 1 / acquisition.dose_per_area, 0.0)

    seen = Spectrum(edges=spectrum.edges, power=np.where(spectrum.edges[1:] < 1.05, spectrum.power, 0.0))
    for step in (0.4, 2.0):
        many = [setting(scan_sampling=step, dose_per_area=dose) for dose in (1.0, 10.0, 300.0)]
        for judged in (prescan, unconfused):
            assert judged(many, spectrum, fading=fading) == pytest.approx(judged(many[:1], seen)[0])
            assert np.all(np.diff(judged(many, spectrum)) > 0)


def test_prescan_of_nothing_is_nothing(spectrum: Spectrum) -> None:
    assert prescan([], spectrum).shape == unconfused([], spectrum).shape == (0,)


def test_given_threads_are_those_of_both_halves_of_a_prescan(
    setting: Make, spectrum: Spectrum, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(half: str) -> int:
        asked.append(half)
        return 1

    for half in ("linear", "prescan"):
        module = import_module(f"beamopt.limit.{half}")
        monkeypatch.setattr(module, "thread_count", partial(counted, half))
    many = [setting(), setting(scan_sampling=1.0)]
    given = prescan(many, spectrum, threads=1)
    assert not asked
    assert prescan(many, spectrum) == pytest.approx(given)
    assert asked == ["linear", "prescan"]


def test_prescan_takes_conditions_one_by_one(setting: Make, spectrum: Spectrum) -> None:
    many, each = [setting(), setting(scan_sampling=1.0)], [Conditions(background=3.0), IDEAL]
    alone = [prescan([a], spectrum, c)[0] for a, c in zip(many, each, strict=True)]
    assert prescan(many, spectrum, each) == pytest.approx(alone)
    assert prescan(many, spectrum)[0] > alone[0] + 0.1


def test_the_variance_of_a_spectrum_is_power_times_the_area_of_its_bands() -> None:
    """Rings from 1 to 2 and from 2 to 4: areas 3π and 12π."""
    assert Spectrum(edges=np.array([1.0, 2.0, 4.0]), power=np.array([5.0, 0.5])).variance() == pytest.approx(21 * np.pi)


@pytest.mark.parametrize("power", [-1e-9, np.nan, np.inf])
def test_a_spectrum_refuses_powers_that_are_none(power: float) -> None:
    assert Spectrum(edges=np.array([0.0, 0.1, 0.2]), power=np.zeros(2)).variance() == 0
    with pytest.raises(InputError, match=r"^spectrum: every power must be finite and at least 0$"):
        Spectrum(edges=np.array([0.0, 0.1, 0.2]), power=np.array([1.0, power]))


@pytest.mark.parametrize("edges", [(-0.1, 0.1, 0.2), (0.0, 0.1, 0.1), (0.0, 0.1), (0.0, 0.1, 0.2, 0.3)])
def test_a_spectrum_refuses_edges_that_bound_no_bands(edges: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match=r"^spectrum: band edges must rise from 0 or above"):
        Spectrum(edges=np.array(edges), power=np.ones(2))


def test_nothing_to_see_is_no_information_in_a_prescan(setting: Make) -> None:
    empty = Spectrum(edges=np.array([0.0, 0.5, 1.0]), power=np.zeros(2))
    assert prescan([setting()], empty).tolist() == [0.0]
