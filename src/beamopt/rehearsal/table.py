"""Real evaluations of one study kept in a file, so that many searches can be rehearsed on them."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

import numpy as np

from beamopt.cache import Cache
from beamopt.errors import ConflictError, EvaluationError, InfeasibleError, InputError, StorageError
from beamopt.evaluation import Evaluator, Stage
from beamopt.evaluation.clock import Clock, silent
from beamopt.rehearsal.prediction import possible
from beamopt.rehearsal.theory import prescan_of
from beamopt.search import inside, sobol_points
from beamopt.spec import StudySpec

__all__ = ["Row", "fill", "read", "table_path"]

_TURN = ("random", "sobol", "random", "theory")
_FAR = 1_000_000  # trial numbers that no study reaches: the noise is not that of its trials
_SOBOL = 4096
_STREAM = 5


@dataclass(frozen=True)
class Row:
    """A point, where it came from, and its scores; none where nothing usable came out."""

    kind: str
    params: Mapping[str, float]
    scores: Mapping[str, float]


def table_path(home: Path, spec: StudySpec) -> Path:
    """Where a project folder keeps the table of a study."""
    return home / "tables" / f"{spec.name}-{spec.fingerprint()[:12]}.jsonl"


def read(path: Path, spec: StudySpec) -> list[Row]:
    """Rows of a table, none where there is no file; a last line cut short is left out.

    Raises
    ------
    ConflictError
        If the table is of another study.
    StorageError
        If it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []
        if not lines:
            return []
        if json.loads(lines[0]).get("fingerprint") != spec.fingerprint():
            raise ConflictError(f"{path}: this table is not of study '{spec.name}' as it is now; name another file")
        return [Row(**json.loads(line)) for line in lines[1:]]
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path}: cannot be read, {error}; check its permissions") from error
    except (ValueError, TypeError, AttributeError):
        raise InputError(f"{path}: not a table of evaluations; name another file") from None


def fill(evaluator: Evaluator, path: Path, wanted: int, stage: Stage, should_stop: Callable[[], bool]) -> list[Row]:
    """Evaluate until a table has `wanted` rows; half random, a quarter Sobol, a quarter near the predicted front.

    Called again it goes on, also with more rows than before.

    Parameters
    ----------
    evaluator
        Of the study.
    path
        The file, made where missing.
    wanted
        Rows in all.
    stage
        Told what is being done.
    should_stop
        Asked before each evaluation.

    Raises
    ------
    ConflictError, InputError, StorageError
        As `read`.
    """
    spec = evaluator.spec
    rows = read(path, spec)
    if len(rows) >= wanted:
        return rows[:wanted]
    stage("theory", 0.0)
    plan = list(islice(_plan(evaluator, wanted), wanted))
    _begin(path, spec, rows)
    for number, (kind, params) in list(enumerate(plan))[len(rows) :]:
        if should_stop():
            break
        stage(f"evaluation {number + 1} of {len(plan)}", 0.0)
        rows.append(Row(kind, params, _scores(evaluator, params, _FAR + number)))
        _append(path, rows[-1])
    return rows


def _plan(evaluator: Evaluator, wanted: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Points in an order that does not depend on how many are wanted."""
    spec = evaluator.spec
    holds, ranges = possible(evaluator), spec.searched()
    rng = np.random.default_rng(np.random.SeedSequence([spec.seed, _STREAM]))
    drawn = ({name: inside(knob, float(rng.random())) for name, knob in ranges.items()} for _ in count())
    near = iter(prescan_of(evaluator, Cache()).near(wanted // len(_TURN) + 1))
    feasible = next(near, None)
    if feasible is None and not any(map(holds, sobol_points(spec.seed, ranges, _SOBOL))):
        raise InputError(f"{spec.name}: no acquisition can be carried out; widen its ranges")
    sources = {
        "random": filter(holds, drawn),
        "sobol": filter(holds, sobol_points([spec.seed, _STREAM], ranges, _SOBOL)),
        "theory": iter([] if feasible is None else [feasible, *near]),
    }
    for turn in count():
        kind = _TURN[turn % len(_TURN)]
        point = next(sources[kind], None)
        yield ("random", next(sources["random"])) if point is None else (kind, point)


def _scores(evaluator: Evaluator, params: Mapping[str, float], trial: int) -> dict[str, float]:
    """Scores that are searched on, of the methods that they belong to; no other image is made."""
    spec, proposal = evaluator.spec, evaluator.spec.propose(params)
    wanted = {o.metric: (spec.method_of(o), o.score) for o in spec.scored()}
    alone = replace(proposal, settings={method: proposal.settings[method] for method, _ in wanted.values()})
    try:
        evaluator.feasibility.require(alone.acquisition)
        expected = evaluator.engine().expectation(alone.acquisition, evaluator.imperfections)
        draws = range(spec.budget.replicates)
        measured = evaluator.imaging.run(expected, alone, trial=trial, replicates=draws, clock=Clock(silent))
    except (EvaluationError, InfeasibleError):
        return {}
    scores = {metric: measured.methods[method].mean()[score] for metric, (method, score) in wanted.items()}
    return scores if all(map(np.isfinite, scores.values())) else {}


def _begin(path: Path, spec: StudySpec, rows: Sequence[Row]) -> None:
    """Write what stands whole; a line that was cut short goes."""
    head = json.dumps({"schema_version": 1, "study": spec.name, "fingerprint": spec.fingerprint()})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".part")
        fresh.write_text("\n".join([head, *map(_line, rows)]) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written, {error.strerror}; check space and permissions") from error


def _append(path: Path, row: Row) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(_line(row) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(f"{path}: cannot be written, {error.strerror}; check space and permissions") from error


def _line(row: Row) -> str:
    return json.dumps({"kind": row.kind, "params": dict(row.params), "scores": dict(row.scores)}, ensure_ascii=False)
