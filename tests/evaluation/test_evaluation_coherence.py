"""A finite source and a focal spread pull the best semi-angle back, in the linear limit and in whole simulations alike.

SrTiO3, 8 Å thick, 300 e/Å², a source of 0.5 Å and a focal spread of 50 Å, full widths at half maximum. The standard
error of a score is about 0.02 bits/Å² for iCOM and 0.04 for the other two.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from beamopt.evaluation import Evaluator, WeakObject, bounds
from beamopt.evaluation.assumptions import imperfections_of
from beamopt.spec import load_study

pytestmark = pytest.mark.slow

ANGLES = (10.0, 14.0, 20.0, 25.0)
REAL = (("coherence.source_size", 0.5), ("coherence.focal_spread", 50.0))
THIN: dict[str, object] = {
    "sample": {"name": "SrTiO3", "zone_axis": [0, 0, 1], "thickness": 8.0, "window": 31.0, "field": 23.0},
    "semiangle_cutoff": list(ANGLES),
    "scan_sampling": {"low": 0.2, "high": 4.0},
}
IN_FOCUS: tuple[tuple[str, object], ...] = (("methods", ("icom",)), ("camera.pixels", 48))
DEFOCUSED: tuple[tuple[str, object], ...] = (("methods", ("obf", "ptychography")), ("camera.pixels", 64))
KNOBS = {
    IN_FOCUS: {"defocus": 4.0, "scan_sampling": 0.3, "detector_outer": 27.0, "dose_per_area": 300.0},
    DEFOCUSED: {"defocus": 80.0, "scan_sampling": 0.5, "detector_outer": 27.0, "dose_per_area": 300.0},
}
DRAWS = {IN_FOCUS: 6, DEFOCUSED: 2}


class Scan(NamedTuple):
    """Something in bits/Å² at every semi-angle, with its standard error."""

    value: list[float]
    error: list[float]

    @property
    def best(self) -> float:
        """Best semi-angle [mrad]."""
        return ANGLES[int(np.argmax(self.value))]

    def loss(self, instead: float) -> float:
        """Standard errors by which an angle lies below the best one."""
        i, j = ANGLES.index(instead), ANGLES.index(self.best)
        return (self.value[j] - self.value[i]) / float(np.hypot(self.error[i], self.error[j]))


@cache
def scanned(study: tuple[tuple[str, object], ...], *coherence: tuple[str, float]) -> dict[str, Scan]:
    """The linear limit under ``limit``, and the score of every method."""
    evaluator = Evaluator.prepare(load_study("srtio3_quick", THIN | dict(study) | dict(coherence)))
    weak = WeakObject.of(
        evaluator.potential,
        evaluator.spec.energy,
        field=evaluator.field,
        camera=evaluator.spec.camera,
        imperfections=imperfections_of(evaluator.spec),
    )
    found = {name: Scan([], []) for name in ("limit", *evaluator.spec.methods)}
    for number, angle in enumerate(ANGLES):
        proposal = evaluator.spec.propose(KNOBS[study] | {"semiangle_cutoff": angle})
        found["limit"].value.append(bounds(weak, proposal.acquisition).limits.linear.information)
        for name, result in evaluator.evaluate(proposal, trial=number, replicates=DRAWS[study]).methods.items():
            found[name].value.append(result.mean()["information"])
            found[name].error.append(result.std()["information"] / np.sqrt(DRAWS[study]))
    return found


def test_in_focus_the_best_semiangle_is_narrower_as_the_linear_limit_says() -> None:
    perfect, real = scanned(IN_FOCUS), scanned(IN_FOCUS, *REAL)
    assert real["limit"].best < perfect["limit"].best
    assert real["icom"].best < perfect["icom"].best
    assert perfect["icom"].loss(real["icom"].best) > 3
    assert real["icom"].loss(perfect["icom"].best) > 2


@pytest.mark.parametrize("method", ["obf", "ptychography"])
def test_out_of_focus_no_method_prefers_a_wider_probe_for_it(method: str) -> None:
    """The limit moves by one step of the list, and every method stays or moves the same way."""
    perfect, real = scanned(DEFOCUSED), scanned(DEFOCUSED, *REAL)
    assert real["limit"].best < perfect["limit"].best
    assert real[method].best <= perfect[method].best
    assert max(real[method].value) < max(perfect[method].value)


@pytest.mark.parametrize("study", [IN_FOCUS, DEFOCUSED], ids=["in focus", "out of focus"])
def test_partial_coherence_costs_most_where_the_probe_is_widest(study: tuple[tuple[str, object], ...]) -> None:
    """What is left of every score at 25 mrad, against 14 mrad, is less, as what is left of the limit is."""
    perfect, real = scanned(study), scanned(study, *REAL)
    for name, before in perfect.items():
        left = np.array(real[name].value) / np.array(before.value)
        assert left[-1] < left[1], name
