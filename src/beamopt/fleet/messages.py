"""Tasks and answers as JSON text and the plain bytes of arrays: all that beamopt itself sends between processes."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from beamopt.fleet.values import Answer, Task
from beamopt.trial import Trial

__all__ = ["Message", "answer_from", "pack", "task_from", "written"]

Message = dict[str, Any]
"""``said``: JSON text; ``arrays``: name to ``(dtype, shape, bytes)``; ``figures``: bytes by name."""

_REAL = ("float32", "float64")


def written(task: Task) -> str:
    """Text of a task.

    Examples
    --------
    >>> written(Task(number=3, params={"defocus": 200.0}))
    '{"number": 3, "params": {"defocus": 200.0}, "attempt": 1, "known": [], "draws": []}'
    """
    return json.dumps(asdict(task))


def task_from(text: str) -> Task:
    """Task of a text."""
    fields = json.loads(text)
    known = tuple(Trial(**(trial | {"values": tuple(trial["values"])})) for trial in fields["known"])
    return Task(**(fields | {"known": known, "draws": tuple(fields["draws"])}))


def pack(answer: Answer) -> Message:
    """Plain values of an answer; a value that is no number travels as its text, and is refused where it is stored."""
    fields = {
        "number": answer.number,
        "state": answer.state,
        "values": [_plain(value) for value in answer.values],
        "metrics": {name: _plain(value) for name, value in answer.metrics.items()},
        "reason": answer.reason,
    }
    images = {name: np.ascontiguousarray(image) for name, image in answer.images.items()}
    arrays = {name: (str(image.dtype), list(image.shape), image.tobytes()) for name, image in images.items()}
    return {"said": json.dumps(fields), "arrays": arrays, "figures": dict(answer.figures)}


def answer_from(message: Mapping[str, Any]) -> Answer:
    """Answer of a message.

    Examples
    --------
    >>> answer = Answer(number=3, state="finished", values=(1.0,), images={"phase": np.eye(2)})
    >>> answer_from(pack(answer)).images["phase"].tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    fields = json.loads(message["said"])
    images = {}
    for name, (dtype, shape, content) in message["arrays"].items():
        if dtype not in _REAL:
            raise ValueError(f"image {name}: {dtype} is no real number")
        images[name] = np.frombuffer(content, dtype=dtype).reshape(shape)
    return Answer(**(fields | {"values": tuple(fields["values"]), "images": images, "figures": message["figures"]}))


def _plain(value: object) -> object:
    """A float as it is, infinities and NaN included, as Python's JSON writes them; what is none by its text."""
    return float(value) if isinstance(value, (int, float, np.floating, np.integer)) else repr(value)
