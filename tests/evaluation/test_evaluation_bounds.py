"""What physics allows: order of the limits, growth with dose, and a real method below and near them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from beamopt.damage import Fading
from beamopt.evaluation import Bounds, Evaluator, WeakObject, bounds, ceiling
from beamopt.limit import Spectrum
from beamopt.simulate import Imperfections
from beamopt.spec import CameraSpec, load_study
from evaluation.test_evaluation_laws import WEAK

SETTING = {"semiangle_cutoff": 15.0, "defocus": 200.0, "detector_outer": 25.0, "scan_sampling": 0.5}


@pytest.fixture(scope="module")
def weak() -> Evaluator:
    return Evaluator.prepare(load_study("srtio3_quick", WEAK | {"methods": ["obf"]}))


@pytest.fixture(scope="module")
def graphene(weak: Evaluator) -> WeakObject:
    return WeakObject.of(
        weak.potential, 300e3, field=weak.field, camera=weak.spec.camera, imperfections=Imperfections()
    )


def allowed(weak: Evaluator, graphene: WeakObject, **changes: float) -> Bounds:
    return bounds(graphene, weak.spec.propose(SETTING | {"dose_per_area": 1e4} | changes).acquisition)


@pytest.mark.parametrize("dose", [1e3, 1e4, 1e5])
def test_optimum_bright_field_stays_below_the_linear_limit_and_comes_near(
    weak: Evaluator, graphene: WeakObject, dose: float
) -> None:
    """Its filter learns which rings hold the signal from the data, so it comes near once they show it."""
    proposal = weak.spec.propose(SETTING | {"dose_per_area": dose})
    result = weak.evaluate(proposal, trial=0, replicates=3).methods["obf"]
    measured, spread = result.mean()["information"], result.std()["information"]
    limit = bounds(graphene, proposal.acquisition).information()["linear"]
    assert measured < limit + 3 * spread
    assert measured > {1e3: 0.3, 1e4: 0.55, 1e5: 0.6}[dose] * limit


def test_limits_are_in_order_and_grow_with_dose(weak: Evaluator, graphene: WeakObject) -> None:
    found = [allowed(weak, graphene, dose_per_area=dose) for dose in (1e2, 1e3, 1e4, 1e5)]
    for name in ("linear", "quantum"):
        told = [one.information()[name] for one in found]
        assert told[0] > 0
        assert all(more > 1.2 * less for less, more in pairwise(told))
    for one in found:
        assert set(one.information()) == {"linear", "quantum"}
        assert one.information()["linear"] < one.information()["quantum"]


@pytest.mark.parametrize("defocus", [0.0, 200.0])
def test_the_ceiling_lies_between(weak: Evaluator, graphene: WeakObject, defocus: float) -> None:
    """Linear from theory, full from exit waves of the engine: 0 ≤ linear ≤ full ≤ quantum at every frequency."""
    acquisition = weak.spec.propose(SETTING | {"dose_per_area": 1e4, "defocus": defocus}).acquisition
    found = bounds(graphene, acquisition, ceiling=ceiling(weak.engine(), weak.feasibility, acquisition))
    limits = found.limits
    assert limits.full is not None
    assert np.all(limits.linear.fisher <= limits.full.fisher + 0.03)
    assert np.all(limits.full.fisher <= 4.0)
    beyond = (limits.frequency > 2.1 * acquisition.cutoff) & (limits.frequency < 2.4 * acquisition.cutoff)
    assert limits.full.fisher[beyond].min() > 0.1, "the dark field knows what no linear method does"
    assert limits.linear.fisher[beyond].max() == 0
    order = [found.information()[name] for name in ("linear", "full", "quantum")]
    assert order == sorted(order)


def test_the_plane_is_the_middle_of_the_specimen(weak: Evaluator) -> None:
    """A defocus of half the thickness is in focus."""
    thick = WeakObject(
        spectrum=Spectrum(edges=np.array([0.0, 1.5]), power=np.array([0.01])),
        field=(29.0, 29.0),
        thickness=200.0,
        camera=weak.spec.camera,
        imperfections=Imperfections(),
        largest_phase=0.1,
        strong_share=0.0,
    )
    above, middle, below = (allowed(weak, thick, defocus=d).limits.linear.fisher for d in (60.0, 100.0, 140.0))
    np.testing.assert_allclose(above, below, atol=1e-6)
    assert np.abs(above - middle).max() > 0.05
    assert thick.doubt == ""


def test_an_imperfect_session_allows_less(weak: Evaluator, graphene: WeakObject) -> None:
    perfect = allowed(weak, graphene)
    faded = Imperfections(fading=Fading(value=2e3, energy=300e3, source="made up", status="guess"))
    for name, worse in {
        "source": replace(graphene, imperfections=Imperfections(source_size=0.3)),
        "focal spread": replace(graphene, imperfections=Imperfections(focal_spread=60.0)),
        "background": replace(graphene, camera=CameraSpec(pixels=48, background=1.0)),
    }.items():
        less = allowed(weak, worse).information()
        assert less["linear"] < 0.95 * perfect.information()["linear"], name
        assert less["quantum"] == perfect.information()["quantum"], name
    half = allowed(weak, replace(graphene, camera=CameraSpec(pixels=48, dqe=0.5))).limits.linear
    np.testing.assert_allclose(half.fisher, 0.5 * perfect.limits.linear.fisher, rtol=1e-9)
    for name, value in allowed(weak, replace(graphene, imperfections=faded)).information().items():
        assert value < 0.95 * perfect.information()[name]


def test_strong_phases_are_said(graphene: WeakObject) -> None:
    assert graphene.largest_phase < 1
    assert graphene.doubt == ""
    strong = Evaluator.prepare(load_study("srtio3_quick", {"sample.thickness": 8.0}))
    found = WeakObject.of(
        strong.potential, 300e3, field=strong.field, camera=strong.spec.camera, imperfections=Imperfections()
    )
    assert found.largest_phase > 1
    assert f"{found.largest_phase:.2g} rad" in found.doubt


def test_the_spectrum_is_the_variance_of_the_truth(weak: Evaluator, graphene: WeakObject) -> None:
    assert weak.potential.slices.std() > 0
    phase = np.sqrt(graphene.spectrum.variance())
    projected = weak.potential.slices.sum(axis=0) * weak.potential.repeats * 6.526e-4
    assert phase == pytest.approx(projected.std(), rel=0.05)
