"""Whether the simulated window keeps theory's best setting out of a study, seen once and kept beside it."""

import json
from pathlib import Path

import numpy as np

from beamopt.errors import StorageError
from beamopt.evaluation import Evaluator
from beamopt.front import volume_of
from beamopt.rehearsal.prediction import Prediction
from beamopt.rehearsal.theory import candidate_points, predicted_values
from beamopt.report import sentence
from beamopt.report.files import write_whole
from beamopt.spec import StudySpec
from beamopt.study.remarks import WINDOW_BOUNDS, bounds_said

__all__ = ["kept_out", "stored_kept_out", "theory_kept_out"]

_LOOKED_AT = 512  # acquisitions; with the window's bounds out of the way
_MORE = 1.05  # times the volume that it dominates: what theory must promise beyond what the window lets through


def theory_kept_out(evaluator: Evaluator) -> tuple[str, ...]:
    """Say what to raise where the best setting by the linear limit meets a bound of the simulation; empty where none.

    The best is the knee: the acquisition that dominates the largest volume, or tells most where nothing is traded.

    Parameters
    ----------
    evaluator
        Of the study.
    """
    spec = evaluator.spec
    points = candidate_points(spec, spec.seed)[:_LOOKED_AT]
    acquisitions = [spec.propose(point).acquisition for point in points]
    margins = [evaluator.feasibility.margins(acquisition) for acquisition in acquisitions]
    able = [i for i, own in enumerate(margins) if all(m <= 0 for name, m in own.items() if name not in WINDOW_BOUNDS)]
    if not able or any(objective.direction == "minimize" for objective in spec.objectives[1:]):
        return ()
    values = predicted_values(Prediction(evaluator), [acquisitions[i] for i in able])
    bounds = [bounds_said(spec, acquisitions[i], margins[i]) for i in able]
    volumes = np.array([volume_of([tuple(map(float, row))], spec) for row in values])
    best = int(np.argmax(volumes))
    clear = max((v for v, remarks in zip(volumes, bounds, strict=True) if not remarks), default=0.0)
    if not bounds[best] or volumes[best] <= _MORE * clear:
        return ()
    told = sentence(acquisitions[able[best]])
    return tuple(f"{remark}; theory's best setting is {told}" for remark in bounds[best])


def kept_out(evaluator: Evaluator, home: Path) -> tuple[str, ...]:
    """What `theory_kept_out` says, from the file beside the study where it stands there.

    Parameters
    ----------
    evaluator
        Of the study.
    home
        Project folder.
    """
    spec = evaluator.spec
    known = _read(_file(home, spec.name), spec.fingerprint())
    if known is not None:
        return known
    sentences = theory_kept_out(evaluator)
    content = {"schema_version": 1, "study": spec.name, "fingerprint": spec.fingerprint(), "kept_out": sentences}
    try:
        write_whole(_file(home, spec.name), json.dumps(content, indent=2, ensure_ascii=False).encode())
    except StorageError:  # it is said now, and seen again next time
        return sentences
    return sentences


def stored_kept_out(home: Path, spec: StudySpec) -> tuple[str, ...]:
    """What was seen when the study ran; empty where nobody looked."""
    return _read(_file(home, spec.name), spec.fingerprint()) or ()


def _file(home: Path, name: str) -> Path:
    return home / f"{name}.theory.json"


def _read(path: Path, fingerprint: str) -> tuple[str, ...] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return tuple(map(str, content["kept_out"])) if content["fingerprint"] == fingerprint else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
