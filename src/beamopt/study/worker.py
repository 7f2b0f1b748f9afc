"""The function that a Dask worker runs: one task of one study; what its trials share is kept between calls."""

import json

from beamopt.cache import Cache
from beamopt.evaluation import Evaluator
from beamopt.evaluation.clock import Stage
from beamopt.fleet.messages import Message, pack, task_from
from beamopt.fleet.reporting import at_home, reporting
from beamopt.spec import StudySpec
from beamopt.study.measure import measure

__all__ = ["evaluate"]


def evaluate(study: str, task: str, topic: str) -> Message:
    """Evaluate a task on this worker.

    Parameters
    ----------
    study
        The study as JSON text, every default written out.
    task
        From `messages.written`.
    topic
        Where to report stages.

    Returns
    -------
    dict
        For `messages.answer_from`.
    """
    job = task_from(task)
    report = reporting(topic, job.number)
    with at_home():
        report("loading", 0.0)
        return pack(measure(_prepared(study, report), job, report))


def _prepared(study: str, stage: Stage) -> Evaluator:
    """Evaluator of a study, kept for its next trial until a task of another study comes."""
    if study not in _SHELF:
        _SHELF.clear()
        _SHELF[study] = Evaluator.prepare(StudySpec.model_validate(json.loads(study)), stage, cache=Cache())
    return _SHELF[study]


_SHELF: dict[str, Evaluator] = {}
