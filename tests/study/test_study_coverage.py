"""Promises are kept: over studies of different seeds the printed intervals cover what fresh noise gives."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from beamopt.evaluation import Evaluator
from beamopt.fleet import Answer, InProcess, Task
from beamopt.search import sobol_points
from beamopt.spec import load_study
from beamopt.study.fresh import drawn_again
from beamopt.study.measure import measure
from beamopt.study.outcome import recommended
from beamopt.study.redraws import draw_again, pending, read_draws, redraw_file, stored_redraws
from beamopt.trial import Trial
from study.conftest import TINY

NOISY: dict[str, object] = {"dose_per_area": {"low": 20.0, "high": 2000.0, "log": True}, "camera.pixels": 16}
SCORE = "icom.information"


def silent(*_: object) -> None:
    return None


def searched(seed: int, count: int) -> tuple[Evaluator, tuple[Trial, ...]]:
    """A study of so many feasible points, contenders counted again, without a database."""
    evaluator = Evaluator.prepare(load_study("srtio3_quick", TINY | NOISY | {"seed": seed}))
    trials: list[Trial] = []
    for number, point in enumerate(sobol_points(seed, evaluator.spec.searched(), count)):
        answer = measure(evaluator, Task(number=number, params=point, known=tuple(trials)), silent)
        if answer.state == "finished":
            trials.append(
                Trial(
                    number=number,
                    state="finished",
                    params=dict(point),
                    values=answer.values,
                    metrics=dict(answer.metrics),
                )
            )
    return evaluator, tuple(trials)


def pool_of(evaluator: Evaluator, told: Callable[[Task], None] = silent) -> InProcess:
    def work(task: Task, stage: Callable[[str, float], None]) -> Answer:
        told(task)
        return measure(evaluator, task, stage)

    return InProcess(work)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_intervals_cover_what_fresh_noise_gives(tmp_path: Path) -> None:
    """Twenty seeds, each against the mean of 64 draws that nobody chose or printed anything by."""
    covered = []
    for seed in range(20):
        evaluator, trials = searched(seed, 8)
        home = tmp_path / str(seed)
        home.mkdir()
        redraws = draw_again(
            pool_of(evaluator), trials, evaluator.spec, home, listener=silent, should_stop=lambda: False
        )
        for one in recommended(trials, evaluator.spec, redraws):
            task = Task(number=one.trial.number, params=one.trial.params, draws=tuple(range(5000, 5064)))
            draws = read_draws(drawn_again(evaluator, task, silent))[SCORE]
            truth = float(np.mean(list(draws.values())))
            assert one.traded is not None
            covered.append(one.traded.low <= truth <= one.traded.high)
    assert len(covered) >= 20
    assert np.mean(covered) >= 0.9, f"{sum(covered)} of {len(covered)}"


def test_what_was_drawn_is_kept_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    """Killed after the first result: that one is not drawn again, and the end is the same."""
    evaluator, trials = searched(3, 16)
    spec = evaluator.spec
    (whole, cut) = (tmp_path / name for name in ("whole", "cut"))
    whole.mkdir()
    cut.mkdir()
    asked: list[int] = []
    end = draw_again(
        pool_of(evaluator, lambda task: asked.append(task.number)),
        trials,
        spec,
        whole,
        listener=silent,
        should_stop=lambda: False,
    )
    assert pending(trials, spec, end) == {}
    assert stored_redraws(whole, spec, trials) == end

    begun: list[int] = []

    def dies(task: Task) -> None:
        if len(begun) == 1:
            raise KeyboardInterrupt
        begun.append(task.number)

    with pytest.raises(KeyboardInterrupt):
        draw_again(pool_of(evaluator, dies), trials, spec, cut, listener=silent, should_stop=lambda: False)
    again: list[int] = []
    later = draw_again(
        pool_of(evaluator, lambda task: again.append(task.number)),
        trials,
        spec,
        cut,
        listener=silent,
        should_stop=lambda: False,
    )
    assert later == end
    assert len(again) == len(asked) - 1
    assert json.loads(redraw_file(cut, spec.name).read_text()) == json.loads(redraw_file(whole, spec.name).read_text())


def test_draws_of_another_study_file_or_of_another_trial_do_not_count(tmp_path: Path) -> None:
    evaluator, trials = searched(3, 8)
    draw_again(pool_of(evaluator), trials, evaluator.spec, tmp_path, listener=silent, should_stop=lambda: False)
    assert stored_redraws(tmp_path, evaluator.spec, trials)
    other = load_study("srtio3_quick", TINY | NOISY | {"seed": 4})
    assert stored_redraws(tmp_path, other, trials) == {}
    moved = [Trial(number=t.number, state="finished", params={**t.params, "defocus": -1.0}) for t in trials]
    assert stored_redraws(tmp_path, evaluator.spec, moved) == {}
