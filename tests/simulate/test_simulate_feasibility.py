"""Closed-form constraints: signs, monotony, and one helpful sentence."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.simulate import SimulationConstraints, probe_radius

LIMITS = SimulationConstraints(window=(44.0, 41.5), thickness=103.0, carried_angle=27.3, field=(44.0, 41.5), pixels=128)


def refusal(acquisition: Acquisition, limits: SimulationConstraints = LIMITS) -> str:
    """The one sentence; empty where it can be carried out."""
    found = limits.broken(acquisition)
    return str(InfeasibleError.naming(found)) if found else ""


def setting(**given: float) -> Acquisition:
    knobs = {"energy": 300e3, "semiangle_cutoff": 10.0, "defocus": 300.0, "detector_outer": 15.0}
    return Acquisition(**(knobs | {"scan_sampling": 1.0, "dose_per_area": 100.0} | given))


def test_the_recipe_that_works_is_feasible() -> None:
    assert all(margin <= 0 for margin in LIMITS.margins(setting()).values())
    assert not refusal(setting())


@given(
    semiangle_cutoff=st.floats(1, 60),
    defocus=st.floats(-5000, 5000),
    detector_outer=st.floats(2, 60),
    scan_sampling=st.floats(0.05, 10),
)
def test_refusal_and_margins_always_agree(
    semiangle_cutoff: float, defocus: float, detector_outer: float, scan_sampling: float
) -> None:
    acquisition = setting(
        semiangle_cutoff=semiangle_cutoff, defocus=defocus, detector_outer=detector_outer, scan_sampling=scan_sampling
    )
    sentence = refusal(acquisition)
    assert bool(sentence) == (max(LIMITS.margins(acquisition).values()) > 0)
    assert "\n" not in sentence
    assert (";" in sentence) == bool(sentence)


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        (
            {"defocus": 1900.0, "detector_outer": 8.0},
            "field_left",
            "38 Å .* leaves less than a third of the 41.5 Å field",
        ),
        ({"detector_outer": 40.0}, "detector_carried", "detector_outer=40 mrad is beyond the 27.3 mrad"),
        ({"scan_sampling": 0.1}, "cube_memory", "raise scan_sampling"),
    ],
)
def test_the_worst_limit_is_named_with_its_remedy(given: dict[str, float], name: str, words: str) -> None:
    assert LIMITS.margins(setting(**given))[name] > 0
    assert re.search(words, refusal(setting(**given)))


@given(defocus=st.floats(0, 103))
def test_a_probe_focused_inside_is_widest_at_a_surface(defocus: float) -> None:
    acquisition = setting(defocus=defocus, semiangle_cutoff=30.0)
    assert probe_radius(acquisition, 103.0) == pytest.approx(
        max(0.030009 * max(defocus, 103 - defocus), 0.61 / acquisition.cutoff), rel=1e-4
    )


def test_a_window_too_small_for_the_probe_is_told_its_size() -> None:
    said = refusal(setting(defocus=800.0), replace(LIMITS, window=(20.0, 20.0)))
    assert re.search(r"16 Å .* exceeds 75% of the 20 Å window; .* sample.window to 21.3 Å", said)
