"""The best that any setting could tell: above every setting that can be carried out, below the quantum limit."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from beamopt.damage import Fading
from beamopt.evaluation import Evaluator, best_possible, bounds
from beamopt.simulate import Imperfections
from beamopt.spec import load_study
from evaluation.test_evaluation_laws import WEAK

DOSES = (1e3, 1e4, 1e5)


@pytest.fixture(scope="module")
def weak() -> Evaluator:
    return Evaluator.prepare(load_study("srtio3_quick", WEAK | {"camera": {"pixels": 48, "background": 0.5}}))


@pytest.fixture(scope="module")
def best(weak: Evaluator) -> dict[str, list[float]]:
    found = best_possible(DOSES, weak.weak, weak.feasibility)
    return {name: values.tolist() for name, values in found.items()}


def test_no_setting_is_better(weak: Evaluator, best: dict[str, list[float]]) -> None:
    """Random settings of the ranges, each with its own camera pixel and background; a few percent lie between."""
    rng = np.random.default_rng(2)
    for dose, linear in zip(DOSES, best["linear"], strict=True):
        told = []
        for _ in range(25):
            params = {n: k.at(float(rng.random())) for n, k in weak.spec.searched().items()}
            acquisition = weak.spec.propose(params | {"dose_per_area": dose}).acquisition
            if all(m <= 0 for m in weak.feasibility.margins(acquisition).values()):
                told.append(bounds(weak.weak, acquisition).information()["linear"])
        assert len(told) > 10
        assert max(told) < 1.05 * linear
        assert max(told) > 0.7 * linear


def test_grows_with_dose_and_stays_below_the_quantum_limit(best: dict[str, list[float]]) -> None:
    for less, more in pairwise(zip(best["linear"], best["quantum"], strict=True)):
        assert less[0] < more[0]
        assert less[1] < more[1]
    assert all(linear < 0.7 * quantum for linear, quantum in zip(best["linear"], best["quantum"], strict=True))


def test_a_fading_specimen_has_a_best_dose(weak: Evaluator) -> None:
    fading = Fading(value=300.0, energy=300e3, source="made up", status="guess")
    faded = replace(weak.weak, imperfections=Imperfections(fading=fading))
    doses = [75.0, 754.0, 7540.0]  # a tenth of 2.5129·De, that, and ten times that
    found = best_possible(doses, faded, weak.feasibility, settings=16)
    for name in ("linear", "quantum"):
        assert np.argmax(found[name]) == 1


def test_nothing_that_cannot_be_carried_out(weak: Evaluator) -> None:
    """Probes of 3 µm fit no window."""
    far = load_study("srtio3_quick", WEAK | {"defocus": {"low": 5e4, "high": 6e4}})
    beyond = replace(weak.feasibility, spec=far)
    assert best_possible([1e4], weak.weak, beyond, settings=16)["linear"].tolist() == [0.0]
