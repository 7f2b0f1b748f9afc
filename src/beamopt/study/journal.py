"""Keeps MLflow and the pictures in step with the study; whatever happens here, the study goes on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beamopt import report
from beamopt.errors import StorageError
from beamopt.evaluation import Evaluation
from beamopt.record import Recorder
from beamopt.spec import StudySpec
from beamopt.study.events import Halted, Listener
from beamopt.study.outcome import Outcome, history
from beamopt.trial import Trial

__all__ = ["Journal"]


class Journal:
    """The MLflow record of one study.

    Parameters
    ----------
    spec
        The study.
    home
        Project folder.
    tracking_uri
        MLflow server, or None for the database in the project folder.
    listener
        Told when the record cannot be kept.
    """

    def __init__(self, spec: StudySpec, home: Path, tracking_uri: str | None, listener: Listener) -> None:
        self._spec = spec
        self._recorder = Recorder(tracking_uri, home)
        self._listener = listener

    def open(self, trials: Sequence[Trial]) -> None:
        """Find or make the parent run and catch up with the trials that are already told."""
        self._recorder.start(self._spec)
        self._recorder.rebuild(self._spec, trials)

    def trial(self, trial: Trial, evaluation: Evaluation | None) -> None:
        """Record one trial with its images."""
        self._recorder.trial(trial, {} if evaluation is None else trial_images(evaluation))

    def close(self, outcome: Outcome) -> None:
        """Write fronts, tables and the hypervolume curve."""
        spec = self._spec
        figures = {
            "front.png": report.png(report.front_figure(outcome.trials, spec.objectives, title=spec.title)),
            "hypervolume.png": report.png(report.hypervolume_figure(history(outcome.trials, spec))),
        }
        rows = report.front_table(outcome.trials, spec.objectives)
        files = {"front.csv": report.front_csv(rows)}
        try:
            self._recorder.summary(
                trials=outcome.trials,
                rows=rows,
                figures=figures,
                files=files,
                hypervolume_history=history(outcome.trials, spec),
            )
        except StorageError as error:
            self._listener(Halted(f"MLflow: {error}; run the study again to catch up"))

    def links(self) -> dict[str, str]:
        """Where the record stands."""
        return dict(self._recorder.links())


def trial_images(evaluation: Evaluation) -> Mapping[str, NDArray[np.floating]]:
    """Phase of truth and images [rad], and the central pattern noise-free and noisy."""
    images: dict[str, NDArray[np.floating]] = {}
    for method, result in evaluation.methods.items():
        images[f"{method}/phase"] = np.angle(result.reconstruction.transmission)
        images[f"{method}/truth"] = np.angle(result.truth)
    held = evaluation.expected.array
    centre = (held.shape[0] // 2, held.shape[1] // 2)
    counted = evaluation.counted.array[centre].astype(np.float32)
    return images | {"pattern/expected": np.sqrt(held[centre]), "pattern/counted": np.sqrt(counted)}
