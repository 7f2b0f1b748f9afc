"""Noise and stopping: extra draws only where trials compete, and an end when the front moves less than its noise."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamopt.errors import InputError
from beamopt.evaluation import Evaluator
from beamopt.evaluation.clock import silent
from beamopt.spec import StudySpec, load_study
from beamopt.study import Event, Halted, run_study
from beamopt.study.replicates import competes, relative_noise, repeated
from beamopt.study.stagnation import hypervolume_noise, stagnated
from beamopt.trial import Trial
from study.conftest import Tiny


def spec(**budget: int) -> StudySpec:
    return load_study("mof_lowdose", {"budget": {"trials": 48} | budget})


def trial(number: int, dose: float, information: float, std: float | None = None) -> Trial:
    metrics = {} if std is None else {"ptychography.information_std": std}
    return Trial(number=number, state="finished", params={}, values=(dose, information), metrics=metrics)


def test_replicates_may_be_made_later(tiny: Tiny) -> None:
    """Two draws and then two more are the four draws at once."""
    evaluator = Evaluator.prepare(tiny())
    proposal = evaluator.spec.propose({n: knob.at(0.4) for n, knob in evaluator.spec.searched().items()})
    whole = evaluator.evaluate(proposal, trial=3, replicates=4)
    begun = evaluator.evaluate(proposal, trial=3, replicates=2)
    later = repeated(evaluator, begun, proposal, trial=3, replicates=4, stage=silent)
    told, expected = ([dict(s.metrics) for s in e.methods["icom"].scores] for e in (later, whole))
    assert told == expected
    assert later.value("information") == whole.value("information")


@given(st.lists(st.tuples(st.floats(5, 500), st.floats(0.01, 3)), min_size=1, max_size=12))
def test_without_noise_to_compete_is_to_stand_on_the_front(points: list[tuple[float, float]]) -> None:
    *before, last = points
    trials = [trial(i, *point) for i, point in enumerate(before)]
    beaten = any(d <= last[0] and i >= last[1] for d, i in before)
    assert competes(last, trials, spec(contenders=3)) == (not beaten)


def test_within_its_noise_of_the_front_a_trial_competes() -> None:
    noisy = [trial(0, 50.0, 1.0, std=0.1)]
    assert list(relative_noise(noisy, spec(contenders=3))) == pytest.approx([0.0, 0.1])
    assert competes((60.0, 0.9), noisy, spec(contenders=3))
    assert not competes((60.0, 0.75), noisy, spec(contenders=3))
    assert not competes((60.0, 0.9), [trial(0, 50.0, 1.0)], spec(contenders=3))


@given(st.floats(0.01, 0.2), st.integers(2, 9))
def test_noise_of_a_single_point_is_its_width_times_its_error(std: float, count: int) -> None:
    """A front of one: volume = decades below 500 e/Å² times information."""
    found = hypervolume_noise([trial(0, 50.0, 1.0, std=std)], spec(contenders=count))
    assert found == pytest.approx(std / np.sqrt(count))


def test_noise_of_a_front_is_that_of_repeated_fronts() -> None:
    """Against Monte Carlo, members far apart."""
    members = [(6.0, 0.5, 0.02), (30.0, 1.2, 0.04), (200.0, 2.5, 0.05)]
    study = spec(contenders=4)
    rng = np.random.default_rng(5)
    volumes = []
    for _ in range(2000):
        drawn = [trial(i, d, v + rng.normal(0, s / 2)) for i, (d, v, s) in enumerate(members)]
        volumes.append(_volume(drawn, study))
    exact = hypervolume_noise([trial(i, *member) for i, member in enumerate(members)], study)
    assert exact == pytest.approx(np.std(volumes), rel=0.1)


def _volume(trials: list[Trial], study: StudySpec) -> float:
    from beamopt.front import history

    return history(trials, study)[-1]


def test_growing_front_is_not_stagnant_and_a_still_one_is() -> None:
    study = spec(contenders=4, stagnant=5)
    growing = [trial(i, 50.0, 1.0 + 0.2 * i, std=0.05) for i in range(12)]
    assert not stagnated(growing, study)
    still = [*growing, *(trial(12 + i, 50.0, 1.0, std=0.05) for i in range(5))]
    assert not stagnated(still[:-1], study)
    assert "within twice its noise" in stagnated(still, study)
    creeping = [*growing, *(trial(12 + i, 50.0, 3.2 + 0.005 * i, std=0.05) for i in range(5))]
    assert stagnated(creeping, study)
    assert not stagnated(still, spec(contenders=4))


def test_never_before_twice_the_window_nor_without_a_front() -> None:
    study = spec(contenders=2, stagnant=5)
    assert not stagnated([trial(i, 50.0, 1.0, std=0.1) for i in range(9)], study)
    lost = [Trial(number=i, state="failed", params={}) for i in range(30)]
    assert not stagnated(lost, study)


def test_real_study_counts_contenders_again_and_ends_when_nothing_moves(tiny: Tiny, tmp_path: Path) -> None:
    said: list[Event] = []
    # At one e/Å² iCOM sees little but noise, so the front soon stops moving beyond it.
    study = tiny(**{"dose_per_area": {"low": 1.0, "high": 2.0}, "budget.trials": 40, "budget.contenders": 3,
                    "budget.stagnant": 4})  # fmt: skip
    outcome = run_study(study, home=tmp_path, listener=said.append)
    assert len(outcome.trials) < 40
    assert not outcome.stopped
    assert any(isinstance(event, Halted) and "within twice its noise" in event.reason for event in said)
    counted = {t.number for t in outcome.trials if "icom.information_std" in t.metrics}
    assert {t.number for t in outcome.front} <= counted
    assert counted < {t.number for t in outcome.trials if t.state == "finished"}
    again = run_study(study, home=tmp_path)
    assert len(again.trials) == len(outcome.trials)


@pytest.mark.parametrize(
    ("budget", "said"),
    [({"contenders": 2, "replicates": 2}, "more than replicates"), ({"stagnant": 10}, "set contenders or replicates")],
)
def test_impossible_budget_is_one_line(budget: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        spec(**budget)


def test_budget_without_them_is_stored_as_before() -> None:
    assert spec().resolved()["budget"] == {"trials": 48, "replicates": 1}
    assert spec(contenders=3).fingerprint() != spec().fingerprint()
    assert spec(contenders=3, stagnant=9).fingerprint() == spec(contenders=3).fingerprint()
